from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd, meeting_of, person
from visio_desktop.meeting.intents import Leave, Panel, SetHand, SetSourceOn, ShowCaptions, ShowPanel
from visio_desktop.meeting.rooms import Knock, Room
from visio_desktop.meeting.values import Capability, Role, Source
from visio_desktop.ui.widgets.badge import Badge
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


EVERYTHING = Capability(0)
for each in Capability:
    EVERYTHING |= each
ABLE = replace(crowd(4), capabilities=EVERYTHING)


def menu_of(bar: ControlBar, button: QToolButton) -> dict[str, QAction]:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    menu = next(menu for menu in bar.findChildren(QMenu) if menu.isVisible())
    found = {action.text(): action for action in menu.actions()}
    menu.hide()
    return found


def test_reactions_and_subtitles_stand_where_people_know_them(bar: ControlBar) -> None:
    bar.show_meeting(ABLE)
    shown = sorted(buttons(bar).items(), key=lambda item: item[1].mapTo(bar, item[1].rect().topLeft()).x())
    assert [name for name, _ in shown][4:8] == ["Reactions", "Share your screen", "Show subtitles", "Raise hand"]


def test_subtitles_are_shown_and_hidden(bar: ControlBar, qtbot: QtBot) -> None:
    bar.show_meeting(ABLE)
    with qtbot.waitSignal(bar.intent) as said:
        buttons(bar)["Show subtitles"].click()
    assert said.args == [ShowCaptions(on=True)]
    bar.show_meeting(replace(ABLE, room=Room(captions_on=True)))
    assert buttons(bar)["Hide subtitles"].isChecked()
    with qtbot.waitSignal(bar.intent) as said:
        buttons(bar)["Hide subtitles"].click()
    assert said.args == [ShowCaptions(on=False)]


def test_where_the_window_is_small_they_are_found_under_more(bar: ControlBar, qtbot: QtBot) -> None:
    bar.show_meeting(ABLE)
    bar.resize(640, 80)
    assert bar.minimumSizeHint().width() <= 640
    assert not {"Reactions", "Show subtitles"} & buttons(bar).keys()
    found = menu_of(bar, bar._more)
    with qtbot.waitSignal(bar.reactions_asked):
        found["Reactions"].trigger()
    with qtbot.waitSignal(bar.intent) as said:
        found["Show subtitles"].trigger()
    assert said.args == [ShowCaptions(on=True)]
    with qtbot.waitSignal(bar.small_asked):
        found["Small window"].trigger()


def test_only_who_leads_is_offered_the_hosts_panel(bar: ControlBar, qtbot: QtBot) -> None:
    assert "Host settings" not in buttons(bar)
    leading = replace(ABLE, participants=(replace(person(0), role=Role.ADMINISTRATOR), person(1)))
    bar.show_meeting(leading)
    with qtbot.waitSignal(bar.intent) as said:
        buttons(bar)["Host settings"].click()
    assert said.args == [ShowPanel(Panel.HOST)]
    bar.resize(640, 80)
    assert "Host settings" in menu_of(bar, bar._fold)
    bar.show_meeting(ABLE)
    assert "Host settings" not in menu_of(bar, bar._fold)


def test_what_the_host_does_not_allow_cannot_be_pressed_and_says_why(bar: ControlBar) -> None:
    bar.show_meeting(replace(ABLE, microphone_on=False, room=Room(may_send=frozenset({Source.CAMERA}))))
    for name, enabled in (("Turn on microphone", False), ("Turn off camera", True), ("Share your screen", False)):
        button = buttons(bar)[name]
        assert button.isEnabled() is enabled
        assert ("not allowed" in button.toolTip()) is not enabled
        assert ("not allowed" in button.accessibleDescription()) is not enabled
    bar.show_meeting(ABLE)
    assert all(button.isEnabled() for button in buttons(bar).values())
    assert not any("not allowed" in button.toolTip() for button in buttons(bar).values())


def test_who_waits_is_counted_before_who_is_there(bar: ControlBar) -> None:
    bar.show_meeting(replace(ABLE, unread=3, room=Room(waiting=(Knock("1", "Zoé"), Knock("2", "Yan")))))
    badges = [badge for badge in bar.findChildren(Badge) if badge.isVisible()]
    assert [(badge.text(), badge.property("urgent")) for badge in badges] == [("3", True), ("2", True)]
    assert "Participants: 4, waiting: 2" in buttons(bar)
    bar.resize(640, 80)
    (only,) = [badge for badge in bar.findChildren(Badge) if badge.isVisible()]
    assert only.text() == "2"
    assert any("waiting: 2" in name and "3 unread" in name for name in buttons(bar))


def test_badges_stay_on_their_buttons_when_others_come_and_go(bar: ControlBar) -> None:
    leading = replace(ABLE, unread=2, participants=(replace(person(0), role=Role.OWNER), person(1)))
    for meeting in (leading, replace(ABLE, unread=2), leading):
        bar.show_meeting(meeting)
        chat, people = bar._panels[Panel.CHAT], bar._panels[Panel.PEOPLE]
        for badge, button in ((bar._unread, chat), (bar._count, people)):
            assert badge.geometry().contains(button.mapTo(bar, button.rect().topRight()))
