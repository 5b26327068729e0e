"""Headsets made here: report descriptors as the HID specification has them, and one to press."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

from visio_desktop.media.headset import HeadsetGone, HeadsetRefused
from visio_desktop.media.headset.descriptors import parse
from visio_desktop.media.headset.hidraw import Found

NUMBERED = bytes.fromhex(
    "05 0C 09 01 A1 01 85 01 15 00 25 01 09 E9 09 EA 75 01 95 02 81 02 95 06 81 03 C0"  # volume, as most have it
    "05 0B 09 05 A1 01 85 02 15 00 25 01 09 20 09 97 75 01 95 02 81 22"  # hook switch and line busy
    "09 2F 95 01 81 06 95 05 81 03"  # mute, relative
    "85 02 05 08 09 17 09 09 09 18 95 03 91 22 95 05 91 01 C0"  # lights: off-hook, mute, ring
)
"""Reports with numbers, as headsets with several collections have them."""

PLAIN = bytes.fromhex(
    "05 0B 09 05 A1 01 15 00 25 01 09 2F 75 01 95 01 81 02 95 07 81 03"  # mute, absolute
    "15 01 25 02 19 20 29 21 75 08 95 01 81 00"  # hook switch or flash, one byte that holds which
    "05 08 15 00 25 01 09 09 75 01 95 01 91 02 95 07 91 03 C0"
)
"""One report without a number, with a choice in it."""


class MadeHeadset:
    """A headset: press its buttons, read what it was told to show. It keeps to reports, as a HID device does."""

    def __init__(self, name: str = "Made headset", descriptor: bytes = NUMBERED, path: str = "/dev/hidraw7") -> None:
        self.found = Found(path, name, parse(descriptor))
        self.is_there = True
        self.is_allowed = True
        self.opened = 0
        self._ours: socket.socket | None = None

    def find(self) -> tuple[Found, ...]:
        return (self.found,) if self.is_there else ()

    def open(self, path: str) -> int:
        assert path == self.found.path
        if not self.is_there:
            raise HeadsetGone(path)
        if not self.is_allowed:
            raise HeadsetRefused(path)
        self.close()
        self._ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.settimeout(20)
        theirs.setblocking(False)
        self.opened += 1
        return theirs.detach()

    def report(self, report: bytes) -> None:
        """It says something."""
        assert self._ours is not None
        self._ours.send(report)

    def lit(self) -> bytes:
        """The next report it gets; b"" once it was let go of."""
        assert self._ours is not None
        return self._ours.recv(64)

    def unplug(self) -> None:
        """Pull it out."""
        self.is_there = False
        self.close()

    def close(self) -> None:
        """Close its end."""
        if self._ours is not None:
            self._ours.close()


def in_sysfs(place: Path, name: str, descriptor: bytes, hid_name: str) -> None:
    """Let the kernel's folder show a device."""
    device = place / name / "device"
    device.mkdir(parents=True)
    (device / "report_descriptor").write_bytes(descriptor)
    (device / "uevent").write_text(f"DRIVER=hid-generic\nHID_NAME={hid_name}\nHID_UNIQ=\n")
    with suppress(OSError):
        os.mkfifo(place / name / "not-a-device")
