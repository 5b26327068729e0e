"""Following somebody's sign language."""

from __future__ import annotations

from dataclasses import replace

from tests.helpers.dialogue import Dialogue
from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.changes import emptied
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Publication, Source


def room() -> Meeting:
    return replace(crowd(4), page=Page.ROOM, pinned="p1:camera")


def followed() -> Dialogue:
    return Dialogue(room()) << want.FollowSigning("p2")


def test_whose_signs_are_followed_stands_large() -> None:
    meeting = followed().meeting
    assert (meeting.signing, meeting.pinned) == ("p2", None)
    assert meeting.focus is not None
    assert (meeting.focus.participant_id, meeting.focus.source) == ("p2", Source.CAMERA)


def test_a_pin_comes_before_it_and_a_share_after_it() -> None:
    meeting = followed().meeting
    share = Publication("talk", "p3", Source.SCREEN)
    people = tuple(
        replace(p, publications=(*p.publications, share)) if p.id == "p3" else p for p in meeting.participants
    )
    shared = replace(meeting, participants=people)
    assert shared.focus is not None
    assert shared.focus.participant_id == "p2"
    assert (Dialogue(shared) << want.Pin("talk")).meeting.focus == share


def test_with_the_camera_off_nothing_is_held_for_them() -> None:
    meeting = followed().meeting
    dark = tuple(
        replace(p, publications=tuple(replace(q, muted=True) for q in p.publications)) for p in meeting.participants
    )
    assert replace(meeting, participants=dark).focus is None


def test_it_ends_by_wish_and_with_the_meeting() -> None:
    assert (followed() << want.FollowSigning(None)).meeting.signing is None
    assert emptied(followed().meeting).signing is None


def test_nobody_unknown_nor_oneself_nor_anybody_outside_is_followed() -> None:
    for meeting, whom in ((room(), "nobody"), (room(), "p0"), (replace(room(), page=Page.JOINING), "p2")):
        unchanged = Dialogue(meeting) << want.FollowSigning(whom)
        assert unchanged.meeting == meeting


def test_what_the_network_cannot_is_told_once() -> None:
    poor = followed() << ev.SigningChanged("p2", poor=True)
    told = [toast.key for toast in poor.meeting.toasts]
    assert (poor.meeting.signing_poor, told.count("signing_poor")) == (True, 1)
    again = poor << ev.SigningChanged("p2", poor=True)
    assert [toast.key for toast in again.meeting.toasts] == told
    well = again << ev.SigningChanged("p2", poor=False)
    assert not well.meeting.signing_poor
    assert (well << ev.SigningChanged("p1", poor=True)).meeting.signing_poor is False
    assert (poor << want.FollowSigning("p1")).meeting.signing_poor is False


def test_that_the_other_faces_are_left_out_is_told_once() -> None:
    alone = followed() << ev.SigningChanged("p2", poor=False, alone=True)
    assert (alone.meeting.signing_alone, alone.meeting.signing_poor) == (True, False)
    poor = alone << ev.SigningChanged("p2", poor=True, alone=True)
    assert [toast.key for toast in poor.meeting.toasts][-2:] == ["signing_alone", "signing_poor"]
    assert not (poor << want.FollowSigning(None)).meeting.signing_alone


def test_signs_apart_from_the_voice_are_told_once() -> None:
    apart = followed() << ev.SigningChanged("p2", poor=False, apart=True)
    assert apart.meeting.signing_apart
    assert apart.meeting.toasts[-1].key == "signing_apart"
    told = [toast.key for toast in (apart << ev.SigningChanged("p2", poor=False, apart=True)).meeting.toasts]
    assert told.count("signing_apart") == 1
    assert not (apart << ev.SigningChanged("p2", poor=False)).meeting.signing_apart
    assert not (apart << want.FollowSigning(None)).meeting.signing_apart
