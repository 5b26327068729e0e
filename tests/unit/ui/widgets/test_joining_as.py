from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.helpers.account_views import IN, ODILE, URL, home_with
from tests.helpers.fake_engine import RECENTS
from visio_desktop.meeting.accounts import LoginPhase, Server
from visio_desktop.meeting.errands import CancelLogIn, JoinAs, LogIn
from visio_desktop.meeting.values import MeetingLink
from visio_desktop.ui.widgets.joining_as import JoiningAs

OUT = replace(IN, accounts=(), active=None)


@pytest.mark.parametrize(
    ("server", "said", "wish"),
    [
        (IN, "as Odile Owner", JoinAs(URL, guest=True)),
        (replace(IN, as_guest=True), "as a guest", JoinAs(URL, guest=False)),
        (OUT, "without waiting", LogIn(URL)),
        (replace(IN, accounts=(replace(ODILE, expired=True),)), "without waiting", LogIn(URL)),
        (replace(OUT, phase=LoginPhase.OPEN), "window", CancelLogIn(URL)),
    ],
)
def test_how_one_joins_is_said_with_a_way_to_do_the_other_thing(
    qtbot: QtBot, server: Server, said: str, wish: object
) -> None:
    made = JoiningAs()
    qtbot.addWidget(made)
    asked: list[object] = []
    made.intent.connect(asked.append)
    made.show_meeting(replace(home_with(server), link=RECENTS[0]))
    assert said in made.said.text()
    assert made.change.accessibleName()
    made.change.click()
    assert asked == [wish]


def test_a_name_from_a_server_is_no_markup(qtbot: QtBot) -> None:
    made = JoiningAs()
    qtbot.addWidget(made)
    named = replace(IN, accounts=(replace(ODILE, name="<b>Odile</b>"),))
    made.show_meeting(replace(home_with(named), link=RECENTS[0]))
    assert made.said.textFormat() is Qt.TextFormat.PlainText
    assert "<b>Odile</b>" in made.said.text()


@pytest.mark.parametrize("link", [None, MeetingLink("livekit", "livekit+wss://h.example?room=r", "h.example", "r")])
def test_servers_without_accounts_say_nothing_of_them(qtbot: QtBot, link: MeetingLink | None) -> None:
    made = JoiningAs()
    qtbot.addWidget(made)
    made.show_meeting(replace(home_with(IN), link=link))
    assert made.isHidden()


def test_where_nobody_may_log_in_it_is_not_offered(qtbot: QtBot) -> None:
    made = JoiningAs()
    qtbot.addWidget(made)
    made.show_meeting(replace(home_with(OUT), link=RECENTS[0], login_off=True))
    assert made.isHidden()
    made.show_meeting(replace(home_with(OUT), link=RECENTS[0]))
    assert not made.isHidden()
