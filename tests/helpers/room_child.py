"""The room between virtual loudspeakers and a virtual microphone: `python -m tests.helpers.room_child FOLDER`.

It is the clock of these devices: every 10 ms it takes what the loudspeakers play out of their pipes and gives the
microphone's pipe what it hears. A loudspeaker's own clock may be some millionths faster than the microphone's. What
somebody who plays has not given yet is waited for, so that a busy machine makes no holes of its own. Orders come as
lines of JSON on standard input: somebody speaks in the room, a loudspeaker is plugged in, it is noisy.
"""

from __future__ import annotations

import json
import os
import select
import sys
import time
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final

import numpy as np

from tests.helpers.acoustics import Way, response
from visio_desktop.media.interpolating import Interpolator
from visio_desktop.media.samples import BLOCK, RATE_HZ, Samples, silence, to_pcm

CHANNELS: Final = 2
KEPT: Final = ("played", "echo", "near")
"""What is written down, each in a file of 32 bit floats."""

HUM_HZ: Final = 40.0
_SAMPLE_BYTES: Final = 4 * CHANNELS
_PATIENCE_S: Final = 0.02
_GLANCE_S: Final = 0.001
_BEAT_S: Final = BLOCK / RATE_HZ


class Loudspeaker:
    """Plays what stands in a pipe, 32 bit floats of two channels, into the room."""

    def __init__(self, pipe: Path, way: Way, ppm: float) -> None:
        self._pipe = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        self._way = way
        self._ratio = 1 + ppm * 1e-6
        self._clock = Interpolator()
        self._plays = False

    def play(self) -> tuple[Samples, Samples]:
        """Ten milliseconds of the microphone's: what is played, and what is heard of it."""
        _, wanted = self._clock.plan(BLOCK, self._ratio)
        played = self._clock.read(self._next(wanted), BLOCK, self._ratio)
        return played, self._way.hear(played)

    def _next(self, wanted: int) -> Samples:
        got = bytearray()
        until_s = time.monotonic() + (_PATIENCE_S if self._plays else _GLANCE_S)
        while len(got) < wanted * _SAMPLE_BYTES and (left_s := until_s - time.monotonic()) > 0:
            if select.select([self._pipe], [], [], left_s)[0]:
                got += os.read(self._pipe, wanted * _SAMPLE_BYTES - len(got))
        self._plays = len(got) == wanted * _SAMPLE_BYTES
        got += bytes(wanted * _SAMPLE_BYTES - len(got))
        pairs = np.frombuffer(bytes(got), dtype=np.float32).reshape(-1, CHANNELS)
        return pairs.mean(axis=1, dtype=np.float32)


class Room:
    """All that sounds in it."""

    def __init__(self, microphone: Path) -> None:
        self._pipe = os.open(microphone, os.O_RDWR | os.O_NONBLOCK)
        self._loudspeakers: list[Loudspeaker] = []
        self._near = silence(0)
        self._chance = np.random.default_rng(3)
        self._noise, self._hum, self._beats = 1e-4, 0.0, 0

    def obey(self, order: dict[str, Any]) -> None:
        """Somebody speaks (`near`), it is noisy (`noise`) or hums (`hum`), or there is a loudspeaker (`pipe`)."""
        match order:
            case {"near": str(path)}:
                self._near = np.fromfile(path, dtype=np.float32)
            case {"noise": float(noise)}:
                self._noise = noise
            case {"hum": float(hum)}:
                self._hum = hum
            case {"pipe": str(pipe), "delay_ms": float(delay_ms), "echo": float(echo), "ppm": float(ppm), **others}:
                way = Way(delay_ms, echo=echo, ringing=response(others["rings_s"], others["seed"]))
                self._loudspeakers.append(Loudspeaker(Path(pipe), way, ppm))
            case _:
                raise ValueError(order)

    def beat(self) -> tuple[Samples, Samples, Samples]:
        """Ten milliseconds; gives what is played, its echo, and the near end's voice."""
        played, echo = silence(), silence()
        for each in self._loudspeakers:
            sound, heard = each.play()
            played, echo = played + sound, echo + heard
        near, self._near = self._near[:BLOCK], self._near[BLOCK:]
        near = np.concatenate((near, silence(BLOCK - len(near))))
        at_s = (self._beats * BLOCK + np.arange(BLOCK)) / RATE_HZ
        beside = self._chance.normal(0, self._noise, BLOCK) + self._hum * np.sin(2 * np.pi * HUM_HZ * at_s)
        self._beats += 1
        with suppress(BlockingIOError):  # nobody listens
            os.write(self._pipe, to_pcm(echo + near + beside.astype(np.float32)).tobytes())
        return played, echo, near


def _obeys(room: Room, orders: SimpleQueue[dict[str, Any] | None]) -> bool:
    """Do what was told; False once there will be no more."""
    try:
        while (order := orders.get_nowait()) is not None:
            room.obey(order)
    except Empty:
        return True
    return False


def main(folder: Path) -> None:
    """Until nobody gives orders any more."""
    orders: SimpleQueue[dict[str, Any] | None] = SimpleQueue()

    def listen() -> None:
        for line in sys.stdin:
            orders.put(json.loads(line))
        orders.put(None)

    Thread(target=listen, daemon=True).start()
    room, next_s = Room(folder / "microphone"), time.monotonic()
    files = [(folder / f"{name}.raw").open("wb") for name in KEPT]
    while _obeys(room, orders):
        for file, sound in zip(files, room.beat(), strict=True):
            file.write(sound.tobytes())
            file.flush()
        next_s += _BEAT_S
        time.sleep(max(0.0, next_s - time.monotonic()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
