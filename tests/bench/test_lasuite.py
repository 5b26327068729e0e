from __future__ import annotations

from bench.lasuite import Turn, lines


def test_the_look_at_the_pre_join_page_is_not_counted() -> None:
    assert Turn(prejoin_ms=30, room_ms=200, sending_ms=350, seen_ms=600).own_picture_ms == 380


def test_the_table_tells_median_and_slowest() -> None:
    turns = [Turn(prejoin, 1, 100, 200) for prejoin in (10, 20, 90)]
    assert "| link to pre-join page | 20 | 90 |" in lines(turns)
    assert "| link to one's camera in the room | 120 | 190 |" in lines(turns)
