from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import ready
from visio_desktop.meeting.intents import ChooseLook
from visio_desktop.meeting.look import BLUR, Look
from visio_desktop.ui.widgets.still_picker import StillPicker


def test_a_picture_is_chosen_shown_and_given_up(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    picker = StillPicker(window)
    picker.show_meeting(ready(look=Look(BLUR)))
    assert picker.currentText() == "Nothing: the first letters of your name"
    said: list[object] = []
    picker.intent.connect(said.append)
    picker.activated.emit(1)
    (dialog,) = window.findChildren(QFileDialog)
    dialog.fileSelected.emit("/pictures/me.png")
    dialog.close()
    mine = Look(BLUR, still="file:/pictures/me.png")
    assert said == [ChooseLook(mine)]
    picker.show_meeting(ready(look=mine))
    assert [picker.itemText(at) for at in range(picker.count())][1] == "me.png"
    assert picker.currentText() == "me.png"
    picker.activated.emit(0)
    assert said[1:] == [ChooseLook(Look(BLUR))]
