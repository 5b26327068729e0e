from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.servers.livekit.hands import ATTRIBUTE, parse_hand, print_hand


def test_as_la_suite_meet_writes_it() -> None:
    assert parse_hand({"handRaisedAt": "2026-11-22T05:33:26.285729+00:00"}) == pytest.approx(1795325606285.729)
    assert parse_hand({"handRaisedAt": "2026-11-22T05:33:26Z"}) == 1795325606000
    assert parse_hand({"handRaisedAt": ""}) is None
    assert parse_hand({}) is None


@given(st.floats(min_value=0, max_value=4e12))
def test_what_we_write_we_read(at_ms: float) -> None:
    assert parse_hand(print_hand(raised=True, at_ms=at_ms)) == pytest.approx(at_ms, abs=1)


def test_lowering_empties_the_attribute() -> None:
    assert print_hand(raised=False, at_ms=5) == {ATTRIBUTE: ""}


@given(st.text() | st.sampled_from(["0001-01-01", "9999-12-31T23:59:59-12:00", "2026-11-22", "true"]))
def test_any_attribute_is_a_time_or_none(text: str) -> None:
    assert isinstance(parse_hand({ATTRIBUTE: text}), float | None)
