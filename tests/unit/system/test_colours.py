from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.system.colours import TEXT_CONTRAST, WHITE, accent, contrast, ink_on

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@given(COLOURS)
def test_a_text_can_be_read_on_any_ground(ground: str) -> None:
    assert contrast(ink_on(ground), ground) >= TEXT_CONTRAST


@given(COLOURS)
def test_any_colour_becomes_one_that_can_be_read(colour: str) -> None:
    made = accent(colour)
    assert min(contrast(made.action, WHITE), contrast(made.action, made.soft)) >= TEXT_CONTRAST
    assert contrast(made.hover, WHITE) >= contrast(made.action, WHITE) - 0.01


def test_a_colour_that_can_be_read_stays() -> None:
    assert accent("#000091").action == "#000091"
