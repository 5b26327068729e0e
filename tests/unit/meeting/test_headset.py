from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.headset import lights
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import DeviceKind, HeadsetButton, HeadsetLights, HeadsetState, Source

HEARD, MUTED = (HeadsetLights(in_call=True, muted=muted) for muted in (False, True))
ROOM = Meeting(page=Page.ROOM, microphone_on=True, microphone=DeviceState(opened_name="Mic"), headset_buttons=True)


def test_nothing_is_opened_before_a_meeting_has_a_microphone() -> None:
    joined = Dialogue(replace(ROOM, microphone_on=False, microphone=DeviceState()))
    assert lights(joined.meeting) is None
    opened = joined << ev.DeviceOpened(DeviceKind.MICROPHONE, "Mic")
    assert opened.effects == (do.UseHeadset(MUTED),)


@pytest.mark.parametrize(
    "meeting", [replace(ROOM, page=Page.PREJOIN), replace(ROOM, headset_buttons=False), Meeting(headset_buttons=True)]
)
def test_elsewhere_headsets_are_left_alone(meeting: Meeting) -> None:
    assert lights(ROOM) == HEARD
    assert lights(meeting) is None
    pressed = Dialogue(meeting) << ev.HeadsetPressed(HeadsetButton.HANG_UP)
    assert (pressed.meeting, pressed.effects) == (meeting, ())


def test_its_mute_button_mutes_and_its_light_shows_it() -> None:
    muted = Dialogue(ROOM) << ev.HeadsetPressed(HeadsetButton.MUTE)
    assert not muted.meeting.microphone_on
    assert muted.effects[0] == do.SetSending(Source.MICROPHONE, on=False)
    assert muted.effects[-1] == do.UseHeadset(MUTED)
    heard = muted << ev.HeadsetPressed(HeadsetButton.MUTE)
    assert heard.effects[-1] == do.UseHeadset(HEARD)


def test_hanging_up_leaves_and_lets_go_of_the_headset() -> None:
    known = Dialogue(ROOM) << ev.HeadsetSeen(HeadsetState("Jabra"))
    assert known.meeting.headset.name == "Jabra"
    left = known << ev.HeadsetPressed(HeadsetButton.HANG_UP)
    assert left.meeting.page is Page.ENDED
    assert left.meeting.headset == HeadsetState()
    assert left.meeting.headset_buttons
    assert do.UseHeadset(None) in left.effects


def test_whoever_does_not_want_it_lets_go_at_once() -> None:
    off = Dialogue(ROOM) << want.UseHeadsetButtons(on=False)
    off >> (do.Remember("headset_buttons", "false"), do.UseHeadset(None))
    (off << want.UseHeadsetButtons(on=False)) >> ()
    decided = Dialogue(replace(ROOM, locked=frozenset({"headset_buttons"})))
    (decided << want.UseHeadsetButtons(on=False)) >> ()
