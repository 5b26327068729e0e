"""A captured picture on its way to the others: scaled, encoded on a thread of its own, sent on the loop.

The thread takes the latest picture only: where it cannot keep up, pictures are left out, never queued.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from visio_desktop.media.capture import VideoCapture
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.encoding import Encoding, PublisherStatistics
from visio_desktop.media.errors import CodecError
from visio_desktop.rtc.frames import EncodedFrame, Feedback, OutboundStream
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.media.raw import RawFrame

__all__ = ["EncodeSettings", "PublisherStatistics", "VideoPublisher"]

_log = get_logger(__name__)


class VideoPublisher:
    """Encodes one capture for one stream. Made, started and stopped on the loop."""

    def __init__(
        self,
        capture: VideoCapture,
        stream: OutboundStream,
        loop: asyncio.AbstractEventLoop,
        *,
        settings: EncodeSettings,
    ) -> None:
        self._capture, self._stream, self._loop = capture, stream, loop
        self._settings = settings
        self._encoding = Encoding(stream.codec, settings)
        self._wake = threading.Condition()
        self._latest: RawFrame | None = None
        self._stopped = False
        self._key_wanted = False
        self._target_bps = settings.bitrate_bps
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
        """What is being sent."""
        return self._encoding.statistics

    # ---- on the loop ----

    def _hear(self, feedback: Feedback) -> None:
        if feedback.key_frame_wanted:
            with self._wake:
                self._key_wanted = True
        if feedback.target_bps is not None:
            self._target_bps = min(feedback.target_bps, self._settings.bitrate_bps)

    def _send(self, frame: EncodedFrame) -> None:
        if not self._stopped:
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
            self._encoding.close()

    def _next(self) -> tuple[RawFrame, bool] | None:
        with self._wake:
            self._wake.wait_for(lambda: self._stopped or self._latest is not None)
            frame, self._latest = self._latest, None
            key_wanted, self._key_wanted = self._key_wanted, False
            return None if self._stopped or frame is None else (frame, key_wanted)

    def _encode(self, frame: RawFrame, key_wanted: bool) -> None:
        sent = self._encoding.encode(frame, self._target_bps, key_wanted=key_wanted)
        if sent is None:
            return
        try:
            self._loop.call_soon_threadsafe(self._send, sent)
        except RuntimeError:
            self._stopped = True  # the loop is closed: the program is ending
