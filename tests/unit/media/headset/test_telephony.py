from __future__ import annotations

from tests.helpers.headsets import NUMBERED, PLAIN
from visio_desktop.media.headset.descriptors import Layout, parse
from visio_desktop.media.headset.telephony import (
    HOOK,
    LIGHT_MUTE,
    LIGHT_OFF_HOOK,
    LIGHT_RING,
    MUTE,
    Telephony,
    is_headset,
    lights_of,
)
from visio_desktop.meeting.values import HeadsetButton, HeadsetLights


def test_a_headset_has_a_button_we_know() -> None:
    assert is_headset(parse(NUMBERED))
    assert is_headset(parse(PLAIN))
    assert not is_headset(Layout())


def test_its_lights_show_the_call_and_whether_one_is_heard() -> None:
    shown = lights_of(HeadsetLights(in_call=True, muted=False))
    assert shown == {LIGHT_OFF_HOOK: True, LIGHT_MUTE: False, LIGHT_RING: False}


def test_each_press_of_mute_counts_once() -> None:
    telephony = Telephony()
    times = ((0, 1), (50, 1), (90, 0), (900, 1), (950, 0))
    pressed = [telephony.take({MUTE: bool(down)}, at_ms) for at_ms, down in times]
    assert pressed == [(HeadsetButton.MUTE,), (), (), (HeadsetButton.MUTE,), ()]


def test_a_switch_that_stays_counts_both_ways() -> None:
    telephony = Telephony()
    pressed = [bool(telephony.take({MUTE: bool(down)}, at_ms)) for at_ms, down in ((0, 1), (5_000, 0), (9_000, 1))]
    assert pressed == [True, True, True]


def test_hanging_up_means_something_only_in_a_call() -> None:
    telephony = Telephony()
    assert telephony.take({HOOK: False}, 0.0) == ()
    assert telephony.take({HOOK: True}, 1.0) == ()
    assert telephony.take({MUTE: False}, 2.0) == ()
    assert telephony.take({HOOK: False}, 3.0) == (HeadsetButton.HANG_UP,)
    assert telephony.take({HOOK: False}, 4.0) == ()
