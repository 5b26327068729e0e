from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS, ready
from tests.helpers.windows import press, type_into
from visio_desktop.meeting.intents import SetToken
from visio_desktop.ui.widgets.token_field import TokenField


def test_a_token_is_asked_for_where_it_is_of_use_typed_unseen_and_told_once(qtbot: QtBot) -> None:
    field = TokenField()
    qtbot.addWidget(field)
    told: list[object] = []
    field.intent.connect(told.append)
    field.confirmed.connect(lambda: told.append("confirmed"))
    field.show_meeting(ready(link=RECENTS[0]))
    assert field.isHidden()
    field.show_meeting(ready(link=replace(RECENTS[1], takes_token=True)))
    assert not field.isHidden()
    field.tell()
    type_into(field.edit, " eyJ.a.b ")
    assert "eyJ" not in field.edit.displayText()
    press(field.edit, Qt.Key.Key_Return)
    field.tell()
    assert "confirmed" in told
    assert [each for each in told if each != "confirmed"] == [SetToken("eyJ.a.b")]
    assert "eyJ" not in repr(told)


def test_a_token_is_not_kept_for_another_link(qtbot: QtBot) -> None:
    field = TokenField()
    qtbot.addWidget(field)
    link = replace(RECENTS[1], takes_token=True)
    field.show_meeting(ready(link=link))
    type_into(field.edit, "secret")
    field.show_meeting(ready(link=link))
    assert field.edit.text() == "secret"
    field.show_meeting(ready(link=replace(link, text="livekit+wss://other.example.net")))
    assert field.edit.text() == ""
