"""Who speaks in `./dev bench media`, at the other end and here: eight made-up voices, or recordings of people."""

from __future__ import annotations

import wave
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np

from visio_desktop.media.opus import new_encoder
from visio_desktop.media.resampling import Resampler
from visio_desktop.media.samples import FRAME, RATE_HZ, Samples, from_pcm
from visio_desktop.media.speech import Speech
from visio_desktop.media.talker import Talker
from visio_desktop.media.uplink import Uplink
from visio_desktop.rtc.frames import EncodedFrame

NAMES: Final = ("anna", "bruno", "clara", "dora", "emil", "fritz", "greta", "hans")
_PEAK: Final = 0.25
_LEAST_PEAK: Final = 1e-3
_BEFORE: Final = RATE_HZ // 2


class FarEnd(Protocol):
    """Somebody at the other end."""

    def next_frame(self) -> EncodedFrame | None:
        """Twenty milliseconds further; None in a pause."""


type Voices = Mapping[str, Callable[[], FarEnd]]
"""What begins each voice anew, by its name."""

MADE_UP: Final[Voices] = MappingProxyType({name: partial(Talker, name) for name in NAMES})


type Here = Callable[[str], Callable[[int], Samples]]
"""Who speaks here while the voice of this name speaks at the other end: gives the next samples."""


def made_up_here(_voice: str) -> Callable[[int], Samples]:
    """The same for all."""
    return Speech(5, 190.0).read


class Recorded:
    """A recorded voice in a loop, half a second of silence before it."""

    def __init__(self, sound: Samples) -> None:
        self._frames = np.concatenate((np.zeros(_BEFORE, dtype=np.float32), sound))
        self._frames = self._frames[: len(self._frames) // FRAME * FRAME].reshape(-1, FRAME)
        self._next = 0
        self._uplink = Uplink(new_encoder)

    def next_frame(self) -> EncodedFrame | None:
        """See `FarEnd`."""
        frame = self._frames[self._next % len(self._frames)]
        self._next += 1
        return self._uplink.add(frame)


def recordings(paths: Sequence[Path]) -> Voices:
    """The voices of these WAV files (16 bit, any rate; of several channels the first), all equally loud.

    Raises `OSError`, `EOFError` and `wave.Error` for what is none.
    """
    return {path.stem: partial(Recorded, _sound(path)) for path in paths}


def recorded_here(paths: Sequence[Path]) -> Here:
    """For each of these recordings another one: half of the list away, so that it is somebody else's."""
    others = {path.stem: paths[(at + len(paths) // 2) % len(paths)] for at, path in enumerate(paths)}
    return lambda voice: Loop(_sound(others[voice])).read


class Loop:
    """Sound that goes round."""

    def __init__(self, sound: Samples) -> None:
        self._sound = sound
        self._at = 0

    def read(self, samples: int) -> Samples:
        """The next samples."""
        at = np.arange(self._at, self._at + samples) % len(self._sound)
        self._at += samples
        return self._sound[at]


def _sound(path: Path) -> Samples:
    with wave.open(str(path), "rb") as file:
        if file.getsampwidth() != 2:
            raise wave.Error(f"{path}: 16 bit wanted")
        pcm = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")[:: file.getnchannels()]
        pcm = np.ascontiguousarray(pcm, dtype=np.int16)
        if file.getframerate() != RATE_HZ:
            pcm = Resampler(file.getframerate(), RATE_HZ).run(pcm)
    sound = from_pcm(pcm)
    peak = float(np.abs(sound).max(initial=0.0))
    if peak < _LEAST_PEAK:
        raise wave.Error(f"{path}: nothing is heard in it")
    return sound * np.float32(_PEAK / peak)


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure of several voices, more of it being better (`most`: worse)."""

    by_voice: Mapping[str, float]
    most: bool = False

    @property
    def median(self) -> float:
        """The middle one."""
        return float(np.median(list(self.by_voice.values())))

    @property
    def worst(self) -> tuple[str, float]:
        """Whose it is, and the figure."""
        find = max if self.most else min
        return find(self.by_voice.items(), key=lambda item: item[1])
