"""What the organisation has decided for good: a person's wish to change it changes nothing."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting.intents import (
    ChooseDevice,
    ChooseLook,
    ChooseRinger,
    Intent,
    SetName,
    SetSound,
    UseDevices,
    UseHeadsetButtons,
)
from visio_desktop.meeting.look import Look, is_image
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import SoundWishes

_SOUND = {
    "echo": "echo_cancellation",
    "noise": "noise_suppression",
    "strong": "strong_noise_suppression",
    "gain": "automatic_gain",
    "original": "original_sound",
}
_LOOK = {
    "background": "camera_background",
    "quality": "camera_quality",
    "brighten": "camera_brighten",
    "still": "camera_still",
}


def undecided(meeting: Meeting, intent: Intent) -> Intent | None:  # noqa: PLR0911 - a table of one line each
    """What is left of an intent, None for nothing."""
    locked = meeting.locked
    match intent:
        case SetName() if "name" in locked:
            return None
        case ChooseRinger() if "ringer" in locked:
            return None
        case UseHeadsetButtons() if "headset_buttons" in locked:
            return None
        case ChooseDevice(kind) if kind.value in locked:
            return None
        case UseDevices(chosen):
            return UseDevices(tuple(each for each in chosen if each[0].value not in locked))
        case SetSound(wishes):
            return SetSound(_sound(meeting, wishes))
        case ChooseLook(look):
            return ChooseLook(_look(meeting, look))
        case _:
            return intent


def _sound(meeting: Meeting, wishes: SoundWishes) -> SoundWishes:
    held = {field: getattr(meeting.sound, field) for field, key in _SOUND.items() if key in meeting.locked}
    return replace(wishes, **held)


def _look(meeting: Meeting, look: Look) -> Look:
    held = {field: getattr(meeting.look, field) for field, key in _LOOK.items() if key in meeting.locked}
    if meeting.images_off and is_image(look.background):
        held["background"] = meeting.look.background
    if meeting.stills_off:
        held["still"] = ""
    return replace(look, **held)
