"""Word of devices that come and go: from the sound server at once, of everything else by looking now and then."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Hashable
from contextlib import suppress
from pathlib import Path
from typing import Final

from visio_desktop.media import portaudio, pulse_server
from visio_desktop.media.devices import sound_devices
from visio_desktop.media.errors import MediaError
from visio_desktop.media.pulse_server import PulseServer
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.clock import Clock

EVERY_S: Final = 3.0
_CAMERAS: Final = Path("/sys/class/video4linux")


async def watch(changed: Callable[[], None], clock: Clock, *, every_s: float = EVERY_S) -> None:
    """Call `changed`, on the loop, whenever devices may have come or gone; for ever."""
    loop, told, before = asyncio.get_running_loop(), list[PulseServer](), None

    def tell() -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody listens any more
            loop.call_soon_threadsafe(changed)

    while True:
        server = await asyncio.to_thread(pulse_server.shared, clock)
        if server is not None and server not in told:
            if told:
                tell()  # the sound server was begun anew
            told[:] = [server]
            server.on_change(tell)
        seen = await asyncio.to_thread(_look, has_server=server is not None)
        if before is not None and seen != before:
            changed()
        before = seen
        await asyncio.sleep(every_s)


def _look(*, has_server: bool) -> Hashable:
    """What is there, as far as it can be told cheaply. Another name, or number, means another device."""
    sounds = () if has_server else _sounds()
    return cameras_there() if sys.platform == "linux" else (), sounds


def cameras_there(place: Path = _CAMERAS) -> tuple[tuple[str, str], ...]:
    """The kernel's cameras and their names: no library is asked, which may open and disturb them."""
    found = []
    with suppress(OSError):
        for camera in sorted(place.iterdir()):
            with suppress(OSError, UnicodeDecodeError):
                found.append((camera.name, (camera / "name").read_text(encoding="utf-8").strip()))
    return tuple(found)


def _sounds() -> Hashable:
    with suppress(MediaError):
        portaudio.refresh(DeviceKind.SPEAKER)
    return tuple(device for kind in (DeviceKind.MICROPHONE, DeviceKind.SPEAKER) for device in sound_devices(kind))
