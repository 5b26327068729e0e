"""The cameras, microphones and speakers this machine has now."""

from __future__ import annotations

from contextlib import suppress

from visio_desktop.media import portaudio, pulse_server
from visio_desktop.media.errors import MediaError
from visio_desktop.meeting.values import Device, DeviceKind
from visio_desktop.system.clock import monotonic_ms


def list_devices() -> tuple[Device, ...]:
    """Every device, cameras first. May take long: never on a loop. Kinds that cannot be asked for are left out."""
    from visio_desktop.media.cameras import list_cameras  # noqa: PLC0415 - OpenCV is slow to import

    server = pulse_server.shared(monotonic_ms)
    if server is not None:
        return (*list_cameras(), *server.devices())
    with suppress(MediaError):
        portaudio.refresh(DeviceKind.SPEAKER)
    return (*list_cameras(), *sound_devices(DeviceKind.MICROPHONE), *sound_devices(DeviceKind.SPEAKER))


def sound_devices(kind: DeviceKind) -> tuple[Device, ...]:
    """The devices of one kind of sound, as PortAudio lists them."""
    try:
        return tuple(found.device for found in portaudio.devices(kind))
    except MediaError:
        return ()
