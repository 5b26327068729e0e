"""A loudspeaker and a microphone of a sound server with a room between them, on clocks that never stall.

A null sink of PulseAudio's stops for seconds at times. A pipe's clock is whoever reads or writes its other end.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from tests.helpers.acoustics import DELAY_MS, ECHO, RINGS_S
from tests.helpers.pulse import Pulse
from visio_desktop.media.samples import BLOCK, RATE_HZ, Samples

ROOT: Final = Path(__file__).parents[2]
_BOX_BYTES: Final = 16_384
"""What a loudspeaker's pipe holds: 43 ms."""
_MICROPHONE_BYTES: Final = 4_096


@dataclass(frozen=True, slots=True)
class Box:
    """A loudspeaker: how late, loud and ringing it comes back, and how much faster than the microphone it counts."""

    name: str = "box"
    delay_ms: float = DELAY_MS
    echo: float = ECHO
    ppm: float = 0.0
    rings_s: float = RINGS_S
    seed: int = 3


class VirtualRoom:
    """A room; orders are obeyed within 10 ms. `microphone` is the key of its microphone."""

    def __init__(self, pulse: Pulse, folder: Path) -> None:
        self._pulse = pulse
        self._folder = folder
        self._modules: list[str] = []
        self.microphone = f"Sound/{folder.name}"
        form = ("format=s16le", "rate=48000", "channels=1")
        self._load("module-pipe-source", f"source_name={folder.name}", f"file={folder / 'microphone'}", *form)
        _hold(folder / "microphone", _MICROPHONE_BYTES)
        self._child = subprocess.Popen(
            (sys.executable, "-m", "tests.helpers.room_child", str(folder)),
            env={**pulse.environment, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
        )

    def add(self, box: Box) -> str:
        """Plug a loudspeaker in; gives its key."""
        name = f"{self._folder.name}-{box.name}"
        pipe = self._folder / box.name
        form = ("format=float32le", "rate=48000", "channels=2")
        self._load("module-pipe-sink", f"sink_name={name}", f"file={pipe}", *form)
        _hold(pipe, _BOX_BYTES)
        told = asdict(box)
        del told["name"]
        self._order(pipe=str(pipe), **told)
        return f"Sound/{name}"

    def say(self, voice: Samples) -> None:
        """Somebody says this in the room, at once."""
        spoken = self._folder / "spoken.raw"
        spoken.write_bytes(voice.tobytes())
        self._order(near=str(spoken))

    def be(self, **loudness: float) -> None:
        """How loud is what is always there: `noise`, or a `hum` of 40 Hz; amplitudes."""
        self._order(**loudness)

    def kept(self, what: str, last_s: float | None = None) -> Samples:
        """What was `played`, its `echo`, or what was said (`near`), so far or in the last seconds of it."""
        with (self._folder / f"{what}.raw").open("rb") as file:
            whole = file.seek(0, os.SEEK_END) // BLOCK * BLOCK
            file.seek(max(0, whole - 4 * int((last_s or 1e6) * RATE_HZ)))
            return np.frombuffer(file.read(whole - file.tell()), dtype=np.float32)

    def close(self) -> None:
        """The devices go."""
        assert self._child.stdin is not None
        self._child.stdin.close()
        self._child.wait(20)
        for module in reversed(self._modules):
            self._pulse.control("unload-module", module)

    def _load(self, *module: str) -> None:
        self._modules.append(self._pulse.control("load-module", *module))

    def _order(self, **order: Any) -> None:
        assert self._child.stdin is not None
        self._child.stdin.write(json.dumps(order).encode() + b"\n")
        self._child.stdin.flush()


def _hold(pipe: Path, size: int) -> None:
    """Let a pipe hold so much: that is how long sound waits in it."""
    descriptor = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, size)
    finally:
        os.close(descriptor)


@contextmanager
def virtual_room(pulse: Pulse, name: str = "room") -> Iterator[VirtualRoom]:
    """A room with a microphone and no loudspeaker yet."""
    folder = pulse.folder / name
    folder.mkdir()
    room = VirtualRoom(pulse, folder)
    try:
        yield room
    finally:
        room.close()
