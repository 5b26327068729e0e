from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.system.colours import contrast
from visio_desktop.system.paths import resources
from visio_desktop.ui import theme


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == pytest.approx(1.0)


def contrast_of(one: str, other: str) -> float:
    return contrast(getattr(theme, one), getattr(theme, other))


@pytest.mark.parametrize(("text", "ground"), theme.TEXT_PAIRS)
def test_every_text_can_be_read(text: str, ground: str) -> None:
    assert contrast_of(text, ground) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), theme.EDGE_PAIRS)
def test_every_edge_and_ring_can_be_seen(edge: str, ground: str) -> None:
    assert contrast_of(edge, ground) >= 3.0


def test_high_contrast_is_high_and_goes_again() -> None:
    before = {name: getattr(theme, name) for pair in (*theme.TEXT_PAIRS, *theme.EDGE_PAIRS) for name in pair}
    sheet = theme.style("room")
    try:
        assert theme.use_high_contrast(on=True)
        assert not theme.use_high_contrast(on=True)
        low = [pair for pair in (*theme.TEXT_PAIRS, *theme.EDGE_PAIRS) if contrast_of(*pair) < 7.0]
        assert low == []
        for name in ("room", "panel", "page"):
            assert "$" not in theme.style(name)
            assert "#161622" not in theme.style(name)
    finally:
        theme.use_high_contrast(on=False)
    assert {name: getattr(theme, name) for name in before} == before
    assert theme.style("room") == sheet


@pytest.mark.parametrize(("on", "seen"), [(False, "tick_light"), (True, "tick_dark")])
def test_what_is_ticked_has_a_tick_that_is_seen(on: bool, seen: str) -> None:
    try:
        theme.use_high_contrast(on=on)
        assert seen in theme.style("page")
        assert seen in theme.style("panel")
    finally:
        theme.use_high_contrast(on=False)
    assert (resources() / "styles" / f"{seen}.svg").is_file()


@pytest.mark.parametrize("name", sorted(path.stem for path in (resources() / "styles").glob("*.qss")))
def test_every_style_sheet_is_filled_with_known_constants(name: str) -> None:
    sheet = theme.style(name)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}") > 0


def test_the_focus_is_shown_in_every_style_sheet() -> None:
    for name in ("room", "panel", "page"):
        assert re.search(r":focus[^}]*border", theme.style(name)), name


@given(st.integers(0, 0xFFFFFF))
def test_any_colour_of_an_organisation_can_be_read(number: int) -> None:
    try:
        theme.use_accent(f"#{number:06X}")
        assert [pair for pair in theme.TEXT_PAIRS if contrast_of(*pair) < 4.5] == []
        assert [pair for pair in theme.EDGE_PAIRS if contrast_of(*pair) < 3.0] == []
    finally:
        theme.use_accent("")


def test_high_contrast_beats_an_organisations_colour() -> None:
    own = theme.ACTION
    try:
        theme.use_accent("#123456")
        theme.use_high_contrast(on=True)
        theme.use_accent("#654321")
        assert contrast_of("PAPER", "ACTION") >= 7.0
        theme.use_high_contrast(on=False)
        assert theme.ACTION == "#654321"
    finally:
        theme.use_high_contrast(on=False)
        theme.use_accent("")
    assert own == theme.ACTION
