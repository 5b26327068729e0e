from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS, ready
from tests.helpers.sources import ROOT
from visio_desktop.diagnostics.verdict import outcome
from visio_desktop.meeting.hops import Check, Hop, HopState, judge
from visio_desktop.meeting.intents import CheckConnection, EndCheck
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.ui.widgets.connection_check import ConnectionCheck, named, told

PREJOIN = ready(page=Page.PREJOIN, link=RECENTS[0])
TCP = Hop("tcp", HopState.PASSED, "port 443", 3.4)
UDP = Hop("ice_udp", HopState.PASSED, "udp host", is_way=True)
NO_UDP = Hop("ice_udp", HopState.FAILED, problem=Problem(ProblemCode.MEDIA_UNREACHABLE, "h"), is_way=True)
TLS = Hop("turn_tls", HopState.PASSED, is_way=True)
UNTRIED = Hop("media", HopState.SKIPPED, "only inside the meeting", is_way=True)
SILENT = Hop("signalling", HopState.FAILED, "h: no answer", problem=Problem(ProblemCode.SERVER_SILENT, "meet.example"))


class Clock:
    now_ms = 0.0

    def __call__(self) -> float:
        return self.now_ms


def made(qtbot: QtBot) -> tuple[ConnectionCheck, list[object], Clock]:
    clock = Clock()
    widget = ConnectionCheck(now=clock)
    qtbot.addWidget(widget)
    asked: list[object] = []
    widget.intent.connect(asked.append)
    widget.show_meeting(PREJOIN)
    widget.show()
    return widget, asked, clock


def with_check(*hops: Hop, over: bool = False, inside: bool = False, number: int = 1) -> Meeting:
    return replace(PREJOIN, check=Check(number, inside, hops, over))


def test_before_it_is_asked_for_there_is_a_button_alone(qtbot: QtBot) -> None:
    widget, asked, _ = made(qtbot)
    assert widget.begin.accessibleName() == "Test the connection"
    assert widget.begin.isFlat(), "it is quiet"
    shown = (widget.said, widget.sign, widget.details, widget.inside, widget.inside_told)
    assert not any(part.isVisible() for part in shown)
    widget.begin.click()
    assert asked == [CheckConnection()]


def test_while_it_runs_it_says_how_far_it_is_and_can_be_stopped(qtbot: QtBot) -> None:
    widget, asked, clock = made(qtbot)
    widget.begin.click()
    widget.show_meeting(with_check())
    assert widget.said.text() == "Testing the connection…"
    widget.begin.click()
    assert asked == [CheckConnection()], "a double click begins, and does not end at once"
    widget.show_meeting(with_check(TCP))
    assert "The server is reached" in widget.said.text()
    assert widget.begin.accessibleName() == "Stop the test"
    assert not widget.sign.isVisible()
    clock.now_ms += 1000
    widget.begin.click()
    assert asked == [CheckConnection(), EndCheck()]
    widget.show_meeting(PREJOIN)
    assert (widget.begin.text(), widget.said.isVisible()) == ("Test the connection", False)


def test_what_came_of_it_is_one_line_with_a_sign_and_its_details(qtbot: QtBot) -> None:
    widget, asked, _ = made(qtbot)
    opened: list[bool] = []
    widget.details_asked.connect(lambda: opened.append(True))
    widget.show_meeting(with_check(TCP, UDP, over=True))
    assert widget.said.text() == widget.said.accessibleName()
    assert "\n" not in widget.said.text()
    assert widget.sign.isVisible()
    assert not widget.sign.pixmap().isNull()
    assert widget.begin.text() == "Test again"
    widget.details.click()
    assert opened == [True]
    widget.begin.click()
    assert asked == [CheckConnection()]


def test_where_media_was_not_tried_the_meeting_is_offered_once_and_what_others_see_is_said(qtbot: QtBot) -> None:
    widget, asked, _ = made(qtbot)
    widget.show_meeting(with_check(TCP, UNTRIED, over=True))
    assert widget.inside.isVisible()
    assert "others see you" in widget.inside_told.text()
    assert widget.inside.accessibleDescription() == widget.inside_told.text()
    widget.inside.setFocus()
    widget.inside.click()
    assert asked == [CheckConnection(inside=True)]
    assert widget.begin.hasFocus() or widget.focusWidget() is widget.begin, "not on the button that joins"
    widget.show_meeting(with_check(TCP, UDP, over=True, inside=True, number=2))
    assert not widget.inside.isVisible()
    widget.show_meeting(with_check(TCP, UNTRIED, over=True, inside=True, number=3))
    assert not widget.inside.isVisible()


@pytest.mark.parametrize(
    ("hops", "said"),
    [
        ((TCP, UDP), "The connection works"),
        ((TCP, NO_UDP, TLS), "through a relay, by a slower way (TLS)"),
        ((TCP, NO_UDP), "picture and sound do not get through"),
        ((TCP, SILENT, UNTRIED), "meet.example"),
        ((TCP, UNTRIED), "inside the meeting only"),
        ((TCP,), "The connection works."),
        ((Hop("tcp", HopState.FAILED),), "does not work"),
    ],
)
def test_the_verdict_in_words(hops: tuple[Hop, ...], said: str) -> None:
    assert said in outcome(judge(hops))


def test_a_hop_that_failed_is_told_with_what_to_do() -> None:
    first, wrong, remedy = told(SILENT).splitlines()
    assert first == "The meeting's server lets us in: does not work"
    assert "meet.example" in wrong
    assert remedy
    assert told(TCP) == "The server is reached: works (port 443, 3 ms)"
    assert named(Hop("something_new", HopState.PASSED)) == "something_new"
    long = told(Hop("config", HopState.PASSED, "at\n\n" + "x" * 1_000))
    assert "\n" not in long
    assert len(long) < 300, "a server's words do not fill the list"


def test_every_hop_that_servers_try_has_words() -> None:
    texts = json.loads((ROOT / "resources" / "translations" / "en" / "check.json").read_text(encoding="utf-8"))
    road = ("route", "dns", "tcp", "proxy", "tls")
    ways = ("ice_udp", "ice_tcp", "turn_udp", "turn_tcp", "turn_tls")
    names = ("link", *road, "config", "room", "connection_test", "signalling", "media", "start", "test", *ways)
    assert {f"hop_{name}" for name in (*names, "media_link", *(f"media_{name}" for name in road))} <= set(texts)
    assert {f"way_{name}" for name in ways} <= set(texts)
