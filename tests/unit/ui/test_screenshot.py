from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from visio_desktop.ui import screenshot


def test_the_file_holds_the_widget(qtbot: QtBot, tmp_path: Path) -> None:
    label = QLabel()
    label.setStyleSheet("background: #000091")
    label.resize(64, 32)
    qtbot.addWidget(label)
    path = tmp_path / "shot.png"
    assert screenshot.save(label, path)
    image = QImage(str(path))
    assert (image.width(), image.height()) == (64, 32)
    assert image.pixelColor(32, 16).name() == "#000091"


def test_a_folder_that_is_not_there_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    label = QLabel("x")
    qtbot.addWidget(label)
    assert not screenshot.save(label, tmp_path / "nowhere" / "shot.png")
