"""A received picture stream on its way to the window: paced, decoded in the pool, converted for its sink, put there.

Everything decodes, since later pictures refer to earlier ones; only what a sink wants and is the newest becomes
pixels. A stream that is damaged, or too far behind, goes on with the next key frame.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visio_desktop.media.errors import CodecError
from visio_desktop.media.pacer import Pacer
from visio_desktop.media.pool import DecoderPool
from visio_desktop.meeting.frames import FrameSink, Picture, PictureTarget
from visio_desktop.rtc.frames import Codec, EncodedFrame, InboundStream
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    import av

    from visio_desktop.media.convert import Converter
    from visio_desktop.media.decode import Decoder

_log = get_logger(__name__)

_BACKLOG_FRAMES = 45
_SMOOTHING = 0.05


@dataclass(frozen=True, slots=True)
class SubscriptionStatistics:
    """Counts since the subscription began; `layer` is the spatial layer where the codec tells one.

    `shown_capture_ms` is the sender's capture time (its NTP clock) of the picture last put, `shown_at_ms` when it was
    put, on the clock given: with the same pair for sound they tell how far lips and voice are apart. `decode_ms` is
    what decoding a frame takes, `buffer_ms` how long it waits to be shown at its time, both lately on average.
    """

    codec: str = ""
    width_px: int = 0
    height_px: int = 0
    layer: int | None = None
    frames_decoded: int = 0
    frames_put: int = 0
    frames_dropped: int = 0
    key_frames: int = 0
    decode_errors: int = 0
    decode_ms: float = 0.0
    buffer_ms: float = 0.0
    shown_capture_ms: float | None = None
    shown_at_ms: float | None = None


class VideoSubscription:
    """Decodes one stream. Made, stopped and given sinks on the loop."""

    def __init__(
        self, stream: InboundStream, pool: DecoderPool, loop: asyncio.AbstractEventLoop, *, clock: Clock
    ) -> None:
        self._stream, self._loop, self._clock = stream, loop, clock
        self._lane = pool.lane()
        self._pacer = Pacer(clock, loop.call_later, self._hand_over)
        self._sink: FrameSink | None = None
        self._on_first_frame: Callable[[], None] | None = None
        self._stopped = False
        self._frozen = True  # until a key frame has been decoded
        self._decoder: Decoder | None = None
        self._codec: Codec | None = None
        self._converter: Converter | None = None
        self._last: tuple[av.VideoFrame, EncodedFrame] | None = None
        self._statistics = SubscriptionStatistics()
        self._dropped = 0
        stream.on_frame(self._pacer.put)

    def set_sink(self, sink: FrameSink | None) -> None:
        """Show pictures there, beginning with the last one there was; None shows them nowhere."""
        self._sink = sink
        if sink is not None:
            self._lane.add(self._show_last)

    def on_first_frame(self, listener: Callable[[], None]) -> None:
        """Call `listener` on the loop when the first picture was put into a sink."""
        self._on_first_frame = listener

    def stop(self) -> None:
        """No more pictures; may be called twice."""
        self._stopped = True
        self._sink = None
        self._stream.on_frame(None)
        self._pacer.stop()
        self._lane.clear()
        self._lane.add(self._let_go)

    def follow_voice(self, transit_ms: float | None) -> None:
        """Show pictures together with a voice.

        `transit_ms` is our time when it is heard less the sender's NTP time when it was captured; None while silent.
        """
        self._pacer.follow(transit_ms)

    def statistics(self) -> SubscriptionStatistics:
        """The counts so far."""
        statistics = self._statistics
        dropped = statistics.frames_dropped + self._dropped
        return replace(statistics, frames_dropped=dropped, buffer_ms=self._pacer.buffer_ms)

    # ---- on the loop ----

    def _hand_over(self, frame: EncodedFrame, shown: bool) -> None:
        waiting = self._lane.waiting
        if waiting >= _BACKLOG_FRAMES:
            # This machine is too slow at the moment: everything up to here is given up, not worked off.
            self._lane.clear()
            self._dropped += waiting
            self._lane.add(self._freeze)
            if not frame.key:
                self._stream.request_key_frame()
        self._lane.add(lambda: self._decode(frame, shown=shown))

    def _ask_for_key_frame(self) -> None:
        if not self._stopped:
            self._stream.request_key_frame()

    def _tell_first_frame(self) -> None:
        if self._on_first_frame is not None and not self._stopped:
            self._on_first_frame()

    # ---- on the pool's threads ----

    def _let_go(self) -> None:
        """The decoder and its pictures, megabytes, would wait for Python to look for cycles, which is minutes later."""
        self._decoder = self._last = self._converter = None

    def _decode(self, frame: EncodedFrame, *, shown: bool) -> None:
        if self._stopped or not self._may_decode(frame):
            return
        began_ms = self._clock()
        try:
            picture = self._decoder_for(frame.codec).decode(frame.payload)
        except CodecError as error:
            self._damaged(error)
            return
        if picture is None:
            return
        self._frozen = False
        self._count(frame, picture, self._clock() - began_ms)
        self._last = (picture, frame)
        if shown and not self._lane.waiting:
            self._show_last()

    def _may_decode(self, frame: EncodedFrame) -> bool:
        if not self._frozen or frame.key:
            return True
        self._statistics = replace(self._statistics, frames_dropped=self._statistics.frames_dropped + 1)
        self._call(self._ask_for_key_frame)
        return False

    def _decoder_for(self, codec: Codec) -> Decoder:
        from visio_desktop.media.decode import Decoder  # noqa: PLC0415 - PyAV is imported late

        if self._decoder is None or codec is not self._codec:
            self._decoder = Decoder(codec)
            self._codec = codec
        return self._decoder

    def _damaged(self, error: CodecError) -> None:
        _log.info("frame_not_decoded", stream=self._stream.id, reason=str(error))
        self._statistics = replace(self._statistics, decode_errors=self._statistics.decode_errors + 1)
        self._decoder = None
        self._freeze()
        self._call(self._ask_for_key_frame)

    def _freeze(self) -> None:
        self._frozen = True

    def _count(self, frame: EncodedFrame, picture: av.VideoFrame, took_ms: float) -> None:
        old = self._statistics
        self._statistics = replace(
            old,
            codec=frame.codec.value,
            width_px=picture.width,
            height_px=picture.height,
            layer=frame.layer if frame.codec is Codec.VP9 else None,
            frames_decoded=old.frames_decoded + 1,
            key_frames=old.key_frames + frame.key,
            decode_ms=old.decode_ms + _SMOOTHING * (took_ms - old.decode_ms),
        )

    def _show_last(self) -> None:
        sink = self._sink
        target = None if sink is None else sink.target()
        if sink is None or target is None or self._last is None:
            return
        picture, frame = self._last
        sink.put(self._converted(picture, target))
        old = self._statistics
        self._statistics = replace(
            old, frames_put=old.frames_put + 1, shown_capture_ms=frame.capture_ms, shown_at_ms=self._clock()
        )
        if old.frames_put == 0:
            self._call(self._tell_first_frame)

    def _converted(self, picture: av.VideoFrame, target: PictureTarget) -> Picture:
        from visio_desktop.media.convert import Converter  # noqa: PLC0415 - OpenCV is imported late
        from visio_desktop.media.decode import raw_frame  # noqa: PLC0415 - as above

        if self._converter is None:
            self._converter = Converter()
        return self._converter.convert(raw_frame(picture, 0.0), target)

    def _call(self, action: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(action)
        except RuntimeError:
            self._stopped = True  # the loop is closed: the program is ending
