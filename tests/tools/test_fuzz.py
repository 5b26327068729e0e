from __future__ import annotations

from tools.fuzz import with_hypothesis


def test_all_that_fuzzes_is_found_and_nothing_else() -> None:
    found = with_hypothesis(["tests/fuzz", "tests/unit/rtc"])
    assert "tests/fuzz/test_hostile_peer.py" in found
    assert "tests/unit/rtc/test_sdp.py" in found
    assert "tests/unit/rtc/test_payloads.py" not in found
