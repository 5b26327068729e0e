from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS, ready
from tests.helpers.windows import press, type_into
from visio_desktop.meeting.accounts import BrowserLogin, LoginPhase
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
    known, begun = BrowserLogin(name="Ada"), BrowserLogin(LoginPhase.OPEN)
    for changes in ({"login_off": True}, {"browser_login": known}, {"browser_login": begun}):
        fields.show_meeting(ready(link=LINK, **changes))
        assert fields.isHidden(), "nobody may log in, or does by the browser"
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


def test_whose_name_was_typed_elsewhere_is_there_to_be_corrected_the_password_never(qtbot: QtBot) -> None:
    fields = LoginFields()
    qtbot.addWidget(fields)
    told: list[object] = []
    fields.intent.connect(told.append)
    fields.show_meeting(ready(link=LINK, login_typed=(LINK, "ada")))
    assert (fields.user.text(), fields.password.text()) == ("ada", "")
    fields.tell()
    assert told == [], "nothing was typed here"
    type_into(fields.password, "right")
    fields.tell()
    assert told == [SetLogin("ada", "right")]
    type_into(fields.user, "bob")
    fields.show_meeting(ready(link=LINK, login_typed=(LINK, "ada")))
    assert fields.user.text() == "adabob", "what is being typed is left alone"
    other = replace(LINK, text="https://other.example.net/#tea")
    fields.show_meeting(ready(link=other, login_typed=(LINK, "ada")))
    assert fields.user.text() == ""
