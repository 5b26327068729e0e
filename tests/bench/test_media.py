from __future__ import annotations

import numpy as np

from bench.media import DELAY, ECHO, Figure, Room, lines, nobody
from visio_desktop.media.samples import BLOCK, FRAME, to_pcm


def test_a_bar_is_reached_from_the_right_side() -> None:
    assert Figure("echo", 35.0, "dB", 35.0).holds
    assert not Figure("echo", 34.9, "dB", 35.0).holds
    assert Figure("cost", 0.2, "ms", 0.2, most=True).holds
    assert not Figure("cost", 0.21, "ms", 0.2, most=True).holds
    assert Figure("by the way", 1.0, "dB").holds


def test_the_table_says_what_is_reached() -> None:
    table = lines([Figure("echo", 39.4, "dB", 35.0), Figure("cost", 0.25, "ms CPU", 0.2, most=True)])
    assert "| echo | 39 dB | at least 35 | yes |" in table
    assert "| cost | 0.25 ms CPU | at most 0.2 | **no** |" in table


def test_the_room_gives_back_what_was_played_60_ms_later_at_half_the_loudness() -> None:
    room = Room(nobody, 0.0)
    click = np.zeros(BLOCK, dtype=np.float32)
    click[0] = 0.01
    heard = []
    for beat in range(20):
        room.ring.write(to_pcm(click if beat == 0 else 0 * click))
        room.play()
        if beat % 2:
            heard.append(room.read())
    echo = np.concatenate(room.echo)
    assert int(np.argmax(np.abs(echo))) == DELAY
    assert abs(float(np.sqrt(np.square(echo).sum())) / (ECHO * 0.01) - 1) < 0.1
    assert sum(map(len, heard)) == 10 * FRAME
