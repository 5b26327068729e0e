from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.system.keys import parse_keys


@pytest.mark.parametrize(
    ("text", "written", "trigger", "symbol", "mask"),
    [
        ("ctrl+alt+m", "Ctrl+Alt+M", "CTRL+ALT+m", ord("m"), 12),
        (" Alt + Ctrl + M ", "Ctrl+Alt+M", "CTRL+ALT+m", ord("m"), 12),
        ("Ctrl+Alt+Space", "Ctrl+Alt+Space", "CTRL+ALT+space", 0x20, 12),
        ("super+shift+f9", "Shift+Super+F9", "SHIFT+LOGO+F9", 0xFFC6, 65),
        ("Pause", "Pause", "Pause", 0xFF13, 0),
        ("F1", "F1", "F1", 0xFFBE, 0),
    ],
)
def test_keys(text: str, written: str, trigger: str, symbol: int, mask: int) -> None:
    keys = parse_keys(text)
    assert keys is not None
    assert (keys.text, keys.trigger, keys.symbol, keys.mask) == (written, trigger, symbol, mask)


@pytest.mark.parametrize(
    "text", ["", "m", "Shift+M", "Space", "Ctrl+", "Ctrl+Ctrl+M", "Hyper+M", "Ctrl+Alt+é", "+", "Home"]
)
def test_what_people_write_with_is_not_taken(text: str) -> None:
    assert parse_keys(text) is None


@given(st.text(max_size=40))
def test_anything_is_keys_or_none(text: str) -> None:
    keys = parse_keys(text)
    assert keys is None or parse_keys(keys.text) == keys
