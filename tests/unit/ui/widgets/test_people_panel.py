from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd, meeting_of, person
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.people_panel import PeoplePanel, rows_of


def test_raised_hands_come_first_in_the_order_of_the_queue() -> None:
    rows = rows_of(meeting_of(person(0), person(1, hand_at_ms=9.0), person(2, hand_at_ms=3.0)))
    assert [(row.name, row.hand) for row in rows] == [
        ("Bruno Lefèvre", 1),
        ("Amina Diallo", 2),
        ("Odile Owner (you)", 0),
    ]


def test_a_row_says_what_it_shows() -> None:
    row = rows_of(meeting_of(person(0), person(1, microphone=False, hand_at_ms=1.0)))[0]
    assert row.spoken() == "Amina Diallo, hand raised, number 1, microphone off"


def test_ones_own_microphone_is_shown_as_the_switch_says() -> None:
    assert not rows_of(replace(crowd(1), microphone_on=False))[0].microphone_open


def test_rows_follow_the_meeting_and_the_chosen_one_stays(qtbot: QtBot) -> None:
    panel = PeoplePanel()
    qtbot.addWidget(panel)
    people = panel.findChild(QListWidget)
    assert people is not None
    panel.show_meeting(crowd(5))
    people.setCurrentRow(2)
    panel.show_meeting(crowd(3))
    assert (people.count(), people.currentRow()) == (3, 2)
    assert people.item(1).data(Qt.ItemDataRole.AccessibleTextRole) == "Amina Diallo"


def test_a_raised_hand_is_yellow(qtbot: QtBot) -> None:
    panel = PeoplePanel()
    qtbot.addWidget(panel)
    panel.resize(theme.PANEL_PX, 400)
    with qtbot.waitExposed(panel):
        panel.show()

    def has_yellow() -> bool:
        image = panel.grab().toImage()
        rows = range(0, image.height(), 3)
        return any(image.pixelColor(x, y).name() == theme.HAND.lower() for x in range(image.width()) for y in rows)

    panel.show_meeting(meeting_of(person(0)))
    assert not has_yellow()
    panel.show_meeting(meeting_of(person(0, hand_at_ms=1.0)))
    assert has_yellow()
