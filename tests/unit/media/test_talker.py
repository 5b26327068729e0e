from __future__ import annotations

from visio_desktop.media.opus import new_decoder
from visio_desktop.media.samples import FRAME
from visio_desktop.media.talker import Talker


def test_a_talker_talks_in_real_time() -> None:
    talker, decoder = Talker("amina"), new_decoder()
    frames = [frame for _ in range(200) if (frame := talker.next_frame()) is not None]
    assert 100 < len(frames) <= 200
    assert frames[-1].rtp_time <= 200 * FRAME
    assert all(decoder.decode(frame.payload) is not None for frame in frames)


def test_talkers_differ() -> None:
    said = {b"".join(f.payload for _ in range(50) if (f := talker.next_frame())) for talker in map(Talker, "abc")}
    assert len(said) == 3
