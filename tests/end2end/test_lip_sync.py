"""Lips and voice, measured on what is shown and played: a picture carries its time, each second begins with a beep."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from statistics import median

import numpy as np

from tests.helpers.clock_media import ClockCamera
from tests.helpers.rtc_pair import pair, until
from visio_desktop.media.frame_clock import age_ms, read
from visio_desktop.media.mixer import Mixer
from visio_desktop.media.opus import new_encoder
from visio_desktop.media.pool import DecoderPool
from visio_desktop.media.samples import FRAME, RATE_HZ, Pcm, Samples
from visio_desktop.media.sound import Sound
from visio_desktop.media.subscription import VideoSubscription
from visio_desktop.meeting.frames import Picture, PictureTarget
from visio_desktop.rtc.frames import (
    Codec,
    EncodedFrame,
    FrameOpener,
    InboundStatistics,
    InboundStream,
    OutboundStream,
)
from visio_desktop.system.clock import monotonic_ms
from visio_desktop.system.tasks import Tasks

LASTING_S = 8.0
SETTLED_S = 3.0
SECOND = 50
BEEP = 5
LOUD = 1_000
SLOWER_S = 0.08


class Beeper:
    """Sends a beep of 100 ms at the beginning of each second and keeps when each began."""

    def __init__(self, stream: OutboundStream, tasks: Tasks) -> None:
        self.began_ms: list[float] = []
        self._stream = stream
        tasks.start(self._run(), name="beeper")

    async def _run(self) -> None:
        encoder, began_ms, number = new_encoder(), monotonic_ms(), 0
        tone = (np.sin(2 * np.pi * 700 * np.arange(FRAME) / RATE_HZ) * 0.4).astype(np.float32)
        while True:
            beeps = number % SECOND < BEEP
            if number % SECOND == 0:
                self.began_ms.append(monotonic_ms())
            payload = encoder.encode(tone if beeps else tone * 1e-3)
            self._stream.send(EncodedFrame(Codec.OPUS, payload, number * FRAME))
            number += 1
            await asyncio.sleep(max(0.0, (began_ms + number * 20 - monotonic_ms()) / 1000))


class Ear(Mixer):
    """Mixes, and keeps when a beep begins to be heard."""

    def __init__(self) -> None:
        super().__init__()
        self.heard_ms: list[float] = []
        self._loud = False

    def mix(self, voices: Iterable[tuple[Samples, float]]) -> Pcm:
        mixed = super().mix(voices)
        loud = np.flatnonzero(np.abs(mixed) > LOUD)
        if len(loud) and not self._loud:
            self.heard_ms.append(monotonic_ms() + loud[0] * 1000 / RATE_HZ)
        self._loud = len(loud) > 0
        return mixed


class Slow:
    """A stream whose frames take longer on their way."""

    is_video = False

    def __init__(self, stream: InboundStream, loop: asyncio.AbstractEventLoop) -> None:
        self.id = stream.id
        self._stream, self._loop = stream, loop

    def on_frame(self, listener: Callable[[EncodedFrame], None] | None) -> None:
        if listener is None:
            self._stream.on_frame(None)
            return

        def later(frame: EncodedFrame) -> None:
            self._loop.call_later(SLOWER_S, listener, frame)

        self._stream.on_frame(later)

    def open_with(self, opener: FrameOpener) -> None:
        self._stream.open_with(opener)

    def request_key_frame(self) -> None:
        self._stream.request_key_frame()

    def statistics(self) -> InboundStatistics:
        return self._stream.statistics()


class Eye:
    """A sink that keeps how old pictures are when they are shown."""

    def __init__(self) -> None:
        self.ages_ms: list[int] = []

    def put(self, picture: Picture) -> None:
        rows = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height_px, -1, 4)
        code = read(rows[:, : picture.width_px, 1])
        if code is not None:
            self.ages_ms.append(age_ms(code, monotonic_ms()))

    def target(self) -> PictureTarget:
        return PictureTarget(320, 180)


async def test_pictures_are_shown_with_their_sound() -> None:
    loop, tasks, eye, ear = asyncio.get_running_loop(), Tasks("lips"), Eye(), Ear()
    pool, sound = DecoderPool(1), Sound(loop, clock=monotonic_ms)
    sound._pump._mixer = ear
    async with pair() as two:
        video = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id="camera")
        voice = two.caller.add_sender((Codec.OPUS,), stream_id="ada", track_id="microphone")
        await two.negotiate()
        await two.connected()
        await until(lambda: len(two.callee_heard.streams) == 2)
        ClockCamera(video, tasks, fps=30)
        beeper = Beeper(voice, tasks)
        subscription = VideoSubscription(two.callee_heard.streams["camera"], pool, loop, clock=monotonic_ms)
        subscription.set_sink(eye)
        sound.add_voice("voice", Slow(two.callee_heard.streams["microphone"], loop))
        try:
            for _ in range(int(LASTING_S)):
                await asyncio.sleep(1)
                heard_ms = sound.playout_time_ms("voice")
                subscription.follow_voice(None if heard_ms is None else monotonic_ms() - heard_ms)
                if len(beeper.began_ms) <= SETTLED_S:
                    eye.ages_ms.clear()
        finally:
            subscription.stop()
            await tasks.close()
            await sound.close()
            pool.close()
    lags_ms = [min(abs(heard - began) for heard in ear.heard_ms) for began in beeper.began_ms[int(SETTLED_S) : -1]]
    assert len(lags_ms) >= LASTING_S - SETTLED_S - 2
    skew_ms = median(eye.ages_ms) - median(lags_ms)
    assert median(lags_ms) > SLOWER_S * 1000
    assert -60 <= skew_ms <= 40, (skew_ms, median(eye.ages_ms), lags_ms)
