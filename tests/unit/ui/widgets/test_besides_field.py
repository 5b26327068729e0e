from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS, ready
from tests.helpers.windows import press, type_into
from visio_desktop.meeting.intents import SetBesides
from visio_desktop.meeting.values import MeetingLink, OptionalSecret
from visio_desktop.ui.widgets.besides_field import BesidesField

LED = replace(RECENTS[1], takes_besides=OptionalSecret.ROOM_SECRET)
TRUSTED = replace(RECENTS[1], takes_besides=OptionalSecret.RECOVERY_KEY)


def field_for(qtbot: QtBot, link: MeetingLink) -> tuple[BesidesField, list[object]]:
    field = BesidesField()
    qtbot.addWidget(field)
    told: list[object] = []
    field.intent.connect(told.append)
    field.confirmed.connect(lambda: told.append("confirmed"))
    field.show_meeting(ready(link=link))
    return field, told


@pytest.mark.parametrize("link", [LED, TRUSTED])
def test_it_is_folded_until_it_is_wanted_and_says_what_it_is_for(qtbot: QtBot, link: MeetingLink) -> None:
    field, told = field_for(qtbot, link)
    assert not field.isHidden()
    assert field.has.text()
    assert field.edit.isHidden()
    field.tell()
    field.finish()
    assert told == [], "nothing was typed"
    with qtbot.waitActive(field):
        field.show()
    field.has.setFocus()
    press(field.has, Qt.Key.Key_Space)
    press(field.has, Qt.Key.Key_Tab)
    assert field.edit.hasFocus()
    assert field.edit.accessibleName() == field.name.text() != ""
    assert field.edit.accessibleDescription() == field.hint.text() != ""
    assert field.edit.echoMode() is QLineEdit.EchoMode.Password


def test_what_is_typed_is_told_once_and_taken_back_with_the_tick(qtbot: QtBot) -> None:
    field, told = field_for(qtbot, LED)
    field.has.setChecked(True)
    type_into(field.edit, " s3cret ")
    assert "s3cret" not in field.edit.displayText()
    press(field.edit, Qt.Key.Key_Return)
    field.finish()
    assert told.count(SetBesides("s3cret")) == 1
    assert "confirmed" in told
    assert "s3cret" not in repr(told)
    assert field.edit.text() == " s3cret ", "still there when one comes back"
    field.has.setChecked(False)
    assert told[-1] == SetBesides("")
    assert field.edit.text() == ""


def test_a_recovery_key_is_not_kept_once_one_joins(qtbot: QtBot) -> None:
    field, told = field_for(qtbot, TRUSTED)
    field.has.setChecked(True)
    type_into(field.edit, "EsT1")
    field.finish()
    assert told == [SetBesides("EsT1")]
    assert (field.edit.text(), field.has.isChecked()) == ("", False)


def test_it_is_empty_and_folded_for_another_link(qtbot: QtBot) -> None:
    field, told = field_for(qtbot, LED)
    field.has.setChecked(True)
    type_into(field.edit, "s3cret")
    field.show_meeting(ready(link=LED))
    assert field.edit.text() == "s3cret"
    field.show_meeting(ready(link=replace(LED, text="https://other.example.net/#tea")))
    assert (field.edit.text(), field.has.isChecked()) == ("", False)
    assert told == []
    field.show_meeting(ready(link=RECENTS[0]))
    assert field.isHidden()
