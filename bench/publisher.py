"""The other people: participants with a looped, pre-encoded VP8 picture each, the first with a tone.

The clip is encoded once, so that publishing costs next to nothing; a key frame request goes back to the clip's start.
Use: python -m bench.publisher URL SECONDS TOKEN...; prints "ready" once everything is published. It ends
after so many seconds, or with its input.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from livekit import rtc

from bench.pictures import picture

WIDTH_PX, HEIGHT_PX, FPS, BITRATE_BPS = 640, 360, 30, 500_000
_CLIP_FRAMES = FPS * 5
_TONE_HZ = 330.0
type Clip = Sequence[tuple[bytes, bool]]


def encode_clip() -> Clip:
    """The clip as VP8 frames, the first one a key frame."""
    encoder = av.CodecContext.create("libvpx", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
    encoder.bit_rate, encoder.gop_size, encoder.thread_count = BITRATE_BPS, 100_000, 1
    encoder.time_base, encoder.framerate = Fraction(1, FPS), Fraction(FPS)
    rate = str(BITRATE_BPS)
    encoder.options = {
        "deadline": "realtime",
        "cpu-used": "-8",
        "lag-in-frames": "0",
        "minrate": rate,
        "maxrate": rate,
        "bufsize": rate,
    }
    clip = []
    for number in range(_CLIP_FRAMES):
        image = picture(number, WIDTH_PX, HEIGHT_PX, _CLIP_FRAMES).reshape(HEIGHT_PX * 3 // 2, WIDTH_PX)
        frame = av.VideoFrame.from_ndarray(image, format="yuv420p")
        frame.pts = number
        payload = b"".join(bytes(packet) for packet in encoder.encode(frame))
        clip.append((payload, not payload[0] & 1))  # RFC 7741: bit 0 of the first byte is 0 in a key frame
    return clip


@dataclass
class Camera:
    """One looped picture."""

    source: rtc.EncodedVideoSource
    position: int = 0

    def send_next(self, clip: Clip) -> None:
        """Send the next frame, or the first one where a key frame is wanted."""
        if self.source.take_feedback().keyframe_requested:
            self.position = 0
        payload, key = clip[self.position % len(clip)]
        kind = rtc.EncodedFrameType.ENCODED_FRAME_KEY if key else rtc.EncodedFrameType.ENCODED_FRAME_DELTA
        now_us = time.monotonic_ns() // 1000
        self.source.capture_frame(rtc.EncodedVideoFrame(payload, WIDTH_PX, HEIGHT_PX, rtc.VideoCodec.VP8, kind, now_us))
        self.position += 1


async def publish_camera(room: rtc.Room) -> Camera:
    """Publish a picture as a camera."""
    source = rtc.EncodedVideoSource(WIDTH_PX, HEIGHT_PX)
    options = rtc.TrackPublishOptions(
        source=rtc.TrackSource.SOURCE_CAMERA,
        simulcast=False,
        video_codec=rtc.VideoCodec.VP8,
        video_encoder=rtc.VideoEncoderBackend.ENCODER_BACKEND_PRE_ENCODED,
    )
    options.video_encoding.max_bitrate, options.video_encoding.max_framerate = BITRATE_BPS * 2, FPS
    await room.local_participant.publish_track(rtc.LocalVideoTrack.create_video_track("camera", source), options)
    return Camera(source)


async def publish_tone(room: rtc.Room) -> None:
    """Publish a tone as a microphone, for ever."""
    source = rtc.AudioSource(48_000, 1)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    await room.local_participant.publish_track(rtc.LocalAudioTrack.create_audio_track("tone", source), options)
    block = 0
    while True:
        times_s = (np.arange(480) + block * 480) / 48_000
        samples = (np.sin(2 * np.pi * _TONE_HZ * times_s) * 8000).astype(np.int16)
        await source.capture_frame(rtc.AudioFrame(samples.tobytes(), 48_000, 1, 480))
        block += 1


async def play(cameras: Sequence[Camera], clip: Clip) -> None:
    """Send all pictures, spread over each frame's time, for ever."""
    began_s, tick = time.monotonic(), 0
    while True:
        due_s = began_s + tick / (FPS * len(cameras))
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        cameras[tick % len(cameras)].send_next(clip)
        tick += 1


async def ended_input() -> None:
    """Wait for whoever started this to be gone: its end of standard input closes."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    raise TimeoutError


async def main() -> None:
    """Join once for each token, publish, play."""
    url, seconds, *tokens = sys.argv[1:]
    clip = await asyncio.to_thread(encode_clip)
    rooms = [rtc.Room() for _ in tokens]
    for room, token in zip(rooms, tokens, strict=True):
        await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
    cameras = [await publish_camera(room) for room in rooms]
    print("ready", flush=True)
    try:
        async with asyncio.timeout(float(seconds)):
            await asyncio.gather(publish_tone(rooms[0]), play(cameras, clip), ended_input())
    except TimeoutError:
        await asyncio.gather(*(room.disconnect() for room in rooms))


if __name__ == "__main__":
    asyncio.run(main())
