"""Help: what the keyboard does in a meeting."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QWidget

from visio_desktop.system.texts import tr
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.controls import label

SHORTCUTS: Final = (
    ("Ctrl+D", "shortcut_microphone"),
    ("Ctrl+E", "shortcut_camera"),
    ("V", "shortcut_hold"),
    ("Ctrl+Shift+E", "stage.shortcut_reactions"),
    ("Ctrl+Shift+H", "shortcut_hand"),
    ("Ctrl+Shift+M", "shortcut_chat"),
    ("Ctrl+F", "chat.shortcut_search"),
    ("Ctrl+Shift+P", "shortcut_people"),
    ("Ctrl+Shift+L", "shortcut_recording"),
    ("Ctrl+Shift+X", "screen.shortcut_share"),
    ("Ctrl+Shift+B", "screen.shortcut_pause"),
    ("Ctrl+Shift+F", "shortcut_fullscreen"),
    ("Ctrl+Shift+S", "shortcut_statistics"),
    ("F2", "shortcut_bar"),
    ("Return", "shortcut_pin"),
    ("Shift+F10", "stage.shortcut_menu"),
    ("+, -, 0", "stage.shortcut_zoom"),
    ("Up", "stage.shortcut_edit"),
    ("Esc", "shortcut_close"),
    ("Ctrl+Shift+/", "shortcut_help"),
)

# What is written on the key differs from land to land.
_WRITTEN: Final = {"Return": "pages.key_return", "Esc": "pages.key_escape", "Up": "stage.key_up"}


class ShortcutsDialog(LightDialog):
    """A list of keys and what they do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.shortcuts"), parent)
        rows = QGridLayout(self.body)
        rows.setContentsMargins(4, 0, 12, 0)
        rows.setHorizontalSpacing(24)
        rows.setVerticalSpacing(10)
        rows.setColumnStretch(1, 1)
        rows.addWidget(label(tr("pages.shortcuts"), "subheading"), 0, 0, 1, 2)
        for row, (keys, meaning) in enumerate(SHORTCUTS, 1):
            name = label(shown_keys(keys), "key", wrap=False)
            name.setAlignment(Qt.AlignmentFlag.AlignCenter)
            rows.addWidget(name, row, 0)
            rows.addWidget(label(tr(meaning if "." in meaning else f"pages.{meaning}")), row, 1)
        rows.setRowStretch(len(SHORTCUTS) + 1, 1)
        self.resize(520, 600)


def shown_keys(keys: str) -> str:
    """A shortcut as it stands on this keyboard."""
    if keys in _WRITTEN:
        return tr(_WRITTEN[keys])
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
