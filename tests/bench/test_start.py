from __future__ import annotations

from bench.start import Moment, table


def test_ratios_are_made_pair_by_pair_and_kinds_kept_apart() -> None:
    moments = [
        Moment("chromium", "start", 800.0),
        Moment("ours", "start", 400.0),
        Moment("ours", "start", 900.0),
        Moment("chromium", "start", 900.0),
        Moment("chromium", "join", 300.0),
        Moment("ours", "join", 240.0),
    ]
    starts, joins = table(moments)
    assert starts.endswith("0.75 (0.5 to 1)")
    assert joins.startswith("join")
    assert joins.endswith("0.8 (0.8 to 0.8)")


def test_what_was_not_measured_has_no_line() -> None:
    assert table([]) == []
