from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.net.hosts import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LocalHost", "localhost."])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "10.0.0.1", "0.0.0.0", "localhost.example.org", "127.0.0.1.example.org", "2130706433", "::", "127.1"]
)
def test_other_machines(host: str) -> None:
    assert not is_loopback(host)


@given(st.text())
def test_never_raises(host: str) -> None:
    assert is_loopback(host) in {True, False}
