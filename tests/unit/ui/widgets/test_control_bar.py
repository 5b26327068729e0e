from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd, meeting_of, person
from visio_desktop.meeting.intents import Leave, Panel, SetHand, SetSourceOn, ShowPanel
from visio_desktop.meeting.values import Capability, Source
from visio_desktop.ui.widgets.control_bar import ControlBar

NAMES = [
    "Turn off the microphone",
    "Choose microphone and loudspeaker",
    "Turn off the camera",
    "Choose the camera",
    "Share your screen",
    "Raise your hand",
    "More options",
    "Leave the meeting",
]


@pytest.fixture
def bar(qtbot: QtBot) -> ControlBar:
    made = ControlBar()
    qtbot.addWidget(made)
    made.resize(1280, 80)
    with qtbot.waitExposed(made):
        made.show()
    made.show_meeting(crowd(4))
    return made


def buttons(bar: ControlBar) -> dict[str, QToolButton]:
    return {b.accessibleName(): b for b in bar.findChildren(QToolButton) if b.isVisible()}


def test_the_order_is_the_familiar_one(bar: ControlBar) -> None:
    shown = sorted(buttons(bar).items(), key=lambda item: item[1].mapTo(bar, item[1].rect().topLeft()).x())
    names = [name for name, _ in shown]
    assert len(names) == 11
    assert [name.split()[0] for name in names[:8]] == [name.split()[0] for name in NAMES]
    assert "Leave" in names[7]


@pytest.mark.parametrize(
    ("index", "intent"),
    [
        (0, SetSourceOn(Source.MICROPHONE, on=False)),
        (2, SetSourceOn(Source.CAMERA, on=False)),
        (5, SetHand(raised=True)),
        (7, Leave()),
        (9, ShowPanel(Panel.CHAT)),
        (10, ShowPanel(Panel.PEOPLE)),
    ],
)
def test_each_button_says_what_is_wanted(bar: ControlBar, qtbot: QtBot, index: int, intent: object) -> None:
    shown = sorted(buttons(bar).values(), key=lambda b: b.mapTo(bar, b.rect().topLeft()).x())
    with qtbot.waitSignal(bar.intent) as said:
        QTest.mouseClick(shown[index], Qt.MouseButton.LeftButton)
    assert said.args == [intent]


def test_a_share_is_chosen_first_and_stopped_at_once(bar: ControlBar, qtbot: QtBot) -> None:
    share = sorted(buttons(bar).values(), key=lambda b: b.mapTo(bar, b.rect().topLeft()).x())[4]
    with qtbot.waitSignal(bar.share_asked), qtbot.assertNotEmitted(bar.intent):
        QTest.mouseClick(share, Qt.MouseButton.LeftButton)
    assert not share.isChecked()
    bar.show_meeting(replace(crowd(4), screen_on=True))
    with qtbot.waitSignal(bar.intent) as said:
        QTest.mouseClick(share, Qt.MouseButton.LeftButton)
    assert said.args == [SetSourceOn(Source.SCREEN, on=False)]


def test_off_and_on_are_told_by_name(bar: ControlBar) -> None:
    before = set(buttons(bar))
    bar.show_meeting(replace(crowd(4), microphone_on=False, camera_on=False))
    new = set(buttons(bar)) - before
    assert len(new) == 2
    assert all("on" in name.lower() for name in new)


def test_a_button_shows_the_state_of_the_meeting_not_of_the_click(bar: ControlBar, qtbot: QtBot) -> None:
    hand = next(b for name, b in buttons(bar).items() if "hand" in name)
    QTest.mouseClick(hand, Qt.MouseButton.LeftButton)
    assert not hand.isChecked()
    bar.show_meeting(meeting_of(person(0, hand_at_ms=1.0)))
    assert hand.isChecked()


def test_what_the_server_cannot_do_is_not_offered(bar: ControlBar) -> None:
    bar.show_meeting(replace(crowd(2), capabilities=Capability.PUBLISH))
    assert len(buttons(bar)) == 8


def test_the_panels_fold_with_hysteresis(bar: ControlBar) -> None:
    counts = []
    for width_px in (1280, 1060, 1050, 1090, 1100):
        bar.resize(width_px, 80)
        counts.append(len(buttons(bar)))
    assert counts == [11, 11, 9, 9, 11]


def test_unread_messages_and_people_are_counted(bar: ControlBar) -> None:
    def badges() -> list[str]:
        return [label.text() for label in bar.findChildren(QLabel, "badge") if label.isVisible()]

    assert badges() == ["4"]
    bar.show_meeting(replace(crowd(4), unread=3))
    assert badges() == ["3", "4"]
    assert any("3" in name for name in buttons(bar))
    bar.resize(640, 80)
    assert badges() == ["3"]
