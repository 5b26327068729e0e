from __future__ import annotations

from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from visio_desktop.system.texts import set_language
from visio_desktop.ui.dialogs.shortcuts import SHORTCUTS, ShortcutsDialog, shown_keys


def test_every_key_is_listed_with_what_it_does(qtbot: QtBot) -> None:
    dialog = ShortcutsDialog()
    qtbot.addWidget(dialog)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert len(texts) == 1 + 2 * len(SHORTCUTS)
    assert "Ctrl+D" in texts
    assert not [text for text in texts if text.startswith("pages.")]


def test_keys_are_called_as_they_are_in_the_language() -> None:
    set_language("fr")
    try:
        assert (shown_keys("Return"), shown_keys("Esc"), shown_keys("Ctrl+D")) == ("Entrée", "Échap", "Ctrl+D")
    finally:
        set_language("en")
