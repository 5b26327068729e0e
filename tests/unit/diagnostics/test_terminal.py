"""What others say commands no terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.diagnostics.terminal import harmless


def test_what_can_be_read_stays_as_it_is() -> None:
    assert harmless("Caméra 1: 25 °C, 你好") == "Caméra 1: 25 °C, 你好"
    assert harmless("\x1b]0;x\x07\u202e") == "\ufffd]0;x\ufffd\ufffd"


@given(st.text())
def test_nothing_else_comes_through(text: str) -> None:
    assert harmless(text).isprintable()
    assert len(harmless(text)) == len(text)
