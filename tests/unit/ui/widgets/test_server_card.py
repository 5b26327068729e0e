from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.account_views import FEATURES, IN, ODILE, OUT, ROOMS, URL
from visio_desktop.meeting.accounts import LoginPhase, Server
from visio_desktop.meeting.errands import CancelLogIn, CreateRoom, ForgetServer, LogIn, LogOut, UseAccount
from visio_desktop.meeting.intents import OpenLink
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.ui.widgets.server_card import MadeRoom, ServerCard


def card(qtbot: QtBot, server: Server, *, can_log_in: bool = True) -> tuple[ServerCard, list[object]]:
    made = ServerCard(server)
    qtbot.addWidget(made)
    made.show_server(server, can_log_in=can_log_in)
    asked: list[object] = []
    made.intent.connect(asked.append)
    return made, asked


def shown(made: ServerCard) -> set[str]:
    names = ("log_in", "cancel", "new", "later", "rooms")
    return {name for name in names if not getattr(made, name).isHidden()}


def test_who_is_logged_in_creates_meetings_and_sees_their_rooms(qtbot: QtBot) -> None:
    made, asked = card(qtbot, IN)
    listed: list[str] = []
    made.rooms_asked.connect(listed.append)
    assert shown(made) == {"new", "later", "rooms"}
    assert made.who.accessibleName() == "Odile Owner"
    for button in (made.new, made.later, made.rooms):
        button.click()
    assert asked == [CreateRoom(URL, enter=True), CreateRoom(URL)]
    assert listed == [URL]
    made.show_server(replace(IN, busy=True), can_log_in=True)
    assert not made.new.isEnabled()


def test_who_is_not_may_log_in_and_give_it_up(qtbot: QtBot) -> None:
    made, asked = card(qtbot, OUT)
    assert shown(made) == {"log_in"}
    assert OUT.host in made.log_in.accessibleName()
    made.log_in.click()
    made.show_server(replace(OUT, phase=LoginPhase.OPEN), can_log_in=True)
    assert shown(made) == {"cancel"}
    assert "window" in made.state.text()
    made.cancel.click()
    assert asked == [LogIn(OUT.url), CancelLogIn(OUT.url)]


def test_a_login_that_ran_out_says_so_with_the_step_to_take(qtbot: QtBot) -> None:
    problem = Problem(ProblemCode.LOGIN_EXPIRED, IN.host)
    made, _ = card(qtbot, replace(IN, accounts=(replace(ODILE, expired=True),), problem=problem))
    assert shown(made) == {"log_in"}
    assert made.log_in.text() == "Log in again"
    assert "no longer logged in" in made.problem.text()


def test_without_a_keyring_the_card_says_that_the_login_ends_with_the_program(qtbot: QtBot) -> None:
    made, _ = card(qtbot, IN)
    assert made.state.isHidden()
    made.show_server(replace(IN, accounts=(replace(ODILE, lasting=False),)), can_log_in=True)
    assert "next time" in made.state.text()


def test_without_a_web_engine_the_button_is_there_and_the_answer_says_why(qtbot: QtBot) -> None:
    missing = replace(OUT, problem=Problem(ProblemCode.LOGIN_MISSING))
    made, _ = card(qtbot, missing, can_log_in=False)
    assert shown(made) == {"log_in"}
    assert "web component" in made.problem.text()
    assert made.state.isHidden()


def test_the_menu_has_what_is_needed_less(qtbot: QtBot) -> None:
    made, asked = card(qtbot, IN)
    menu = made.menu()
    for action in menu.actions():
        action.trigger()
    assert asked == [
        UseAccount(URL, 1),
        LogIn(URL, another=True),
        LogOut(URL),
        LogOut(URL, erase=True),
        ForgetServer(URL),
    ]
    out, asked_out = card(qtbot, OUT)
    for action in out.menu().actions():
        action.trigger()
    assert asked_out == [ForgetServer(OUT.url)]


@pytest.mark.parametrize("phone", [FEATURES.phone, ""])
def test_a_new_rooms_link_is_there_to_be_copied(qtbot: QtBot, phone: str) -> None:
    made = MadeRoom()
    qtbot.addWidget(made)
    asked: list[object] = []
    made.intent.connect(asked.append)
    made.show_room(ROOMS[0], phone)
    assert not made.isHidden()
    assert made.link.text() == ROOMS[0].link
    assert made.link.isReadOnly()
    assert ("582 858 9750" in made.phone.text()) is bool(phone)
    made.open.click()
    assert asked == [OpenLink(ROOMS[0].link)]
    made.show_room(None, phone)
    assert made.isHidden()
