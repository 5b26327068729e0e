from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.helpers.account_views import IN, URL
from tests.helpers.fake_engine import RECENTS, FakeEngine, opened, ready
from tests.helpers.fitting import cut_texts, overlaps
from tests.helpers.windows import press
from visio_desktop.engine import OWN_CAMERA
from visio_desktop.meeting.errands import JoinAs
from visio_desktop.meeting.hops import Check, Hop, HopState
from visio_desktop.meeting.intents import (
    CheckConnection,
    ChooseDevice,
    GoHome,
    Join,
    SetBesides,
    SetName,
    SetPassphrase,
    SetSourceOn,
)
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import DeviceKind, OptionalSecret, Problem, ProblemCode, Source
from visio_desktop.ui.pages.prejoin import PrejoinPage, promise

MEETING = ready(page=Page.PREJOIN, link=RECENTS[0], camera=opened("Webcam"), microphone=opened("Mic"))


def shown(qtbot: QtBot, engine: FakeEngine, meeting: Meeting) -> tuple[PrejoinPage, list[object]]:
    page = PrejoinPage(engine, engine.microphone_level_db)
    qtbot.addWidget(page)
    page.resize(1280, 800)
    asked: list[object] = []
    page.intent.connect(asked.append)
    page.show_meeting(meeting)
    with qtbot.waitExposed(page):
        page.show()
    return page, asked


def test_enter_in_the_name_joins_with_it(qtbot: QtBot) -> None:
    page, asked = shown(qtbot, FakeEngine(), MEETING)
    page.name.setText("  Zoé  ")
    press(page.name, Qt.Key.Key_Return)
    assert asked[:2] == [SetName("Zoé"), Join()]


def test_join_keeps_a_name_that_was_not_changed(qtbot: QtBot) -> None:
    page, asked = shown(qtbot, FakeEngine(), MEETING)
    assert page.name.text() == "Odile Owner"
    page.join.click()
    page.back.click()
    assert asked == [Join(), GoHome()]


def test_where_a_room_may_have_a_pin_that_is_asked_for_instead(qtbot: QtBot) -> None:
    link = replace(RECENTS[0], takes_passphrase=False, takes_pin=True)
    page, _ = shown(qtbot, FakeEngine(), replace(MEETING, link=link))
    assert page.passphrase.isVisible()
    said = "The meeting\N{RIGHT SINGLE QUOTATION MARK}s PIN or password"
    assert page.encryption.text() == page.passphrase.accessibleName() == said
    page.show_meeting(replace(MEETING, link=replace(RECENTS[0], takes_passphrase=True)))
    assert page.encryption.text() == "Encryption passphrase"


def test_a_passphrase_is_asked_for_where_it_is_of_use_and_hidden(qtbot: QtBot) -> None:
    link = replace(RECENTS[0], takes_passphrase=False)
    page, asked = shown(qtbot, FakeEngine(), replace(MEETING, link=link))
    assert not page.passphrase.isVisible()
    page.show_meeting(replace(MEETING, link=replace(link, takes_passphrase=True)))
    assert page.passphrase.isVisible()
    assert page.passphrase.accessibleName()
    page.passphrase.setFocus()
    QTest.keyClicks(page.passphrase, "correct horse")
    assert "correct" not in page.passphrase.displayText()
    press(page.passphrase, Qt.Key.Key_Return)
    assert asked == [SetPassphrase("correct horse"), Join()]


def test_a_rooms_moderator_says_so_with_its_secret(qtbot: QtBot) -> None:
    link = replace(RECENTS[0], takes_besides=OptionalSecret.ROOM_SECRET)
    page, asked = shown(qtbot, FakeEngine(), replace(MEETING, link=link))
    assert page.besides.isVisible()
    assert not page.besides.edit.isVisible()
    page.besides.has.click()
    page.besides.edit.setFocus()
    QTest.keyClicks(page.besides.edit, "s3cret")
    press(page.besides.edit, Qt.Key.Key_Return)
    assert asked == [SetBesides("s3cret"), Join()]
    qtbot.waitUntil(lambda: not [*cut_texts(page.besides), *overlaps(page.besides)])


def test_nobody_joins_without_a_name(qtbot: QtBot) -> None:
    page, asked = shown(qtbot, FakeEngine(), ready(page=Page.PREJOIN, name=""))
    press(page.name, Qt.Key.Key_Return)
    assert not page.join.isEnabled()
    assert not asked


def test_the_own_picture_is_taken_while_seen_only_and_mirrored(qtbot: QtBot) -> None:
    engine = FakeEngine()
    page, _ = shown(qtbot, engine, MEETING)
    assert engine.send_own_picture() == 1
    qtbot.waitUntil(lambda: page.preview.tile.mailbox.meter.frames_painted > 0)
    image = page.preview.tile.grab().toImage()
    middle = image.height() // 2
    assert image.pixelColor(image.width() - 20, middle).name() == "#141414"
    assert image.pixelColor(20, middle).name() == "#3ca05a"
    page.hide()
    assert not engine.sinks[OWN_CAMERA]


