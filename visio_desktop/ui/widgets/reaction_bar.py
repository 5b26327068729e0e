"""The strip of reactions above the bar: eight pictures, by mouse, by arrows or by their numbers."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QToolButton, QWidget

from visio_desktop.meeting.intents import AskServer
from visio_desktop.meeting.requests import React
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.system.texts import tr
from visio_desktop.ui import emoji

HEIGHT_PX: Final = 48
_BUTTON_PX: Final = 40
_PICTURE_PX: Final = 28
_STEPS: Final = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ReactionBar(QFrame):
    """Shown and hidden by `set_open`; stays open until it is closed, so that several can be given.

    `closed` says whether the keyboard was in it.
    """

    intent = Signal(object)
    closed = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("reactions")
        self.setAccessibleName(tr("reactions.bar"))
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 3, 6, 3)
        row.setSpacing(2)
        self.buttons = tuple(self._make(number, one) for number, one in enumerate(Emoji, 1))
        for button in self.buttons:
            row.addWidget(button)
        self.setFixedHeight(HEIGHT_PX)
        self.hide()

    def set_open(self, *, is_open: bool) -> None:
        """Show the strip with the keyboard in it, or hide it."""
        if is_open != self.isHidden():
            return
        at = QApplication.focusWidget()
        had_keyboard = at is not None and self.isAncestorOf(at)
        if is_open:
            self._draw()
        self.setVisible(is_open)
        if is_open:
            self.raise_()
            self.buttons[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.closed.emit(had_keyboard)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows go along, a number gives that reaction, Escape closes."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._key(watched, event):
            return True
        return super().eventFilter(watched, event)

    def _draw(self) -> None:
        """The pictures are drawn when they are first to be seen: the room shows sooner."""
        for button, one in zip(self.buttons, Emoji, strict=True):
            button.setIcon(emoji.icon(one, _PICTURE_PX))

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in _STEPS:
            place = next(i for i, button in enumerate(self.buttons) if button is watched)
            self.buttons[(place + _STEPS[key]) % len(self.buttons)].setFocus(Qt.FocusReason.TabFocusReason)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(watched, QToolButton):
            if not event.isAutoRepeat():
                watched.click()
        elif key is Qt.Key.Key_Escape:
            self.set_open(is_open=False)
        elif event.text().isascii() and event.text().isdigit() and 0 < int(event.text()) <= len(self.buttons):
            if not event.isAutoRepeat():
                self.buttons[int(event.text()) - 1].click()
        else:
            return False
        return True

    def _make(self, number: int, one: Emoji) -> QToolButton:
        button = QToolButton()
        button.setIconSize(QSize(_PICTURE_PX, _PICTURE_PX))
        button.setFixedSize(_BUTTON_PX, _BUTTON_PX)
        button.setProperty("bare", True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        said = tr("reactions.send", reaction=emoji.spoken(one))
        button.setAccessibleName(said)
        button.setToolTip(f"{emoji.spoken(one)} ({number})")
        button.clicked.connect(lambda: self.intent.emit(AskServer(React(one))))
        button.installEventFilter(self)
        return button
