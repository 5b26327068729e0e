from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting.rooms import Emoji, Reaction, Room
from visio_desktop.meeting.state import Meeting
from visio_desktop.ui.widgets.reactions import MOST, SHOWN_MS, Reactions, spoken

EMPTY = crowd(3)


def given(*numbers: int, person: str = "p1", name: str = "Amina") -> Meeting:
    reactions = tuple(Reaction(number, person, name, Emoji.PARTY_POPPER) for number in numbers)
    return replace(EMPTY, room=Room(reactions=reactions))


class Sky:
    """Reactions over an empty stage of 800 by 600, with a clock that is set by hand."""

    def __init__(self, qtbot: QtBot) -> None:
        self.now_ms = 0.0
        self.still = False
        self.feet: dict[str, QPoint] = {"p1": QPoint(400, 500)}
        self.stage = QWidget()
        qtbot.addWidget(self.stage)
        self.stage.resize(800, 600)
        self.shown = Reactions(self.stage, self.feet.get, lambda: self.still, now=lambda: self.now_ms)
        self.shown.resize(800, 600)
        with qtbot.waitExposed(self.stage):
            self.stage.show()
        self.shown.show_meeting(EMPTY)

    def pass_ms(self, ms: float) -> None:
        self.now_ms += ms
        self.shown.step()

    def numbers(self) -> list[int]:
        return [reaction.number for reaction in self.shown.in_the_air()]

    def painted(self) -> tuple[int, int]:
        """The uppermost and the leftmost line something is painted on."""
        image = self.shown.grab().toImage()
        empty = image.pixel(799, 0)
        there = [(y, x) for y in range(0, 600, 2) for x in range(0, 800, 2) if image.pixel(x, y) != empty]
        assert there
        return min(y for y, _ in there), min(x for _, x in there)


@pytest.fixture
def sky(qtbot: QtBot) -> Sky:
    return Sky(qtbot)


def test_each_is_shown_once_for_three_seconds(sky: Sky) -> None:
    sky.shown.show_meeting(given(1, 2))
    sky.shown.show_meeting(given(1, 2, 3))
    assert sky.numbers() == [1, 2, 3]
    sky.pass_ms(SHOWN_MS - 1)
    assert sky.numbers() == [1, 2, 3]
    sky.pass_ms(1)
    assert sky.numbers() == []
    assert not sky.shown.isVisible()
    sky.shown.show_meeting(given(2, 3))
    assert sky.numbers() == []


def test_those_of_before_one_came_are_not_shown(sky: Sky) -> None:
    sky.shown.show_meeting(replace(given(7, 8), joined_at_ms=99.0))
    assert sky.numbers() == []
    sky.shown.show_meeting(replace(given(8, 9), joined_at_ms=99.0))
    assert sky.numbers() == [9]


def test_a_flood_fills_the_air_no_further(sky: Sky) -> None:
    for number in range(200):
        sky.shown.show_meeting(given(number))
    assert sky.numbers() == list(range(200 - MOST, 200))


def test_it_rises_from_the_persons_tile(sky: Sky) -> None:
    sky.shown.show_meeting(given(1))
    began_y, began_x = sky.painted()
    assert 380 < began_y < 440
    assert 330 < began_x < 400
    sky.pass_ms(1_000)
    assert sky.painted()[0] < began_y - 40


def test_where_less_motion_is_wanted_it_stands_still_as_long(sky: Sky) -> None:
    sky.still = True
    sky.shown.show_meeting(given(1))
    before = sky.painted()
    sky.pass_ms(SHOWN_MS - 100)
    assert sky.painted() == before


def test_of_somebody_out_of_sight_it_rises_at_the_edge(sky: Sky) -> None:
    sky.shown.show_meeting(given(1, person="far away"))
    assert sky.painted()[1] < 100


def test_of_several_of_one_person_at_once_one_bears_the_name_and_they_stand_side_by_side(sky: Sky) -> None:
    sky.shown.show_meeting(given(1, 2, 3))
    assert [flying.is_named for flying in sky.shown._flying] == [True, False, False]
    assert len({flying.foot.x() for flying in sky.shown._flying}) == 3
    sky.pass_ms(1_500)
    sky.shown.show_meeting(given(4))
    assert sky.shown._flying[-1].is_named


def test_it_lets_the_mouse_through(sky: Sky) -> None:
    sky.shown.show_meeting(given(1))
    assert sky.stage.childAt(400, 450) is None


def test_several_are_announced_as_one_and_politely(sky: Sky, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[QAccessibleAnnouncementEvent] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", said.append)
    for number in range(1, 9):
        sky.shown.show_meeting(given(number))
    assert said == []
    sky.shown._saying.timeout.emit()
    sky.shown._saying.timeout.emit()
    assert [event.message() for event in said] == ["8 reactions"]
    assert said[0].politeness() is QAccessible.AnnouncementPoliteness.Polite


def test_a_single_one_is_told_with_its_name_tamed() -> None:
    words = spoken([Reaction(1, "p1", "Am\u202eina", Emoji.RED_HEART)])
    assert "Amina" in words
    assert "heart" in words
    assert spoken([]) == ""


def test_a_step_with_a_full_sky_costs_little(sky: Sky) -> None:
    import time  # noqa: PLC0415 - here only

    for number in range(MOST):
        sky.shown.show_meeting(given(number))
    sky.painted()
    before = time.thread_time()
    for _ in range(20):
        sky.pass_ms(10)
        sky.shown.grab()
    assert (time.thread_time() - before) / 20 < 0.016
