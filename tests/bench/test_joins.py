from __future__ import annotations

from bench.joins import gather, lines

GOOD = {
    "joined_ms": 100.0,
    "media_ms": 300.0,
    "path": {"protocol": "tls", "candidate": "relay", "proxy": "p"},
    "error": "",
}
BAD = {"joined_ms": 0.0, "media_ms": 0.0, "path": {}, "error": "TimeoutError"}


def test_joins_are_counted_and_none_is_forgotten() -> None:
    found = gather("proxy", [GOOD, GOOD, BAD], 5)
    assert found.succeeded == 2
    assert found.errors == {"TimeoutError": 1, "never ended": 2}
    assert found.protocols == {"tls relay by proxy": 2}


def test_the_table_says_how_media_went() -> None:
    (row,) = [line for line in lines([gather("proxy", [GOOD, GOOD], 2)]) if line.startswith("| proxy")]
    assert row == "| proxy | 2 of 2 | 0.30 | 0.30 | 0.30 | tls relay by proxy 2 | - |"
    assert "| - | - | - |" in lines([gather("udp", [], 1)])[-1]
