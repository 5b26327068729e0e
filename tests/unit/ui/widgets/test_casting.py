from __future__ import annotations

from dataclasses import replace

from tests.helpers.fake_meeting import crowd, meeting_of, person
from visio_desktop.engine import OWN_CAMERA
from visio_desktop.meeting.look import Look
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Participant, Publication, Source
from visio_desktop.ui.widgets.casting import cast_of

SCREEN = Publication("screen", "p1", Source.SCREEN)


def sharing(meeting: Meeting) -> Meeting:
    me, other, *rest = meeting.participants
    return replace(meeting, participants=(me, replace(other, publications=(*other.publications, SCREEN)), *rest))


def test_everybody_has_one_tile_and_oneself_comes_first() -> None:
    parts = cast_of(crowd(4))
    assert [part.key for part in parts] == ["p0", "p1", "p2", "p3"]
    assert (parts[0].publication_id, parts[0].is_mine, parts[0].look.mirrored) == (OWN_CAMERA, True, True)
    assert parts[1].publication_id == "p1:camera"
    assert not parts[1].look.mirrored


def test_a_share_is_a_tile_of_its_own_large_and_not_cropped() -> None:
    large = [part for part in cast_of(sharing(crowd(3))) if part.large]
    assert [(part.publication_id, part.look.cover) for part in large] == [("screen", False)]
    assert "Amina Diallo" in large[0].look.name


def test_a_pin_wins_over_a_share() -> None:
    parts = cast_of(replace(sharing(crowd(3)), pinned="p2:camera"))
    assert [part.key for part in parts if part.large] == ["p2"]
    assert [part.key for part in parts if part.look.pinned] == ["p2"]


def test_a_muted_camera_shows_no_picture_and_keeps_the_tile() -> None:
    shown = cast_of(meeting_of(person(0), person(1)))[1]
    hidden = cast_of(meeting_of(person(0), person(1, camera=False)))[1]
    assert shown.look.has_picture
    assert not hidden.look.has_picture
    assert hidden.key == shown.key


def test_oneself_is_shown_as_the_switches_say_not_as_the_server_does() -> None:
    me = cast_of(replace(crowd(2), microphone_on=False, camera_on=False))[0]
    assert me.look.muted
    assert not me.look.has_picture


def test_hands_are_numbered_in_the_order_they_were_raised() -> None:
    parts = cast_of(meeting_of(person(0, hand_at_ms=9.0), person(1), person(2, hand_at_ms=3.0)))
    assert [part.look.hand for part in parts] == [2, 0, 1]


def test_while_coming_back_the_others_wait() -> None:
    parts = cast_of(replace(crowd(2), reconnecting=True))
    assert [part.look.waiting for part in parts] == [False, True]


def test_encryption_is_shown_for_people_and_for_shares() -> None:
    camera = Publication("a:c", "a", Source.CAMERA, encrypted=True)
    screen = Publication("a:s", "a", Source.SCREEN, encrypted=False)
    amina = Participant("a", "Amina", publications=(camera, screen))
    meeting = Meeting(page=Page.ROOM, participants=(Participant("me", "Odile", is_me=True), amina))
    assert [part.look.encrypted for part in cast_of(meeting)] == [False, None, False]
    alone = replace(meeting, participants=(meeting.participants[0], replace(amina, publications=(camera,))))
    assert [part.look.encrypted for part in cast_of(alone)] == [None, True]


def test_a_name_cannot_turn_what_stands_beside_it() -> None:
    amina = Participant("a", "Am\u202eina\nDiallo", publications=(Publication("a:s", "a", Source.SCREEN),))
    share, _, person = cast_of(meeting_of(crowd(1).participants[0], amina))
    assert person.look.name == "Amina Diallo"
    assert "\u202e" not in share.look.name


def test_of_two_shares_the_other_is_large_while_one_has_a_window_of_its_own() -> None:
    shares = [Publication(f"s{n}", f"p{n}", Source.SCREEN) for n in range(3)]
    people = [replace(person(n), publications=(*person(n).publications, shares[n])) for n in range(3)]
    meeting = meeting_of(*people)
    for away, large in (((), "s1"), (("p1/s1",), "s2"), (("p2/s2",), "s1"), (("p1/s1", "p2/s2"), None)):
        found = [part.publication_id for part in cast_of(meeting, frozenset(away)) if part.large]
        assert found == ([large] if large else [])


def test_whose_signs_are_followed_is_large_and_marked() -> None:
    parts = cast_of(replace(crowd(3), signing="p2", signing_poor=True))
    assert [part.key for part in parts if part.large] == ["p2"]
    assert [(part.look.signing, part.look.signing_poor) for part in parts] == [
        (None, False),
        (False, False),
        (True, True),
    ]
    apart = cast_of(replace(crowd(3), signing="p2", signing_apart=True))
    assert [part.look.signing_apart for part in apart] == [False, False, True]


def test_ones_still_picture_is_seen_by_oneself_too_and_is_said_to_be_one() -> None:
    meeting = replace(crowd(2), page=Page.ROOM, camera_on=False, look=Look(still="file:me.png"))
    (mine,) = [part.look for part in cast_of(meeting) if part.is_mine]
    assert (mine.has_picture, mine.mirrored) == (True, False)
    assert "camera off, your picture is shown" in mine.spoken()
    (filmed,) = [part.look for part in cast_of(replace(meeting, camera_on=True)) if part.is_mine]
    assert (filmed.has_picture, filmed.mirrored) == (True, True)
    assert "camera off" not in filmed.spoken()


def test_faces_that_are_left_out_for_signs_show_no_picture_but_ones_own_does() -> None:
    parts = cast_of(replace(crowd(3), signing="p2", signing_alone=True))
    assert [(part.key, part.look.has_picture) for part in parts] == [("p0", True), ("p1", False), ("p2", True)]


def test_nobody_is_left_out_for_somebody_who_is_gone() -> None:
    parts = cast_of(replace(crowd(3), signing="gone", signing_alone=True))
    assert all(part.look.has_picture for part in parts)
