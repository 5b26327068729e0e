from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.helpers.windows import click
from visio_desktop.ui.widgets import copy_button as module
from visio_desktop.ui.widgets.copy_button import CopyButton


def test_what_is_given_is_copied_and_that_is_said_for_a_while(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(module, "COPIED_MS", 20)
    monkeypatch.setattr(module, "announce", lambda _widget, text: said.append(text))
    button = CopyButton("Copy all", lambda: "all of it")
    qtbot.addWidget(button)
    with qtbot.waitExposed(button):
        button.show()
    before = button.width()
    click(button)
    assert QGuiApplication.clipboard().text() == "all of it"
    assert button.text() == "Copied"
    assert button.width() == before
    assert said == ["Copied"]
    qtbot.waitUntil(lambda: button.text() == "Copy all")
