from __future__ import annotations

from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from visio_desktop.ui.widgets.badge import Badge


def test_it_counts_to_99_and_sits_on_its_buttons_corner(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    button = QToolButton(parent)
    button.setGeometry(100, 20, 46, 46)
    badge = Badge(parent)
    badge.count(120, urgent=True)
    badge.sit_on(button)
    assert badge.text() == "99"
    assert badge.property("urgent") is True
    assert badge.geometry().contains(button.geometry().topRight())
    badge.count(3, urgent=False)
    assert badge.property("urgent") is False
