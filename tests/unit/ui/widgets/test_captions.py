from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting.rooms import Caption, Room
from visio_desktop.meeting.state import Meeting
from visio_desktop.settings.schema import SCHEMA, Value
from visio_desktop.system.colours import contrast
from visio_desktop.ui import theme
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.widgets.captions import COLOURS, SIZES_PX, Captions, captions_html

ONE = Caption("1", "p1", "Amina Diallo", "Good morning", final=True)


def saying(*captions: Caption) -> Meeting:
    return replace(crowd(2), room=Room(captions_on=True, captions=captions))


class Strip:
    def __init__(self, qtbot: QtBot) -> None:
        self.values: dict[str, Value] = {key: SCHEMA[key].default for key in SCHEMA}
        self.shown = Captions(Choices(get=lambda key: self.values[key]))
        qtbot.addWidget(self.shown)
        self.shown.resize(600, 90)

    def colours(self) -> set[str]:
        image = self.shown.grab().toImage()
        return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


@pytest.fixture
def strip(qtbot: QtBot) -> Strip:
    return Strip(qtbot)


def test_it_is_there_while_captions_are_on(strip: Strip) -> None:
    strip.shown.show_meeting(crowd(2))
    assert strip.shown.isHidden()
    strip.shown.show_meeting(saying())
    assert not strip.shown.isHidden()
    assert strip.shown.text()
    strip.shown.show_meeting(saying(ONE))
    assert strip.shown.text().split() == ["Amina", "Diallo", "Good", "morning"]
    assert "Good morning" in strip.shown.accessibleDescription()


def test_its_height_does_not_follow_what_is_said(strip: Strip) -> None:
    heights = set()
    for count in (0, 1, 3, 6):
        strip.shown.show_meeting(saying(*(replace(ONE, id=str(n), text="word " * 40 * n) for n in range(count))))
        heights.add(strip.shown.height())
    assert len(heights) == 1


def test_the_newest_words_are_in_sight(strip: Strip) -> None:
    strip.shown.show_meeting(saying(replace(ONE, text="long ago " * 100), replace(ONE, id="2", text="█" * 20)))
    image = strip.shown.grab().toImage()
    last = image.height() - 20
    assert any(image.pixelColor(x, last).lightness() > 200 for x in range(image.width()))


def test_size_and_colours_are_as_chosen_and_can_be_read(strip: Strip) -> None:
    heights = []
    for size in SIZES_PX:
        strip.values["captions_size"] = size
        strip.shown.show_meeting(saying(ONE))
        heights.append(strip.shown.height())
    assert heights == sorted(set(heights))
    for choice, (ground, ink) in COLOURS.items():
        strip.values["captions_colours"] = choice
        strip.shown.show_meeting(saying(ONE))
        colours = (getattr(theme, ground), getattr(theme, ink))
        assert {QColor(colour).name() for colour in colours} <= strip.colours()
        assert contrast(*colours) >= 7


def test_every_choice_there_is_has_its_size_and_colours() -> None:
    assert tuple(SIZES_PX) == SCHEMA["captions_size"].choices
    assert tuple(COLOURS) == SCHEMA["captions_colours"].choices


@given(st.text(max_size=200), st.text(max_size=40))
def test_nothing_that_is_said_is_markup(text: str, name: str) -> None:
    made = captions_html((replace(ONE, text=f"<img src=x> {text}", name=f"<b>{name}"),), "#ffffff")
    assert "<img" not in made
    assert made.count("<b>") == 1


def test_what_may_still_change_is_slanted() -> None:
    assert "<i>" in captions_html((replace(ONE, final=False),), "#ffffff")
    assert "<i>" not in captions_html((ONE,), "#ffffff")
