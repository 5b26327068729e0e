from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QListWidget, QListWidgetItem, QStyle, QStyleOptionViewItem

from tests.helpers.fake_meeting import crowd, meeting_of, person
from visio_desktop.meeting.values import Participant, Role
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.people_rows import LOOK, Row, RowPainter, draw_initials, rows_of


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


def test_a_row_tells_the_role_and_whom_the_server_does_not_know() -> None:
    people = (
        replace(person(0), role=Role.OWNER, is_authenticated=True),
        replace(person(1), role=Role.ADMINISTRATOR),
        replace(person(2), is_authenticated=False),
        person(3),
    )
    rows = rows_of(meeting_of(*people))
    assert [row.about for row in rows] == [("Host",), ("Co-host",), ("Not logged in",), ()]
    assert [row.is_stranger for row in rows] == [False, False, True, False]
    assert rows[2].spoken() == "Bruno Lefèvre, Not logged in"


def test_ones_own_microphone_is_shown_as_the_switch_says() -> None:
    assert not rows_of(replace(crowd(1), microphone_on=False))[0].microphone_open


def test_the_search_knows_neither_case_nor_accents_nor_order() -> None:
    meeting = meeting_of(*(person(n) for n in range(9)))
    assert [row.id for row in rows_of(meeting, "LEFEVRE")] == ["p2"]
    assert [row.id for row in rows_of(meeting, "diallo  ami")] == ["p1"]
    assert [row.id for row in rows_of(meeting, "owner")] == ["p0"]
    assert rows_of(meeting, "nobody") == ()
    assert len(rows_of(meeting, "   ")) == 9


@given(st.text(max_size=300), st.text(max_size=20))
def test_no_name_gives_an_endless_row_or_turns_its_neighbours(name: str, wanted: str) -> None:
    meeting = meeting_of(person(0), Participant("x", name))
    rows = rows_of(meeting)
    assert 1 <= len(rows[1].name) <= 100
    assert "\n" not in rows[1].name
    assert "\u202e" not in rows[1].spoken()
    assert set(rows_of(meeting, wanted)) <= set(rows)


def colours_of(row: Row, state: QStyle.StateFlag = QStyle.StateFlag.State_None) -> set[str]:
    """What a drawn row is made of."""
    owner = QListWidget()
    item = QListWidgetItem(owner)
    item.setData(LOOK, row)
    image = QImage(330, 48, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 330, 48)
    option.state = state
    painter = QPainter(image)
    RowPainter(owner).paint(painter, option, owner.model().index(0, 0))
    painter.end()
    return {image.pixelColor(x, y).name() for x in range(330) for y in range(48)}


def test_a_raised_hand_is_yellow_and_a_stranger_has_a_mark(qapp: QApplication) -> None:
    plain = rows_of(meeting_of(person(0)))[0]
    assert theme.HAND.lower() not in colours_of(plain)
    assert theme.HAND.lower() in colours_of(replace(plain, hand=1))
    assert theme.PROBLEM_INK.lower() not in colours_of(plain)
    assert theme.PROBLEM_INK.lower() in colours_of(replace(plain, is_stranger=True))


def test_the_row_with_the_keyboard_has_a_frame(qapp: QApplication) -> None:
    plain = rows_of(meeting_of(person(0)))[0]
    frame = theme.FOCUS_ON_LIGHT.lower()
    assert frame not in colours_of(plain, QStyle.StateFlag.State_MouseOver)
    assert frame in colours_of(plain, QStyle.StateFlag.State_HasFocus)


def test_the_initials_stand_on_the_persons_colour() -> None:
    image = QImage(32, 32, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    draw_initials(painter, image.rect().toRectF(), "", "#b03060")
    painter.end()
    assert image.pixelColor(16, 4).name() == "#b03060"


def test_a_row_tells_of_a_volume_that_is_not_as_sent() -> None:
    rows = rows_of(replace(crowd(2), volumes=(("p1", 40),)))
    assert [row.about for row in rows] == [(), ("Volume 40 %",)]
