"""What a person does with devices and with what is sent of them."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting import allowed, people
from visio_desktop.meeting.changes import (
    NONE,
    Step,
    end_trying,
    nothing,
    with_device,
)
from visio_desktop.meeting.effects import (
    CloseDevice,
    Effect,
    OpenDevice,
    PlayTestSound,
    Remember,
    SetSending,
)
from visio_desktop.meeting.intents import (
    ChooseDevice,
    HoldToTalk,
    SetSourceOn,
    TestSpeaker,
    TryDevices,
    UseDevices,
)
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import DeviceKind, Source

_WITH_DEVICES = (Page.PREJOIN, Page.JOINING, Page.ROOM)

DeviceIntent = SetSourceOn | HoldToTalk | ChooseDevice | UseDevices | TryDevices | TestSpeaker


def carry_out(meeting: Meeting, intent: DeviceIntent) -> Step:
    """Carry out one of these intents."""
    match intent:
        case SetSourceOn(source, on):
            return _set_source(meeting, source, on)
        case HoldToTalk(held):
            return _hold_to_talk(meeting, held)
        case ChooseDevice(kind, spec):
            return _choose_device(meeting, kind, spec)
        case UseDevices(chosen):
            return _use_devices(meeting, chosen)
        case TryDevices(on):
            return _try_devices(meeting, on)
        case TestSpeaker():
            return _test_speaker(meeting)


def _set_source(meeting: Meeting, source: Source, on: bool) -> Step:
    if meeting.is_on(source) == on and not meeting.held_to_talk:
        return nothing(meeting)
    if on and meeting.link is not None and not meeting.link.sends:
        return nothing(meeting)
    if on and (told := allowed.refused(meeting, source)) is not None:
        return told, ()
    match source:
        case Source.MICROPHONE:
            return _set_microphone(people.judged(replace(meeting, held_to_talk=False)), on)
        case Source.CAMERA:
            return _set_camera(meeting, on)
        case Source.SCREEN | Source.SCREEN_AUDIO:
            return _set_screen(meeting, on)


def _set_microphone(meeting: Meeting, on: bool) -> Step:
    changed = replace(meeting, microphone_on=on)
    remember = Remember("microphone_on", str(on).lower())
    if not on:
        # In the room the device stays open behind the closed gate, so that opening it again costs nothing.
        close = () if meeting.page is Page.ROOM else (CloseDevice(DeviceKind.MICROPHONE),)
        return changed, (SetSending(Source.MICROPHONE, on=False), *close, remember)
    return changed, (*_open_and_send(changed, DeviceKind.MICROPHONE, Source.MICROPHONE), remember)


def _set_camera(meeting: Meeting, on: bool) -> Step:
    changed = replace(meeting, camera_on=on)
    remember = Remember("camera_on", str(on).lower())
    if not on:
        closed = with_device(changed, DeviceKind.CAMERA, replace(meeting.camera, opened_name=""))
        return closed, (SetSending(Source.CAMERA, on=False), CloseDevice(DeviceKind.CAMERA), remember)
    return changed, (*_open_and_send(changed, DeviceKind.CAMERA, Source.CAMERA), remember)


def _open_and_send(meeting: Meeting, kind: DeviceKind, source: Source) -> tuple[Effect, ...]:
    device = meeting.device(kind)
    effects: list[Effect] = [] if device.opened_name else [OpenDevice(kind, device.to_open)]
    if meeting.page is Page.ROOM:
        effects.append(SetSending(source, on=True))
    return tuple(effects)


def _set_screen(meeting: Meeting, on: bool) -> Step:
    if meeting.page is not Page.ROOM:
        return nothing(meeting)
    changed = replace(meeting, screen_on=on, screen_paused=False)
    return changed, (allowed.send_screen(changed),) if on else (SetSending(Source.SCREEN, on=False),)


def _hold_to_talk(meeting: Meeting, held: bool) -> Step:
    if held and not meeting.microphone_on and meeting.page is Page.ROOM:
        if (told := allowed.refused(meeting, Source.MICROPHONE)) is not None:
            return told, ()
        changed, effects = _set_microphone(meeting, on=True)
        return replace(changed, held_to_talk=True), tuple(e for e in effects if not isinstance(e, Remember))
    if not held and meeting.held_to_talk:
        changed, effects = _set_microphone(replace(meeting, held_to_talk=False), on=False)
        return changed, tuple(e for e in effects if not isinstance(e, Remember))
    return nothing(meeting)


def _choose_device(meeting: Meeting, kind: DeviceKind, spec: str) -> Step:
    changed = with_device(meeting, kind, DeviceState(spec=spec))
    remember = Remember(kind.value, spec)
    if spec == NONE:
        return changed, (CloseDevice(kind), remember)
    return changed, (OpenDevice(kind, spec), remember) if in_use(meeting, kind) else (remember,)


def _use_devices(meeting: Meeting, chosen: tuple[tuple[DeviceKind, str], ...]) -> Step:
    effects: tuple[Effect, ...] = ()
    for kind, spec in chosen:
        meeting, more = _choose_device(meeting, kind, spec)
        effects = (*effects, *more)
    return meeting, effects


def in_use(meeting: Meeting, kind: DeviceKind) -> bool:
    """Whether a device of this kind is open now, or would be if it could."""
    at_devices = meeting.trying or meeting.page in _WITH_DEVICES
    match kind:
        case DeviceKind.CAMERA:
            return at_devices and (meeting.camera_on or meeting.trying)
        case DeviceKind.MICROPHONE:
            return at_devices and (meeting.microphone_on or meeting.trying or bool(meeting.microphone.opened_name))
        case DeviceKind.SPEAKER:
            return meeting.page in (Page.JOINING, Page.ROOM)


def _try_devices(meeting: Meeting, on: bool) -> Step:
    if meeting.page in _WITH_DEVICES or meeting.trying == on:
        return nothing(meeting)
    kinds = (DeviceKind.CAMERA, DeviceKind.MICROPHONE)
    if on:
        opened = tuple(OpenDevice(kind, meeting.device(kind).to_open) for kind in kinds if _is_there(meeting, kind))
        return replace(meeting, trying=True), opened
    closed = replace(
        meeting,
        trying=False,
        camera=replace(meeting.camera, opened_name=""),
        microphone=replace(meeting.microphone, opened_name=""),
    )
    return closed, end_trying(meeting)


def _is_there(meeting: Meeting, kind: DeviceKind) -> bool:
    return meeting.device(kind).spec != NONE


def _test_speaker(meeting: Meeting) -> Step:
    is_open = in_use(meeting, DeviceKind.SPEAKER)
    return meeting, (PlayTestSound(None if is_open else meeting.speaker.to_open),)
