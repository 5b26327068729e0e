"""One encoder held against the one we have: it must be right, at once, obedient, and cheaper.

Pictures of a moving pattern are given to both in turns. Of the new one each picture is decoded again. It must give
every picture when it is given one, draw it as it is, begin a key frame where one is asked for and nowhere else, and
follow the bitrate down and up. Cheaper is processor time of this process, in which nothing else happens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from visio_desktop.media.decode import Decoder, raw_frame
from visio_desktop.media.encoders import EncodeSettings, VideoEncoder
from visio_desktop.media.errors import CodecError
from visio_desktop.media.hardware.faults import Fault
from visio_desktop.media.raw import Plane, RawFrame, blank
from visio_desktop.rtc.frames import Codec

SETTINGS: Final = EncodeSettings(width_px=1280, height_px=720, fps=30, bitrate_bps=1_700_000)
FASTER: Final = 0.7
"""The share of the software's time that is worth the change."""
_LOW: Final = 0.3
_TURN: Final = 15
_WARM: Final = 5
_TURNS: Final = 2
_SETTLES: Final = 30
_COUNTED: Final = 30
_LEAST_DB: Final = 28.0
_LONGEST_S: Final = 0.025
_TOO_MUCH, _RISES = 1.5, 1.3
_PATTERNS: Final = 12

type Open = Callable[[EncodeSettings], VideoEncoder]


class UnfitError(Exception):
    """What an encoder does not do; the text is the whole problem."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(fault.told(detail))


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of processor time for a picture."""

    hardware_ms: float
    software_ms: float

    @property
    def is_worth_it(self) -> bool:
        """Whether the change saves enough."""
        return self.hardware_ms <= FASTER * self.software_ms


def patterns(width_px: int, height_px: int) -> list[RawFrame]:
    """A pattern with edges and some grain, which moves."""
    chance = np.random.default_rng(7)
    rows, columns = np.mgrid[0:height_px, 0 : width_px * 2]
    picture = 96 + 56 * np.sin(columns / 37) + 40 * np.sign(np.sin(columns / 61) * np.sin(rows / 47))
    grainy = np.clip(picture + chance.normal(0, 3, picture.shape), 16, 235).astype(np.uint8)
    frames = []
    for number in range(_PATTERNS):
        frame = blank(width_px, height_px)
        frame.y[:] = grainy[:, 4 * number : 4 * number + width_px]
        frame.u[:], frame.v[:] = 100 + 2 * number, 150 - number
        frames.append(frame)
    return frames


