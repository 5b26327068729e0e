from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from visio_desktop.ui.dialogs.shortcuts import SHORTCUTS, ShortcutsDialog


def test_every_key_is_listed_with_what_it_does(qtbot: QtBot) -> None:
    dialog = ShortcutsDialog()
    qtbot.addWidget(dialog)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert len(texts) == 1 + 2 * len(SHORTCUTS)
    assert "Ctrl+D" in texts
    assert not [text for text in texts if text.startswith("pages.")]
