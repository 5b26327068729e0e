"""Headsets as Linux shows them: what is plugged in anybody may know, opening it has to be allowed."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from visio_desktop.media.headset import DescriptorRefused, HeadsetGone, HeadsetRefused
from visio_desktop.media.headset.descriptors import MOST_BYTES, Layout, parse
from visio_desktop.media.headset.telephony import is_headset

_PLACE: Final = Path("/sys/class/hidraw")
_DEVICES: Final = Path("/dev")
_MOST: Final = 64
_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True)
class Found:
    """A headset that is plugged in."""

    path: str
    name: str
    layout: Layout


def find_headsets(place: Path = _PLACE, devices: Path = _DEVICES) -> tuple[Found, ...]:
    """What is plugged in and has telephony buttons; nothing is opened for it. None but on Linux."""
    if sys.platform != "linux":
        return ()
    found: list[Found] = []
    with suppress(OSError):
        for entry in sorted(place.iterdir())[:_MOST]:
            with suppress(OSError, DescriptorRefused):
                with (entry / "device" / "report_descriptor").open("rb") as file:
                    layout = parse(file.read(MOST_BYTES + 1))
                if is_headset(layout):
                    found.append(Found(str(devices / entry.name), _name(entry / "device" / "uevent"), layout))
    return tuple(found)


def open_headset(path: str) -> int:
    """A descriptor to read reports from and write them to, never waiting. Raises `HeadsetError`."""
    try:
        return os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except PermissionError as error:
        raise HeadsetRefused(str(error)) from error
    except OSError as error:
        raise HeadsetGone(str(error)) from error


def _name(uevent: Path) -> str:
    with uevent.open("rb") as file:
        text = file.read(4_096).decode("utf-8", errors="replace")
    names = [line.removeprefix("HID_NAME=") for line in text.splitlines() if line.startswith("HID_NAME=")]
    shown = "".join(sign if sign.isprintable() else " " for sign in (names or ["?"])[0])
    return " ".join(shown.split())[:_LONGEST_NAME] or "?"
