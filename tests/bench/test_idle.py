from __future__ import annotations

from bench.idle import lines, told
from tests.helpers.sniffer import Seen


def test_nobody_and_somebody_are_told() -> None:
    quiet = told(60, Seen(frozenset(), frozenset(), 0, 0), 0.12, 90_000_000)
    assert lines(quiet)[0] == "60 minutes in the background: talked to nobody (0 packets)"
    assert lines(quiet)[1] == "0.12 % of a core, 90 MB"
    loud = told(1, Seen(frozenset({("udp", "192.0.2.1", 53)}), frozenset({"x.example"}), 3, 0), 1, 1)
    assert "udp 192.0.2.1 53, x.example (3 packets)" in lines(loud)[0]