def test_the_round_buttons_turn_the_sources(qtbot: QtBot) -> None:
    page, asked = shown(qtbot, FakeEngine(), MEETING)
    page.preview.buttons[Source.MICROPHONE].click()
    page.show_meeting(ready(page=Page.PREJOIN, camera_on=False))
    page.preview.buttons[Source.CAMERA].click()
    assert asked == [SetSourceOn(Source.MICROPHONE, on=False), SetSourceOn(Source.CAMERA, on=True)]


def test_a_device_is_chosen_and_its_problem_told_with_the_next_step(qtbot: QtBot) -> None:
    page, asked = shown(qtbot, FakeEngine(), MEETING)
    page.pickers[DeviceKind.CAMERA].activated.emit(1)
    assert asked == [ChooseDevice(DeviceKind.CAMERA, "cam0")]
    page.show_meeting(ready(camera=DeviceState(problem=Problem(ProblemCode.CAMERA_BUSY))))
    assert page.problem.text().count("\n") == 1
    page.show_meeting(MEETING)
    assert page.problem.isHidden()


@pytest.mark.parametrize(
    ("microphone_on", "camera_on", "said"),
    [
        (True, True, "see and hear you"),
        (True, False, "will hear you. Nobody will see"),
        (False, True, "will see you. Nobody will hear"),
        (False, False, "Nobody will see or hear you"),
    ],
)
def test_what_will_be_sent_is_said(microphone_on: bool, camera_on: bool, said: str) -> None:
    assert said in promise(ready(microphone_on=microphone_on, camera_on=camera_on))


def test_in_whose_name_one_joins_is_said_where_there_are_accounts(qtbot: QtBot) -> None:
    page, asked = shown(qtbot, FakeEngine(), replace(MEETING, servers=(IN,)))
    assert "Odile Owner" in page.joining_as.said.text()
    page.joining_as.change.click()
    assert asked == [JoinAs(URL, guest=True)]
    page.show_meeting(MEETING)
    assert page.joining_as.isHidden()


def test_a_camera_that_is_missing_is_not_promised() -> None:
    missing = DeviceState(problem=Problem(ProblemCode.CAMERA_MISSING))
    assert "will hear you. Nobody will see" in promise(ready(camera=missing))


def test_the_connection_is_tested_from_here_and_joining_stays_open(qtbot: QtBot) -> None:
    page, asked = shown(qtbot, FakeEngine(), MEETING)
    opened_details: list[bool] = []
    page.details_asked.connect(lambda: opened_details.append(True))
    page.check.begin.click()
    page.show_meeting(replace(MEETING, check=Check(1)))
    assert page.check.said.isVisible()
    page.check.details.click()
    page.join.click()
    assert asked == [CheckConnection(), Join()]
    assert opened_details == [True]


def test_in_a_small_window_join_is_seen_without_scrolling(qtbot: QtBot) -> None:
    page, _ = shown(qtbot, FakeEngine(), replace(MEETING, check=Check(1, over=True)))
    page.resize(640, 480)
    qtbot.waitUntil(lambda: not page.join.visibleRegion().isEmpty())
    seen = page.join.visibleRegion().boundingRect()
    assert seen == page.join.rect()


def test_a_name_that_the_server_gives_is_shown_and_cannot_be_changed(qtbot: QtBot) -> None:
    fixed = replace(IN, features=replace(IN.features, names_editable=False))
    named = replace(MEETING, name="Didi")
    page, asked = shown(qtbot, FakeEngine(), named)
    page.name.setFocus()
    page.show_meeting(replace(named, servers=(fixed,)))
    assert (page.name.text(), page.name.isReadOnly()) == ("Odile Owner", True)
    assert "account" in page.name_fixed.text()
    assert page.name.accessibleDescription() == page.name_fixed.text()
    QTest.keyClicks(page.name, "x")
    press(page.name, Qt.Key.Key_Return)
    assert asked == [Join()]
    page.show_meeting(replace(named, servers=(replace(fixed, as_guest=True),)))
    assert (page.name.text(), page.name.isReadOnly()) == ("Didi", False)
    assert not page.name_fixed.isVisible()


def test_a_name_the_organisation_has_decided_cannot_be_written(qtbot: QtBot) -> None:
    engine = FakeEngine(MEETING)
    page = PrejoinPage(engine, engine.microphone_level_db)
    qtbot.addWidget(page)
    page.show_meeting(MEETING)
    assert page.name.isEnabled()
    page.show_meeting(replace(MEETING, locked=frozenset({"name"})))
    assert not page.name.isEnabled()


def test_what_came_of_the_test_comes_into_sight(qtbot: QtBot) -> None:
    page, _ = shown(qtbot, FakeEngine(), MEETING)
    page.resize(640, 480)
    page.activateWindow()
    page.check.begin.setFocus()
    qtbot.waitUntil(page.check.begin.hasFocus)
    untried = (Hop("media", HopState.SKIPPED, is_way=True),)
    page.show_meeting(replace(MEETING, check=Check(1, hops=untried, over=True)))
    qtbot.waitUntil(lambda: page.check.inside.visibleRegion().boundingRect() == page.check.inside.rect())
