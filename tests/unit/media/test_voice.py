from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.helpers.sound import FakeInbound, frames, payloads, spoken
from visio_desktop.media.samples import FRAME, SILENCE_DB
from visio_desktop.media.voice import Voice
from visio_desktop.rtc.frames import Codec, EncodedFrame


def test_a_stream_becomes_sound() -> None:
    now_ms, stream, begun = [0.0], FakeInbound(), [0]
    voice = Voice(stream, lambda: now_ms[0])
    voice.on_begun(lambda: begun.append(1))
    waiting = frames(payloads(spoken(2)))
    out = []
    for beat in range(180):
        now_ms[0] = beat * 10.0
        if beat % 2 == 0:
            stream.deliver(waiting[beat // 2])
        out.append(voice.pull(now_ms[0]))
    assert np.concatenate(out).any()
    assert begun == [0, 1]
    assert voice.meter.db > SILENCE_DB
    assert voice.capture_ms is not None
    assert voice.statistics().concealed_ratio == 0


def test_after_stop_nothing_is_taken() -> None:
    stream = FakeInbound()
    voice = Voice(stream, lambda: 0.0)
    voice.stop()
    assert stream.listener is None


def test_a_flood_is_bounded() -> None:
    stream = FakeInbound()
    voice = Voice(stream, lambda: 0.0)
    for frame in frames([b"\x78" + bytes(30)] * 5000):
        stream.deliver(frame)
    assert len(voice._inbox) <= 200


def test_a_voice_waits_for_what_belongs_to_it_and_comes_back() -> None:
    now_ms = 0.0
    stream, said = FakeInbound(), payloads(spoken(50))
    voice = Voice(stream, lambda: now_ms)

    def lag_ms(seconds: int) -> float:
        nonlocal now_ms
        for beat in range(100 * seconds):
            if beat % 2 == 0:
                number = round(now_ms / 20)
                frame = EncodedFrame(Codec.OPUS, said[number % len(said)], number * FRAME, sequence=number)
                stream.deliver(replace(frame, capture_ms=now_ms - 20))
            voice.pull(now_ms)
            now_ms += 10
        assert voice.capture_ms is not None
        return now_ms - voice.capture_ms

    usual_ms = lag_ms(4)
    voice.hold(250.0)
    assert abs(lag_ms(8) - usual_ms - 250) < 30
    voice.hold(0.0)
    assert abs(lag_ms(8) - usual_ms) < 30
    assert voice.statistics().longest_gap_ms == 0
