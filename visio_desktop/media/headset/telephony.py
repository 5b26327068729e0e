"""What pressing a headset's buttons means (HID usage tables, telephony page): pure, time is passed in.

The hook switch tells whether the headset thinks a call goes on: from on to off the person hangs up. It has to have been
on before, which it is once it was told by its light that there is a call. The mute button of most is pressed and let
go; where it is not let go for a while it is a switch that stays, and going back means something too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from visio_desktop.media.headset.descriptors import LIGHTS, TELEPHONY, Layout
from visio_desktop.meeting.values import HeadsetButton, HeadsetLights

HOOK: Final = TELEPHONY << 16 | 0x20
MUTE: Final = TELEPHONY << 16 | 0x2F
LIGHT_MUTE: Final = LIGHTS << 16 | 0x09
LIGHT_OFF_HOOK: Final = LIGHTS << 16 | 0x17
LIGHT_RING: Final = LIGHTS << 16 | 0x18
_LET_GO_MS: Final = 1_500.0


def is_headset(layout: Layout) -> bool:
    """Whether it has a button we know what to do with."""
    return layout.has(HOOK) or layout.has(MUTE)


def lights_of(lights: HeadsetLights) -> dict[int, bool]:
    """What is to be lit."""
    return {LIGHT_OFF_HOOK: lights.in_call, LIGHT_MUTE: lights.muted, LIGHT_RING: False}


class Telephony:
    """One headset's buttons."""

    def __init__(self) -> None:
        self._is_on = False
        self._mute_pressed_ms: float | None = None

    def take(self, states: Mapping[int, bool], now_ms: float) -> tuple[HeadsetButton, ...]:
        """What a report means."""
        pressed: list[HeadsetButton] = []
        if MUTE in states and self._is_mute(states[MUTE], now_ms):
            pressed.append(HeadsetButton.MUTE)
        if HOOK in states:
            if self._is_on and not states[HOOK]:
                pressed.append(HeadsetButton.HANG_UP)
            self._is_on = states[HOOK]
        return tuple(pressed)

    def _is_mute(self, down: bool, now_ms: float) -> bool:
        since_ms = self._mute_pressed_ms
        if down:
            self._mute_pressed_ms = now_ms if since_ms is None else since_ms
            return since_ms is None
        self._mute_pressed_ms = None
        return since_ms is not None and now_ms - since_ms >= _LET_GO_MS
