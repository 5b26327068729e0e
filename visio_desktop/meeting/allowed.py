"""What one may send: nothing else is ever on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from visio_desktop.meeting.changes import Step, with_toast
from visio_desktop.meeting.effects import CloseDevice, Effect, SetSending
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability, DeviceKind, Source

_SOURCES = (Source.MICROPHONE, Source.CAMERA, Source.SCREEN)


def allow(meeting: Meeting, sources: frozenset[Source]) -> Step:
    """Only these may be sent from now on: what is no longer allowed is turned off, and told."""
    before = meeting.room.may_send
    allowed = replace(meeting, room=replace(meeting.room, may_send=sources))
    off, effects = turn_off(allowed, [s for s in _SOURCES if s not in sources], "not_allowed")
    for source in (s for s in _SOURCES if s in sources and s not in before):
        off = with_toast(off, f"allowed_{source.value}")
    if Source.SCREEN_AUDIO in before - sources and off.is_on(Source.SCREEN_AUDIO):
        effects = (*effects, send_screen(off))
    return off, effects


def send_screen(meeting: Meeting) -> SetSending:
    """Send the screen that was chosen, with the sound of other programs where that is wished and allowed."""
    sound = meeting.screen_sound and Source.SCREEN_AUDIO in meeting.room.may_send
    motion, held = meeting.screen_motion, meeting.screen_paused
    return SetSending(Source.SCREEN, on=True, spec=meeting.screen_spec, sound=sound, motion=motion, held=held)


def refused(meeting: Meeting, source: Source) -> Meeting | None:
    """The meeting that says why a source cannot be turned on, None where it can."""
    shown = Source.SCREEN if source is Source.SCREEN_AUDIO else source
    withheld = shown is Source.SCREEN and Capability.SCREEN_SHARE in meeting.withheld
    if source in meeting.room.may_send and not withheld:
        return None
    key = f"{'withheld' if withheld else 'not_allowed'}_{shown.value}"
    return meeting if any(toast.key == key for toast in meeting.toasts) else with_toast(meeting, key)


def turn_off(meeting: Meeting, sources: Iterable[Source], key: str) -> Step:
    """Turn off what is on of these, the gates first; a toast `<key>_<source>` tells each."""
    changed, gates, devices = meeting, list[Effect](), list[Effect]()
    for source in _SOURCES:
        if source not in sources or not meeting.is_on(source):
            continue
        gates.append(SetSending(source, on=False))
        changed = with_toast(_off(changed, source), f"{key}_{source.value}")
        if source is Source.CAMERA:
            devices.append(CloseDevice(DeviceKind.CAMERA))
    return changed, (*gates, *devices)


def _off(meeting: Meeting, source: Source) -> Meeting:
    match source:
        case Source.MICROPHONE:
            return replace(meeting, microphone_on=False, held_to_talk=False)
        case Source.CAMERA:
            return replace(meeting, camera_on=False, camera=replace(meeting.camera, opened_name=""))
        case Source.SCREEN | Source.SCREEN_AUDIO:
            return replace(meeting, screen_on=False, screen_paused=False)
