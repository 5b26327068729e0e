"""A captured picture on its way to the others: scaled, encoded on a thread of its own, sent on the loop.

The thread takes the latest picture only: where it cannot keep up, pictures are left out, never queued. Where it cannot
keep up for long, the highest layer is left out, then the next; of the last one that is left, every second picture.

A picture that stands still is encoded some times more, until it is as sharp as it will be, and then no more: only
whoever asks for a key frame gets one of it.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from visio_desktop.media.capture import VideoCapture
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.encoding import PublisherStatistics
from visio_desktop.media.errors import CodecError
from visio_desktop.media.overload import Overload
from visio_desktop.media.simulcast import Simulcast
from visio_desktop.rtc.frames import EncodedFrame, Feedback, OutboundStream
from visio_desktop.system.clock import Clock, monotonic_ms
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.media.raw import RawFrame

__all__ = ["EncodeSettings", "PublisherStatistics", "VideoPublisher"]

_AGAIN_S = 0.15
_log = get_logger(__name__)


class VideoPublisher:
    """Encodes one capture for one stream, in the layers that the other side takes.

    Made, started and stopped on the loop, once the stream is negotiated.
    """

    def __init__(
        self,
        capture: VideoCapture,
        stream: OutboundStream,
        loop: asyncio.AbstractEventLoop,
        *,
        settings: EncodeSettings,
        clock: Clock = monotonic_ms,
    ) -> None:
        self._capture, self._stream, self._loop, self._clock = capture, stream, loop, clock
        self._simulcast = Simulcast(stream.codec, settings, stream.layers)
        self._most_bps = tuple(layer.bitrate_bps for layer in stream.layers) or (settings.bitrate_bps,)
        self._targets_bps = self._most_bps
        self._overload = Overload(1000 / settings.fps, len(self._most_bps) + 1)
        self._turn = 0
        self._wake = threading.Condition()
        self._latest: RawFrame | None = None
        self._still: RawFrame | None = None
        self._patience_s: float | None = None
        self._last_ms = float("-inf")
        self._stopped = False
        self._keys: set[int] = set()
        self._thread = threading.Thread(target=self._run, name="encode", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._stream.on_feedback(self._hear)
        self._capture.add_tap(self._take)
        self._thread.start()

    def stop(self) -> None:
        """Not one more picture is sent once this returns, when called on the loop; may be called twice."""
        self._capture.remove_tap(self._take)
        self._stream.on_feedback(None)
        with self._wake:
            self._stopped = True
            self._latest = None
            self._wake.notify()

    def join(self, timeout_s: float) -> bool:
        """Wait for the encoder's thread to end after `stop`; whether it did. Blocks."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def statistics(self) -> PublisherStatistics:
        """What is being sent in all layers together."""
        return self._simulcast.statistics()

    @property
    def look_ms(self) -> float | None:
        """What it costs of late to make a picture as its owner wants to be seen, None where nothing is done to it."""
        return self._capture.dress_ms

    def layer_statistics(self) -> tuple[PublisherStatistics, ...]:
        """What is being sent in each layer, lowest first; one without simulcast."""
        return self._simulcast.layers()

    # ---- on the loop ----

    def _hear(self, feedback: Feedback) -> None:
        if feedback.key_frame_wanted:
            layers = range(len(self._most_bps))
            with self._wake:
                self._keys |= set(layers) & set(feedback.key_frame_layers or layers)
                self._wake.notify()
        if len(feedback.layer_targets_bps) == len(self._most_bps):
            pairs = zip(feedback.layer_targets_bps, self._most_bps, strict=True)
            self._targets_bps = tuple(min(pair) for pair in pairs)
        elif feedback.target_bps is not None and len(self._most_bps) == 1:
            self._targets_bps = (min(feedback.target_bps, *self._most_bps),)
        else:
            self._targets_bps = self._most_bps

    def _send(self, frames: list[EncodedFrame]) -> None:
        if not self._stopped:
            for frame in frames:
                self._stream.send(frame)

    # ---- on the capture's thread ----

    def _take(self, frame: RawFrame) -> None:
        with self._wake:
            self._latest = frame
            self._wake.notify()

    # ---- on the encoder's thread ----

    def _run(self) -> None:
        try:
            while (work := self._next()) is not None:
                self._encode(*work)
        except CodecError as error:
            _log.error("encoder_failed", reason=str(error))
        finally:
            self._simulcast.close()

    def _next(self) -> tuple[RawFrame, set[int]] | None:
        with self._wake:
            self._wake.wait_for(self._has_work, self._patience_s)
            frame, self._latest = self._latest, None
            if frame is None and self._still is not None:
                frame = replace(self._still, capture_ms=self._clock())
            keys, self._keys = self._keys, set()
            return None if self._stopped or frame is None else (frame, keys)

    def _has_work(self) -> bool:
        return self._stopped or self._latest is not None or (self._still is not None and bool(self._keys))

    def _encode(self, frame: RawFrame, keys: set[int]) -> None:
        # One that was under way while the one before was given again must not seem older.
        frame = replace(frame, capture_ms=max(frame.capture_ms, self._last_ms + 1))
        self._last_ms = frame.capture_ms
        began_ms = self._clock()
        step = self._overload.allowed
        self._turn = 1 - self._turn
        if step == 1 and self._turn:
            with self._wake:
                self._keys |= keys  # for the next one
            return
        allowed = max(1, step - 1)
        targets_bps = tuple(bps if at < allowed else 0 for at, bps in enumerate(self._targets_bps))
        if frame.again and not keys and self._simulcast.is_settled(targets_bps):
            self._simulcast.rest()
            self._still, self._patience_s = frame, None
            return
        sent = self._simulcast.encode(frame, targets_bps, keys)
        self._still, self._patience_s = (frame, _AGAIN_S) if frame.again else (None, None)
        if not sent:
            return
        ended_ms = self._clock()
        spent_ms = ended_ms - began_ms
        self._overload.took(spent_ms / 2 if step == 1 else spent_ms, ended_ms)
        if self._overload.allowed != step:
            _log.warning("encoder_load", step_before=step, step=self._overload.allowed)
        try:
            self._loop.call_soon_threadsafe(self._send, sent)
        except RuntimeError:
            self._stopped = True  # the loop is closed: the program is ending
