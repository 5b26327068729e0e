"""A camera of ours in layers, as the program films and encodes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from visio_desktop.media.capture import CaptureSize, VideoCapture
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.layers import simulcast_layers
from visio_desktop.media.publisher import VideoPublisher
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.port import PublishRequest, Session
from visio_desktop.system.clock import monotonic_ms


@asynccontextmanager
async def filming(session: Session, codec: Codec, settings: EncodeSettings) -> AsyncIterator[VideoPublisher]:
    """Publish a camera with a frame clock; what encodes it."""
    size = CaptureSize(settings.width_px, settings.height_px, settings.fps)
    layers = simulcast_layers((size.width_px, size.height_px), settings.bitrate_bps)
    capture = VideoCapture(Spec(SpecKind.TEST), size, clock=monotonic_ms, on_failed=lambda _: None)
    await asyncio.to_thread(capture.start)
    request = PublishRequest(
        Source.CAMERA, (codec,), False, size.width_px, size.height_px, size.fps, settings.bitrate_bps, layers
    )
    stream = await session.publish(request)
    assert stream.layers == layers
    # With this clock encoding takes no time: a machine too busy for all layers is not what is looked at here.
    publisher = VideoPublisher(capture, stream, asyncio.get_running_loop(), settings=settings, clock=lambda: 0.0)
    publisher.start()
    try:
        yield publisher
    finally:
        publisher.stop()
        capture.stop()
        await session.leave()
        await asyncio.to_thread(publisher.join, 5)
