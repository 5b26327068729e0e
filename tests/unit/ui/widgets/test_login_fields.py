from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS, ready
from tests.helpers.windows import press, type_into
from visio_desktop.meeting.intents import SetLogin
from visio_desktop.ui.widgets.login_fields import LoginFields

LINK = replace(RECENTS[1], takes_login=True)


def test_a_login_is_asked_for_where_it_is_of_use_and_told_once(qtbot: QtBot) -> None:
    fields = LoginFields()
    qtbot.addWidget(fields)
    told: list[object] = []
    fields.intent.connect(told.append)
    fields.confirmed.connect(lambda: told.append("confirmed"))
    fields.show_meeting(ready(link=RECENTS[0]))
    assert fields.isHidden()
    fields.show_meeting(ready(link=LINK))
    assert not fields.isHidden()
    fields.tell()
    assert told == [], "nothing was typed"
    type_into(fields.user, " ada ")
    type_into(fields.password, "s3cret")
    assert "s3cret" not in fields.password.displayText()
    press(fields.password, Qt.Key.Key_Return)
    fields.tell()
    assert "confirmed" in told
    assert told.count(SetLogin("ada", "s3cret")) == 1
    assert "s3cret" not in repr(told)


def test_a_login_is_not_kept_for_another_link(qtbot: QtBot) -> None:
    fields = LoginFields()
    qtbot.addWidget(fields)
    fields.show_meeting(ready(link=LINK))
    type_into(fields.password, "s3cret")
    fields.show_meeting(ready(link=LINK))
    assert fields.password.text() == "s3cret"
    fields.show_meeting(ready(link=replace(LINK, text="https://other.example.net/#tea")))
    assert fields.password.text() == ""
