from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.helpers.account_views import IN, OUT, URL, home_with
from tests.helpers.windows import press
from visio_desktop.meeting.errands import AddServer, LogIn
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.ui.widgets.server_list import ServerList


def servers(qtbot: QtBot) -> tuple[ServerList, list[object]]:
    made = ServerList()
    qtbot.addWidget(made)
    asked: list[object] = []
    made.intent.connect(asked.append)
    return made, asked


def test_every_server_has_its_card_and_keeps_it(qtbot: QtBot) -> None:
    made, asked = servers(qtbot)
    made.show_meeting(home_with(OUT, IN))
    first = made.cards[URL]
    made.show_meeting(home_with(OUT, IN))
    assert made.cards[URL] is first
    made.cards[OUT.url].log_in.click()
    assert asked == [LogIn(OUT.url)]
    made.show_meeting(home_with(IN))
    assert set(made.cards) == {URL}


def test_a_server_is_added_by_its_address(qtbot: QtBot) -> None:
    made, asked = servers(qtbot)
    made.show_meeting(home_with())
    assert made.add.field.isHidden()
    made.add.begin.click()
    press(made.add.field, Qt.Key.Key_Return)
    assert "address" in made.add.problem.text()
    made.add.field.setText(" visio.example.gouv.fr ")
    press(made.add.field, Qt.Key.Key_Return)
    assert asked == [AddServer("visio.example.gouv.fr")]
    made.show_meeting(home_with(server_sought=True))
    assert not made.add.state.isHidden()
    assert not made.add.now.isEnabled()
    made.show_meeting(home_with(OUT))
    assert made.add.field.isHidden()
    assert not made.add.begin.isHidden()


def test_an_address_that_leads_nowhere_stays_to_be_put_right(qtbot: QtBot) -> None:
    made, _ = servers(qtbot)
    made.add.begin.click()
    made.show_meeting(home_with(server_sought=True))
    made.show_meeting(home_with(server_problem=Problem(ProblemCode.HOST_UNKNOWN, "visio.exmaple")))
    assert "visio.exmaple" in made.add.problem.text()
    assert not made.add.field.isHidden()
    made.add.cancel.click()
    assert made.add.problem.isHidden()
    assert made.add.field.isHidden()
