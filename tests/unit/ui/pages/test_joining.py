from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.account_views import IN, URL
from tests.helpers.fake_engine import RECENTS, FakeEngine, opened, ready
from tests.helpers.fitting import cut_texts, nameless, outside, overlaps
from visio_desktop.engine import OWN_CAMERA
from visio_desktop.meeting.accounts import LoginPhase, Server
from visio_desktop.meeting.errands import CancelLogIn, LogIn
from visio_desktop.meeting.intents import Leave, SetSourceOn
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import MeetingLink, Source
from visio_desktop.system.texts import set_language
from visio_desktop.ui.pages.joining import JoiningPage

JOINING = ready(page=Page.JOINING, link=RECENTS[0], camera=opened("Webcam"))
WAITING = ready(page=Page.JOINING, link=RECENTS[0], camera=opened("Webcam"), in_lobby=True)


def test_it_says_where_to_and_can_be_given_up(qtbot: QtBot) -> None:
    page = JoiningPage(FakeEngine())
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    page.show_meeting(JOINING)
    assert "meet.example.org" in page.where.text()
    page.cancel.click()
    assert asked == [Leave()]


def test_who_waits_to_be_let_in_is_told_and_sees_themselves(qtbot: QtBot) -> None:
    engine = FakeEngine()
    page = JoiningPage(engine)
    qtbot.addWidget(page)
    page.resize(640, 480)
    with qtbot.waitExposed(page):
        page.show()
    page.show_meeting(JOINING)
    assert page.preview is None
    before = page.heading.text()
    page.show_meeting(WAITING)
    assert page.preview is not None
    assert page.heading.text() != before
    assert "abc-defg-hij" in page.where.text()
    assert engine.sinks[OWN_CAMERA] == [page.preview.tile.mailbox]
    qtbot.waitUntil(lambda: not [*cut_texts(page), *overlaps(page.body), *outside(page), *nameless(page)])


def test_who_waits_for_a_stream_is_told_so_and_shows_nothing_of_themselves(qtbot: QtBot) -> None:
    page = JoiningPage(FakeEngine())
    qtbot.addWidget(page)
    link = MeetingLink("whep", "whep+https://tv.example.org/live", "tv.example.org", "live", sends=False)
    page.show_meeting(replace(WAITING, link=link))
    assert "stream" in page.heading.text()
    assert "live" in page.where.text()
    assert page.preview is None


def test_the_microphone_can_be_closed_while_one_waits(qtbot: QtBot) -> None:
    page = JoiningPage(FakeEngine())
    qtbot.addWidget(page)
    page.show_meeting(WAITING)
    assert page.preview is not None
    with qtbot.waitSignal(page.intent) as said:
        page.preview.buttons[Source.MICROPHONE].click()
    assert said.args == [SetSourceOn(Source.MICROPHONE, on=False)]


def test_the_picture_is_let_go_when_the_waiting_is_over(qtbot: QtBot) -> None:
    engine = FakeEngine()
    page = JoiningPage(engine)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    page.show_meeting(WAITING)
    page.show_meeting(JOINING)
    assert engine.sinks[OWN_CAMERA] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_who_waits_as_a_guest_can_log_in_instead(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        page = JoiningPage(FakeEngine())
        qtbot.addWidget(page)
        asked: list[object] = []
        page.intent.connect(asked.append)
        page.resize(640, 480)
        with qtbot.waitExposed(page):
            page.show()
        page.show_meeting(replace(JOINING, servers=(Server(URL),)))
        assert not page.joining_as.isVisible(), "who need not wait is not asked"
        page.show_meeting(replace(WAITING, servers=(Server(URL),)))
        assert page.joining_as.isVisible()
        page.joining_as.change.click()
        page.show_meeting(replace(WAITING, servers=(Server(URL, phase=LoginPhase.OPEN),)))
        assert page.joining_as.change.text() != page.cancel.text(), "giving up the login is not giving up the meeting"
        page.joining_as.change.click()
        assert asked == [LogIn(URL), CancelLogIn(URL)]
        qtbot.waitUntil(lambda: not [*cut_texts(page), *overlaps(page.body), *nameless(page)])
    finally:
        set_language("en")


@pytest.mark.parametrize(
    ("waiting", "offered"),
    [
        (replace(WAITING, servers=(IN,)), False),
        (replace(WAITING, servers=(replace(IN, as_guest=True),)), True),
        (replace(WAITING, servers=(Server(URL),), login_off=True), False),
        (WAITING, False),
    ],
)
def test_whom_it_would_not_help_is_not_offered_it(qtbot: QtBot, waiting: Meeting, offered: bool) -> None:
    page = JoiningPage(FakeEngine())
    qtbot.addWidget(page)
    page.show_meeting(waiting)
    assert page.joining_as.isHidden() is not offered
