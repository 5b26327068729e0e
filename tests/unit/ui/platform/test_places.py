from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.areas import Area
from visio_desktop.ui.platform.places import Place, place_of, places_of, to_logical

LAPTOP, DESK = Place(0, 0, 1440, 900, 2.0), Place(2880, 0, 1920, 1080, 1.0)
PLACES = (LAPTOP, DESK)


@pytest.mark.parametrize(
    ("area", "rect"),
    [
        (Area(0, 0, 2880, 1800), QRect(0, 0, 1440, 900)),
        (Area(2880, 0, 1920, 1080), QRect(2880, 0, 1920, 1080)),
        (Area(100, 200, 300, 400), QRect(50, 100, 150, 200)),
        (Area(2980, 20, 300, 400), QRect(2980, 20, 300, 400)),
        (Area(9000, 0, 10, 10), None),
        (Area(0, 0, 0, 0), None),
    ],
)
def test_each_screen_counts_in_its_own_scale(area: Area, rect: QRect | None) -> None:
    assert to_logical(area, PLACES) == rect


def test_between_two_screens_the_one_with_more_of_it_counts() -> None:
    assert place_of(Area(2800, 0, 200, 100), PLACES) is DESK
    assert place_of(Area(2700, 0, 200, 100), PLACES) is LAPTOP
    assert place_of(Area(0, 0, 10, 10), ()) is None


@given(
    st.sampled_from([1.0, 1.25, 1.5, 1.75, 2.0, 3.0]), st.integers(0, 900), st.integers(0, 500), st.integers(10, 900)
)
def test_back_in_its_own_pixels_it_is_where_it_was(ratio: float, left: int, top: int, size: int) -> None:
    place = Place(1000, 300, 1600, 1000, ratio)
    rect = to_logical(Area(1000 + left, 300 + top, size, size), (place,))
    assert rect is not None
    assert abs((rect.x() - 1000) * ratio - left) <= ratio
    assert abs((rect.y() - 300) * ratio - top) <= ratio
    assert abs(rect.width() * ratio - size) <= ratio


def test_the_screens_of_now(qtbot: QtBot) -> None:
    (place,) = places_of(QGuiApplication.screens())
    assert place.area == Area(0, 0, round(place.width * place.ratio), round(place.height * place.ratio))