class Trial:
    """One run of a trial. `compare` raises `UnfitError` or `CodecError`."""

    def __init__(
        self,
        codec: Codec,
        hardware: Open,
        software: Open,
        settings: EncodeSettings = SETTINGS,
        wall: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._wall = wall
        self._frames = patterns(settings.width_px, settings.height_px)
        self._decoder = Decoder(codec)
        self._hardware, self._software = hardware, software
        self._number = 0

    def compare(self) -> Cost:
        """What both take for a picture, once the new one has shown that it does all it has to."""
        hardware, software = self._hardware(self._settings), self._software(self._settings)
        try:
            self._checked(hardware, _WARM, keys=(0,))
            spent = [self._turn(hardware, software) for _ in range(_TURNS)]
            self._checked(hardware, 2 * _WARM, keys=(_WARM,))
            self._follow(hardware)
        finally:
            hardware.close()
            software.close()
        own, ours = (1000 * sum(each[at] for each in spent) / _TURNS for at in range(2))
        return Cost(round(own, 2), round(ours, 2))

    def _turn(self, hardware: VideoEncoder, software: VideoEncoder) -> tuple[float, float]:
        """Processor seconds a picture of both; what the new one gives is looked at afterwards."""
        frames = [self._next() for _ in range(_TURN)]
        made, spent_s, took_s = self._timed(hardware, frames)
        _, ours_s, our_took_s = self._timed(software, frames)
        # It may wait for a processor that is not ours; where ours waited as long, this machine was busy.
        if took_s > _LONGEST_S and took_s > 2 * our_took_s:
            raise UnfitError(Fault.SLOWER, f"{1000 * took_s:.0f} ms a picture by the clock")
        for frame, payload in zip(frames, made, strict=True):
            self._look(frame, payload)
        return spent_s, ours_s

    def _timed(self, encoder: VideoEncoder, frames: Sequence[RawFrame]) -> tuple[list[bytes | None], float, float]:
        """What came of some pictures; seconds a picture, of this process and by the clock."""
        began, wall = time.process_time(), self._wall()
        made = [encoder.encode(frame, key=False) for frame in frames]
        spent, took = time.process_time() - began, self._wall() - wall
        return [None if each is None else each.payload for each in made], spent / len(frames), took / len(frames)

    def _checked(self, encoder: VideoEncoder, count: int, keys: Sequence[int] = ()) -> int:
        """Some pictures, each decoded again; how many bytes they took."""
        size = 0
        for at in range(count):
            frame = self._next()
            made = encoder.encode(frame, key=at in keys)
            if made is not None and made.key != (at in keys):
                detail = "no key frame on request" if at in keys else "a key frame nobody asked for"
                raise UnfitError(Fault.DISOBEYS, detail)
            self._look(frame, None if made is None else made.payload)
            size += 0 if made is None else len(made.payload)
        return size

    def _look(self, frame: RawFrame, payload: bytes | None) -> None:
        if payload is None:
            raise UnfitError(Fault.SLOWER, "late, no picture for a picture")
        try:
            seen = self._decoder.decode(payload)
        except CodecError as error:
            raise UnfitError(Fault.WRONG, f"no picture came out, {error}") from error
        if seen is None or (seen.width, seen.height) != (frame.width_px, frame.height_px):
            raise UnfitError(Fault.WRONG, "no such picture came out")
        shown = raw_frame(seen, 0.0)
        for drawn, given in ((shown.y, frame.y), (shown.u, frame.u), (shown.v, frame.v)):
            if _psnr_db(drawn, given) < _LEAST_DB:
                raise UnfitError(Fault.WRONG, f"another picture came out, {_psnr_db(drawn, given):.0f} dB")

    def _follow(self, encoder: VideoEncoder) -> None:
        wanted_bps = int(_LOW * self._settings.bitrate_bps)
        encoder.set_bitrate(wanted_bps)
        low_bps = self._rate_bps(encoder)
        if low_bps > _TOO_MUCH * wanted_bps:
            raise UnfitError(Fault.DISOBEYS, f"bitrate {low_bps:.0f} of {wanted_bps}")
        encoder.set_bitrate(self._settings.bitrate_bps)
        high_bps = self._rate_bps(encoder)
        if high_bps < _RISES * low_bps:
            raise UnfitError(Fault.DISOBEYS, f"bitrate {high_bps:.0f} after {low_bps:.0f}, does not rise")

    def _rate_bps(self, encoder: VideoEncoder) -> float:
        for _ in range(_SETTLES):
            encoder.encode(self._next(), key=False)
        size = sum(len(made.payload) for _ in range(_COUNTED) if (made := encoder.encode(self._next(), key=False)))
        return size * 8 * self._settings.fps / _COUNTED

    def _next(self) -> RawFrame:
        pattern = self._frames[self._number % len(self._frames)]
        self._number += 1
        at_ms = self._number * 1000 / self._settings.fps
        return RawFrame(pattern.y, pattern.u, pattern.v, at_ms, pattern.stacked)


def _psnr_db(one: Plane, other: Plane) -> float:
    wrong = float(np.square(one.astype(np.int32) - other).mean())
    return 99.0 if not wrong else float(10 * np.log10(255 * 255 / wrong))


def tried(
    codec: Codec, hardware: Open, software: Open, wall: Callable[[], float] = time.monotonic
) -> tuple[Cost | None, str]:
    """What came of a trial: the cost, and what is wrong, "" where nothing is."""
    try:
        cost = Trial(codec, hardware, software, wall=wall).compare()
    except UnfitError as error:
        return None, str(error)
    except CodecError as error:
        return None, Fault.CLOSED.told(str(error))
    slower = Fault.SLOWER.told(f"{cost.hardware_ms} ms instead of {cost.software_ms} ms")
    return cost, "" if cost.is_worth_it else slower
