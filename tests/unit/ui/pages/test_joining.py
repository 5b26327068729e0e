from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS, FakeEngine, opened, ready
from tests.helpers.fitting import cut_texts, nameless, outside, overlaps
from visio_desktop.engine import OWN_CAMERA
from visio_desktop.meeting.intents import Leave, SetSourceOn
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import Source
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
    qtbot.wait(10)
    assert not [*cut_texts(page), *overlaps(page.body), *outside(page), *nameless(page)]


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
