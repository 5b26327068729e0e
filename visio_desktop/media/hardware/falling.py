"""An encoder in the graphics processor with our own behind it: whatever becomes of it, no picture is missing.

It begins with the software's, which is there at once, and changes over with a key frame once the other is open. That
one works on a thread of its own. Where it refuses, gives nothing or does not answer in time, the very same picture is
encoded by software, as a key frame, and it is never asked again: a driver that hangs keeps a thread, not the meeting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Final

from visio_desktop.media.encoders import EncodedPicture, VideoEncoder
from visio_desktop.media.errors import CodecError
from visio_desktop.media.raw import RawFrame

PATIENCE_S = 0.5
"""How long a picture is waited for: what takes longer would be missed anyway."""
_MOST_NOTHING: Final = 3

type Open = Callable[[], VideoEncoder]


@dataclass(frozen=True, slots=True)
class _Work:
    frame: RawFrame
    key: bool
    bitrate_bps: int | None


class FallingEncoder:
    """Encodes pictures of one size. `failed` hears why the hardware was given up, once."""

    def __init__(self, hardware: Open, software: Open, failed: Callable[[str], None], patience_s: float) -> None:
        self._open_software = software
        self._failed = failed
        self._patience_s = patience_s
        self._software: VideoEncoder | None = software()
        self._work: SimpleQueue[_Work | None] = SimpleQueue()
        self._made: SimpleQueue[EncodedPicture | CodecError | None] = SimpleQueue()
        self._opened: SimpleQueue[str] = SimpleQueue()
        self._bitrate_bps: int | None = None
        self._is_on = self._is_over = False
        self._nothing = 0
        threading.Thread(target=self._run, args=(hardware,), name="hardware encode", daemon=True).start()

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        """Encode one picture; None where the encoder in use left it out."""
        begins = self._begins()
        if not self._is_on:
            return self._by_software(frame, key=key)
        self._work.put(_Work(frame, key or begins, self._bitrate_bps))
        try:
            made = self._made.get(timeout=self._patience_s)
        except Empty:
            return self._fall(frame, "hangs")
        if isinstance(made, CodecError):
            return self._fall(frame, str(made))
        self._nothing = self._nothing + 1 if made is None else 0
        if self._nothing > _MOST_NOTHING or (begins and (made is None or not made.key)):
            return self._fall(frame, "gives no pictures")
        return made

    def set_bitrate(self, bitrate_bps: int) -> None:
        """Aim at another bitrate from the next picture on."""
        self._bitrate_bps = bitrate_bps
        if self._software is not None:
            self._software.set_bitrate(bitrate_bps)

    def close(self) -> None:
        """Release both; the hardware's on its own thread."""
        self._work.put(None)
        self._is_on, self._is_over = False, True
        if self._software is not None:
            self._software.close()
            self._software = None

    def _begins(self) -> bool:
        """Whether the hardware takes over with this picture."""
        if self._is_on or self._is_over:
            return False
        try:
            problem = self._opened.get_nowait()
        except Empty:
            return False
        if problem:
            self._is_over = True
            self._failed(problem)
            return False
        self._is_on = True
        if self._software is not None:
            self._software.close()
            self._software = None
        return True

    def _by_software(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        if self._software is None:
            self._software = self._open_software()
            if self._bitrate_bps is not None:
                self._software.set_bitrate(self._bitrate_bps)
        return self._software.encode(frame, key=key)

    def _fall(self, frame: RawFrame, reason: str) -> EncodedPicture | None:
        self._work.put(None)
        self._is_on, self._is_over = False, True
        self._failed(reason)
        return self._by_software(frame, key=True)

    def _run(self, hardware: Open) -> None:
        try:
            encoder = hardware()
        except CodecError as error:
            self._opened.put(str(error))
            return
        self._opened.put("")
        while (work := self._work.get()) is not None:
            try:
                if work.bitrate_bps is not None:
                    encoder.set_bitrate(work.bitrate_bps)
                self._made.put(encoder.encode(work.frame, key=work.key))
            except CodecError as error:
                self._made.put(error)
        encoder.close()
