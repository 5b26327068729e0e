from __future__ import annotations

from bench.latency import Delay, lines


def test_medians_of_turns_and_all_samples() -> None:
    found = [Delay("glass to glass", "ours", 300, 20, 30), Delay("glass to glass", "ours", 300, 30, 50)]
    found.append(Delay("mouth to ear", "ours to ours", 0, error="no sound"))
    table = lines(found, 2, 10.0)
    assert "| glass to glass | ours | 600 | 25 | 40 |" in table
    assert "| mouth to ear | ours to ours | 0 | failed | failed |" in table
