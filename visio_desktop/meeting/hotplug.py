"""Devices come and go: the chosen one is used whenever it is there, the system's default for as long as it is away.

Who talks and listens is never left without, and is told each time. A camera is never changed by itself: somebody might
be seen who is not prepared for it; it is offered instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from visio_desktop.meeting.changes import Step, with_device, with_toast
from visio_desktop.meeting.devices import in_use
from visio_desktop.meeting.effects import Effect, OpenDevice
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import Device, DeviceKind, Problem, ProblemCode, Toast

NEW: Final = "device_new"
"""The toast that offers what was plugged in; its arguments name the devices by their kind."""

_DEFAULT: Final = "default"
_SOUND: Final = (DeviceKind.MICROPHONE, DeviceKind.SPEAKER)


def listed(meeting: Meeting, devices: tuple[Device, ...]) -> Step:
    """These are the devices now. The first time nothing follows of it: nothing has been plugged in."""
    before, now = meeting.devices, replace(meeting, devices=devices)
    if not before:
        return now, ()
    effects: list[Effect] = []
    for kind in _SOUND:
        now, more = _follow(now, before, kind)
        effects += more
    return _offer(_withdraw(now), before), tuple(effects)


def failed(meeting: Meeting, kind: DeviceKind, problem: Problem) -> Step | None:
    """What stands in for a device that has worked until now, or for a loudspeaker that is away; None: nothing can."""
    device = meeting.device(kind)
    if device.standing_in or device.spec == _DEFAULT:
        return None
    was_used = kind in _SOUND and device.opened_name and _named(meeting.devices, kind, device.spec) is not None
    if not was_used and problem.code is not ProblemCode.SPEAKER_MISSING:
        return None
    return _stand_in(meeting, kind, device.opened_name)


def _stand_in(meeting: Meeting, kind: DeviceKind, name: str) -> Step:
    away = with_device(meeting, kind, replace(meeting.device(kind), opened_name="", problem=None, standing_in=True))
    return _told(away, "device_gone" if name else "device_away", name), (OpenDevice(kind, _DEFAULT),)


def _follow(meeting: Meeting, before: tuple[Device, ...], kind: DeviceKind) -> tuple[Meeting, tuple[Effect, ...]]:
    device, spec = meeting.device(kind), meeting.device(kind).spec
    was, here = _named(before, kind, spec), _named(meeting.devices, kind, spec)
    if was is not None and here is None and device.opened_name and not device.standing_in:
        return _stand_in(meeting, kind, was.name)
    if here is not None and device.standing_in:
        return _come_back(meeting, kind, here)
    if spec == _DEFAULT or device.standing_in:
        return _follow_default(meeting, before, kind)
    return meeting, ()


def _come_back(meeting: Meeting, kind: DeviceKind, here: Device) -> Step:
    back = with_device(meeting, kind, replace(meeting.device(kind), standing_in=False))
    if not in_use(meeting, kind):
        return back, ()
    return _told(back, "device_back", here.name), (OpenDevice(kind, here.key),)


def _follow_default(meeting: Meeting, before: tuple[Device, ...], kind: DeviceKind) -> Step:
    old, new = _default(before, kind), _default(meeting.devices, kind)
    is_other = new is not None and (old is None or old.key != new.key)
    if new is None or not is_other or not _is_open_or_missing(meeting, kind):
        return meeting, ()
    return _told(meeting, "device_default", new.name), (OpenDevice(kind, _DEFAULT),)


def _is_open_or_missing(meeting: Meeting, kind: DeviceKind) -> bool:
    """Whether it is used; a loudspeaker that could not be had is wanted all the same, a microphone is off then."""
    device: DeviceState = meeting.device(kind)
    waits = kind is DeviceKind.SPEAKER and device.problem is not None
    return in_use(meeting, kind) and (bool(device.opened_name) or waits or device.standing_in)


def _withdraw(meeting: Meeting) -> Meeting:
    """What has been unplugged again is no longer offered."""
    here = {device.key for device in meeting.devices}
    kept = tuple(t for t in meeting.toasts if t.key != NEW or all(key in here for _, key in offered(t)))
    return meeting if kept == meeting.toasts else replace(meeting, toasts=kept)


def _offer(meeting: Meeting, before: tuple[Device, ...]) -> Meeting:
    """Offer what was plugged in, a headset as one thing; what is used by itself need not be offered."""
    if meeting.page is not Page.ROOM:
        return meeting
    known = {(device.kind, device.key) for device in before}
    new = [d for d in meeting.devices if (d.kind, d.key) not in known and not _is_used(meeting, d)]
    for things in _together(new):
        keys = {device.kind.value: device.key for device in things}
        meeting = with_toast(meeting, NEW, None, name=things[0].name, **keys)
    return meeting


def _is_used(meeting: Meeting, device: Device) -> bool:
    chosen = meeting.device(device.kind)
    named = chosen.spec in (device.key, device.name)
    follows = device.kind in _SOUND and device.is_default and chosen.to_open == _DEFAULT
    return named or (follows and in_use(meeting, device.kind))


def _together(devices: Iterable[Device]) -> list[list[Device]]:
    groups: dict[str, list[Device]] = {}
    for device in devices:
        groups.setdefault(device.group or device.name, []).append(device)
    return list(groups.values())


def offered(toast: Toast) -> tuple[tuple[DeviceKind, str], ...]:
    """The devices an offer is of."""
    said = dict(toast.arguments)
    return tuple((kind, said[kind.value]) for kind in DeviceKind if kind.value in said)


def _told(meeting: Meeting, key: str, name: str) -> Meeting:
    """Both halves of a headset go and come in one moment: that is told once. What never was there has no name."""
    if meeting.page not in (Page.JOINING, Page.ROOM):
        return meeting
    others = tuple(toast for toast in meeting.toasts if (toast.key, toast.arguments) != (key, (("name", name),)))
    return with_toast(replace(meeting, toasts=others), key, name=name)


def _named(devices: tuple[Device, ...], kind: DeviceKind, spec: str) -> Device | None:
    return next((d for d in devices if d.kind is kind and spec in (d.key, d.name)), None)


def _default(devices: tuple[Device, ...], kind: DeviceKind) -> Device | None:
    return next((d for d in devices if d.kind is kind and d.is_default), None)
