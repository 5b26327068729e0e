"""Headsets made here: report descriptors as the HID specification has them, and two kinds to press.

`MadeHeadset` stands in for the kernel, everywhere. `KernelHeadset` is a device of the kernel's own, where it has
/dev/uhid (in the tests' virtual machine it does): found, opened, read and written as one of a shop is.
"""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from visio_desktop.media.headset import HeadsetGone, HeadsetRefused
from visio_desktop.media.headset.descriptors import parse
from visio_desktop.media.headset.hidraw import Found, find_headsets, open_headset

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


_UHID: Final = Path("/dev/uhid")
_EVENT_BYTES: Final = 4_376
_DESTROY, _OUTPUT, _CREATE, _INPUT = 1, 6, 11, 12
_OUTPUT_SIZE_AT: Final = 4 + 4_096
_USB: Final = 0x03
_TRIED_OUT: Final = (0x1209, 0x0001)
_NOBODY: Final = 65_534


class KernelHeadset:
    """The same as a device of the kernel (Documentation/hid/uhid.rst); needs root, and nobody else's headset there."""

    def __init__(self, name: str = "Made headset", descriptor: bytes = NUMBERED) -> None:
        self._name, self._descriptor = name, descriptor
        self._is_there = False
        self.opened = 0
        self._file = os.open(_UHID, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
        self.is_there = True

    @property
    def is_there(self) -> bool:
        return self._is_there

    @is_there.setter
    def is_there(self, there: bool) -> None:
        if there == self._is_there:
            return
        self._is_there = there
        if not there:
            self._write(_DESTROY, b"")
            return
        about = struct.pack("<HHIIII", len(self._descriptor), _USB, *_TRIED_OUT, 1, 0)
        self._write(_CREATE, struct.pack("128s64s64s", self._name.encode(), b"", b"") + about + self._descriptor)

    @property
    def is_allowed(self) -> bool:
        return os.geteuid() == 0

    @is_allowed.setter
    def is_allowed(self, allowed: bool) -> None:
        """Let this process be somebody who may not open it: to root everything is allowed."""
        os.seteuid(0 if allowed else _NOBODY)

    def find(self) -> tuple[Found, ...]:
        return find_headsets()

    def open(self, path: str) -> int:
        file = open_headset(path)
        self.opened += 1
        return file

    def report(self, report: bytes) -> None:
        """It says something."""
        self._write(_INPUT, struct.pack("<H", len(report)) + report)

    def lit(self) -> bytes:
        """The next report it gets; b"" once it was let go of."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            held = _holds_a_headset()  # asked first: what was written came before it was let go
            for event in iter(self._told, b""):
                if struct.unpack_from("<I", event)[0] == _OUTPUT:
                    return event[4 : 4 + struct.unpack_from("<H", event, _OUTPUT_SIZE_AT)[0]]
            if not held:
                return b""
            select.select([self._file], [], [], 0.05)
        raise TimeoutError

    def unplug(self) -> None:
        """Pull it out."""
        self.is_there = False

    def close(self) -> None:
        """Be no more."""
        self.is_allowed = True
        self.is_there = False
        os.close(self._file)

    def _write(self, kind: int, content: bytes) -> None:
        os.write(self._file, struct.pack("<I", kind) + content)

    def _told(self) -> bytes:
        try:
            return os.read(self._file, _EVENT_BYTES)
        except BlockingIOError:
            return b""


def _holds_a_headset() -> bool:
    """Whether this process has one open; the kernel's own console has, too, and the device is not told who."""
    files = (Path(os.path.realpath(file)) for file in Path("/proc/self/fd").iterdir())
    return any(file.name.startswith("hidraw") for file in files)


type AnyHeadset = MadeHeadset | KernelHeadset
HEADSETS: Final[tuple[type[AnyHeadset], ...]] = (
    (MadeHeadset, KernelHeadset) if os.access(_UHID, os.W_OK) else (MadeHeadset,)
)
"""The kinds there can be here."""


def in_sysfs(place: Path, name: str, descriptor: bytes, hid_name: str) -> None:
    """Let the kernel's folder show a device."""
    device = place / name / "device"
    device.mkdir(parents=True)
    (device / "report_descriptor").write_bytes(descriptor)
    (device / "uevent").write_text(f"DRIVER=hid-generic\nHID_NAME={hid_name}\nHID_UNIQ=\n")
    with suppress(OSError):
        os.mkfifo(place / name / "not-a-device")
