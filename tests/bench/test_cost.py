from __future__ import annotations

from pathlib import Path

import pytest

from bench.cost import Cost, camera_file, lines, ratios

COSTS = [Cost("native", 0.8, 100_000_000, 9, 30.0, 30.0, 720, 1.0), Cost("ours, no window", 0.4)]


def test_a_ratio_is_made_turn_by_turn() -> None:
    again = [*COSTS, Cost("ours, no window", 0.9), Cost("native", 0.6)]
    assert ratios(again, "ours, no window", "native") == pytest.approx([0.5, 1.5])


def test_the_table_ends_with_the_ratios() -> None:
    found = lines(COSTS, 1, 10.0)
    assert found[-1] == "- CPU, ours, no window over native: **0.50** (0.50 to 0.50)"
    assert "| native | 0.8 | 100 | 30 | 30 | 720 | 1 |" in found
    assert "| chromium | failed |" in lines([Cost("chromium", error="gone")], 1, 10.0)[4]


def test_the_cameras_file_is_a_second_of_720p(tmp_path: Path) -> None:
    data = camera_file(tmp_path).read_bytes()
    head, _, rest = data.partition(b"\n")
    assert head.startswith(b"YUV4MPEG2 W1280 H720 F30:1")
    assert len(rest) == 30 * (len(b"FRAME\n") + 1280 * 720 * 3 // 2)
