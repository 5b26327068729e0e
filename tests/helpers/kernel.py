"""Cameras and sound cards that the kernel of the tests' virtual machine makes. Needs root, changes the system."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tools.machine import BUSYBOX

NOBODY: Final = 65_534
_ALL_CONTROLS: Final = 0x8000_0000 | 0x4000_0000
_QUERY, _SET = 0xC044_5624, 0xC008_561C  # VIDIOC_QUERYCTRL, VIDIOC_S_CTRL of linux/videodev2.h
_ABOUT: Final = struct.Struct("<II32siiiiI8x")


def load(module: str, **settings: str | int) -> None:
    """Load a module with all it needs."""
    words = [f"{name}={value}" for name, value in settings.items()]
    subprocess.run([BUSYBOX, "modprobe", module, *words], check=True, timeout=60)


@contextmanager
def loaded(module: str, **settings: str | int) -> Iterator[None]:
    """With a module that is not needed by others, taken out again afterwards."""
    load(module, **settings)
    try:
        yield
    finally:
        subprocess.run([BUSYBOX, "rmmod", module], check=True, timeout=60)


def bind(driver: str, device: str, *, to: bool) -> None:
    """Plug a device of a platform's driver in, or pull it out, whoever uses it."""
    Path("/sys/bus/platform/drivers", driver, "bind" if to else "unbind").write_text(device, encoding="ascii")


def turn(camera: str, control: str, value: int) -> None:
    """Set a camera's control by its name."""
    with Path(camera).open("rb", buffering=0) as file:
        number, name = 0, ""
        while name != control:
            number, _, raw, *_ = _ABOUT.unpack(fcntl.ioctl(file, _QUERY, _ABOUT.pack(number | _ALL_CONTROLS, *_EMPTY)))
            name = raw.rstrip(b"\0").decode()
        fcntl.ioctl(file, _SET, struct.pack("<Ii", number, value))


_EMPTY: Final = (0, b"", 0, 0, 0, 0, 0)


@contextmanager
def somebody_else() -> Iterator[None]:
    """To root everything is allowed: be somebody who may open no device."""
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
