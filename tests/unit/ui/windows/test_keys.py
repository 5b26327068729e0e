from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting.intents import SetSourceOn
from visio_desktop.meeting.values import Source
from visio_desktop.ui.windows.keys import bind_sources


def test_microphone_and_camera_have_their_keys_in_every_window(qtbot: QtBot) -> None:
    window, said = QWidget(), list[object]()
    qtbot.addWidget(window)
    meeting = replace(crowd(2), camera_on=False)
    bind_sources(window, lambda: meeting, said.append)
    with qtbot.waitExposed(window):
        window.show()
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert said == [SetSourceOn(Source.MICROPHONE, on=False), SetSourceOn(Source.CAMERA, on=True)]
