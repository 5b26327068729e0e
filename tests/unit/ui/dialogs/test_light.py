from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.helpers.windows import press
from visio_desktop.ui.dialogs.light import LightDialog


def test_it_is_not_modal_and_both_escape_and_close_end_it(qtbot: QtBot) -> None:
    for end in ("escape", "close"):
        dialog = LightDialog("Title")
        qtbot.addWidget(dialog)
        dialog.show()
        assert not dialog.isModal()
        if end == "escape":
            press(dialog, Qt.Key.Key_Escape)
        else:
            next(b for b in dialog.findChildren(QPushButton) if b.text() == "Close").click()
        assert dialog.isHidden()
