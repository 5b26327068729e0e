from __future__ import annotations

import numpy as np

from tests.helpers.sound import blocks, spoken
from visio_desktop.media.opus import duration, new_decoder, new_encoder
from visio_desktop.media.samples import FRAME, silence
from visio_desktop.media.uplink import Uplink
from visio_desktop.rtc.frames import Codec, EncodedFrame, Feedback


def _sent(uplink: Uplink, seconds: float) -> list[EncodedFrame]:
    return [frame for part in blocks(spoken(seconds), FRAME) if (frame := uplink.add(part)) is not None]


def test_every_20_ms_make_a_frame() -> None:
    sent = _sent(Uplink(new_encoder), 2)
    assert 70 < len(sent) <= 100
    assert all(f.codec is Codec.OPUS and duration(f.payload) == FRAME and f.rtp_time % FRAME == 0 for f in sent)
    assert any(f.voice for f in sent)
    assert all(f.audio_level_db is not None and -127 <= f.audio_level_db <= 0 for f in sent)


def test_time_passes_while_nothing_is_sent() -> None:
    uplink = Uplink(new_encoder)
    before = _sent(uplink, 1)[-1]
    for _ in range(50):
        uplink.skip()
    uplink.restart()
    after = _sent(uplink, 1)[0]
    assert after.rtp_time - before.rtp_time >= 48_000


def test_after_a_restart_nothing_of_before_is_left() -> None:
    uplink = Uplink(new_encoder)
    _sent(uplink, 1)
    uplink.restart()
    frame = uplink.add(silence(FRAME))
    assert frame is not None
    decoded = new_decoder().decode(frame.payload)
    assert decoded is not None
    assert float(np.abs(decoded).max()) < 1e-3


def test_silence_is_announced_once() -> None:
    uplink = Uplink(new_encoder)
    sent = [uplink.add(silence(FRAME)) for _ in range(500)]
    assert sum(frame is not None for frame in sent) < 60


def test_feedback_changes_the_rate() -> None:
    free, squeezed = Uplink(new_encoder), Uplink(new_encoder)
    squeezed.follow(Feedback(target_bps=20_000, loss_fraction=0.2))
    squeezed.follow(Feedback())
    sizes = [sum(len(f.payload) for f in _sent(uplink, 4)) for uplink in (free, squeezed)]
    assert sizes[1] < 0.75 * sizes[0]


def test_another_rate_is_the_most_that_is_sent() -> None:
    uplink = Uplink(new_encoder, 48_000)
    uplink.follow(Feedback(target_bps=1_000_000))
    assert uplink._wanted[0] == 48_000
