"""Frames that a hostile sender made, through real decoders: nothing breaks, good ones that follow are shown."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from tests.helpers.encoded import encoded
from tests.helpers.fuzzing import SEED, largest_table, mutated, rounds
from tests.helpers.pictures import Sink, Wire
from visio_desktop.media.mixer import Mixer
from visio_desktop.media.opus import new_encoder
from visio_desktop.media.pool import DecoderPool
from visio_desktop.media.samples import FRAME
from visio_desktop.media.subscription import VideoSubscription
from visio_desktop.media.voice import Voice
from visio_desktop.rtc.frames import Codec, EncodedFrame

FRAME_MS = 33.0
MOST_HELD = 5_000


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.VP9, Codec.H264, Codec.AV1])
async def test_pictures(codec: Codec) -> None:
    random, now_ms = Random(SEED), [0.0]
    good = encoded(codec, 12)
    wire, sink, pool = Wire(codec), Sink(), DecoderPool(1)
    subscription = VideoSubscription(wire, pool, asyncio.get_running_loop(), clock=lambda: now_ms[0])
    subscription.set_sink(sink)
    try:
        for number in rounds(300):
            now_ms[0] += FRAME_MS
            frame = random.choice(good)
            payload = mutated(random, [frame.payload], longest=200_000)
            rtp_time = random.choice((number * 3_000, 0, 1 << 40, -1))
            wire.send(replace(frame, payload=payload, key=random.random() < 0.3, rtp_time=rtp_time))
            await asyncio.sleep(0.001)
        shown = len(sink.pictures)
        for number, frame in enumerate(good * 3):
            now_ms[0] += FRAME_MS
            wire.send(replace(frame, rtp_time=(1 << 41) + number * 3_000, arrival_ms=now_ms[0]))
            await asyncio.sleep(0.005)
        async with asyncio.timeout(10):
            while len(sink.pictures) <= shown:
                await asyncio.sleep(0.01)
        latest = sink.pictures[-1]
        assert (latest.source_width_px, latest.source_height_px) == (320, 180)
        assert largest_table(subscription).size < MOST_HELD, largest_table(subscription)
    finally:
        subscription.stop()
        await asyncio.to_thread(pool.close)


def test_sound() -> None:
    random, now_ms = Random(SEED), [0.0]
    encoder = new_encoder()
    tone = (np.sin(np.arange(FRAME) / 8) / 4).astype(np.float32)
    good = [bytes(encoder.encode(tone)) for _ in range(20)]
    wire = Wire(Codec.OPUS, is_video=False)
    voice, mixer = Voice(wire, lambda: now_ms[0]), Mixer()
    for number in rounds(2_000):
        now_ms[0] += 20
        payload = mutated(random, good, longest=2_000)
        rtp_time = random.choice((number * FRAME, 0, 1 << 40, number))
        sequence = random.choice((number, 0, 1 << 30))
        wire.send(EncodedFrame(Codec.OPUS, payload, rtp_time, sequence=sequence, arrival_ms=now_ms[0]))
        for _ in range(2):
            block = voice.pull(now_ms[0])
            assert np.isfinite(block).all()
            assert np.abs(mixer.mix([(block, 1.0)]).astype(int)).max() < 32_768
    assert largest_table(voice).size < MOST_HELD, largest_table(voice)
    loudest = 0.0
    for number in range(200):
        now_ms[0] += 20
        time = (1 << 41) + number * FRAME
        payload = good[number % len(good)]
        frame = EncodedFrame(Codec.OPUS, payload, time, sequence=(1 << 31) + number, arrival_ms=now_ms[0])
        wire.send(frame)
        loudest = max(float(np.abs(voice.pull(now_ms[0] + step)).max()) for step in (0, 10))
    assert loudest > 0.1
