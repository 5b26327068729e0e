"""`python -m tests.helpers.odd_encoders NAME`: a trial's child, with encoders that stand in for a graphics processor.

No machine of the tests has one. `libx264` is FFmpeg's own, used through the same code by its name; `swift` is our own
encoder made to seem cheap beside a slow one; the others do what drivers are feared for.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from visio_desktop.media.encoders import EncodedPicture, EncodeSettings, VideoEncoder, open_software
from visio_desktop.media.errors import CodecError
from visio_desktop.media.hardware import probe
from visio_desktop.media.hardware.candidates import Candidate
from visio_desktop.media.hardware.encoder import HardwareEncoder
from visio_desktop.media.raw import RawFrame, blank
from visio_desktop.rtc.frames import Codec

X264 = {"preset": "ultrafast", "tune": "zerolatency", "profile": "baseline", "forced-idr": "1"}


class Odd:
    """Our own VP8 encoder, with one thing wrong."""

    def __init__(self, settings: EncodeSettings) -> None:
        self._encoder = open_software(Codec.VP8, settings)

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        return self._encoder.encode(frame, key=key)

    def set_bitrate(self, bitrate_bps: int) -> None:
        self._encoder.set_bitrate(bitrate_bps)

    def close(self) -> None:
        self._encoder.close()


class Crashing(Odd):
    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        os.abort()


class Hanging(Odd):
    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        while True:
            time.sleep(60)


class Lying(Odd):
    """Gives another picture than it was given."""

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        other = blank(frame.width_px, frame.height_px, frame.capture_ms)
        other.y[:], other.u[:], other.v[:] = 16, 128, 128
        return super().encode(other, key=key)


class Garbling(Odd):
    """Gives something that is no picture."""

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        return EncodedPicture(b"\xff" * 400, key)


class Keyless(Odd):
    """Knows no key frames but its first."""

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        return super().encode(frame, key=False)


class Deaf(Odd):
    """Does not follow the bitrate."""

    def set_bitrate(self, bitrate_bps: int) -> None:
        pass


class Late(Odd):
    """Gives each picture with the next one."""

    def __init__(self, settings: EncodeSettings) -> None:
        super().__init__(settings)
        self._kept: EncodedPicture | None = None

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        kept, self._kept = self._kept, super().encode(frame, key=key)
        return kept


class Slow(Odd):
    """Takes a long time that is nobody's processor time."""

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        CLOCK.late_s += 1.0
        return super().encode(frame, key=key)


class Clock:
    """What passes by the clock is decided here: this machine may be busy."""

    late_s = 0.0

    def read(self) -> float:
        return self.late_s


CLOCK = Clock()


class Dear:
    """The software, for who has to be cheaper: each picture four times."""

    def __init__(self, codec: Codec, settings: EncodeSettings) -> None:
        self._encoders = [open_software(codec, settings) for _ in range(4)]

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        made = [encoder.encode(frame, key=key) for encoder in self._encoders]
        return made[0]

    def set_bitrate(self, bitrate_bps: int) -> None:
        for encoder in self._encoders:
            encoder.set_bitrate(bitrate_bps)

    def close(self) -> None:
        for encoder in self._encoders:
            encoder.close()


ODD: dict[str, Callable[[EncodeSettings], VideoEncoder]] = {
    "crashing": Crashing,
    "hanging": Hanging,
    "lying": Lying,
    "garbling": Garbling,
    "keyless": Keyless,
    "deaf": Deaf,
    "late": Late,
    "slow": Slow,
    "same": Odd,
}


def candidate(name: str) -> Candidate:
    if name in {"libx264", "swift"}:
        return Candidate("libx264", Codec.H264, (sys.platform,), X264)
    if name in ODD:
        return Candidate(name, Codec.VP8, (sys.platform,))
    raise CodecError(name, "unknown")


def opened(chosen: Candidate, settings: EncodeSettings) -> VideoEncoder:
    if chosen.name in ODD:
        return ODD[chosen.name](settings)
    return HardwareEncoder(replace(chosen, pixels="nv12"), settings)


if __name__ == "__main__":
    if sys.argv[1] == "babbling":
        sys.stdout.write("x" * 100_000 + '\n{"problem": 3, "hardware_ms": []}\n')
        sys.exit(0)
    software = Dear if sys.argv[1] == "swift" else open_software
    sys.exit(probe.main(sys.argv[1:], candidate, opened, CLOCK.read, software))
