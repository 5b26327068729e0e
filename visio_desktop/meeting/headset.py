"""Buttons and lights of a headset: nothing is opened before a meeting has a microphone."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting.changes import Step
from visio_desktop.meeting.effects import Remember, UseHeadset
from visio_desktop.meeting.intents import Intent, Leave, SetSourceOn
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import NO_HEADSET, HeadsetButton, HeadsetLights, Source


def lights(meeting: Meeting) -> HeadsetLights | None:
    """What a headset shows now; None while it is left alone."""
    if not (meeting.headset_buttons and meeting.page is Page.ROOM and meeting.microphone.opened_name):
        return None
    return HeadsetLights(in_call=True, muted=not meeting.microphone_on)


def follow(before: Meeting, step: Step) -> Step:
    """A step, and what comes of it for the headset."""
    meeting, effects = step
    now = lights(meeting)
    if now == lights(before):
        return step
    left = replace(meeting, headset=NO_HEADSET) if now is None else meeting
    return left, (*effects, UseHeadset(now))


def wished(meeting: Meeting, button: HeadsetButton) -> Intent | None:
    """What pressing a button asks for; nothing once it is left alone."""
    if lights(meeting) is None:
        return None
    match button:
        case HeadsetButton.MUTE:
            return SetSourceOn(Source.MICROPHONE, on=not meeting.microphone_on)
        case HeadsetButton.HANG_UP:
            return Leave()


def choose(meeting: Meeting, *, on: bool) -> Step:
    """Use the buttons, or leave them alone."""
    if on == meeting.headset_buttons:
        return meeting, ()
    return replace(meeting, headset_buttons=on), (Remember("headset_buttons", str(on).lower()),)
