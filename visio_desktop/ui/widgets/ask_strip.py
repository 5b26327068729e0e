"""A question within a panel, before something that cannot be undone, or a line to write; nothing is modal."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from visio_desktop.system.texts import tr
from visio_desktop.ui.announce import announce
from visio_desktop.ui.widgets.controls import push_button


class AskStrip(QFrame):
    """Hidden while nothing is asked; Escape takes the question back, and the keyboard returns to where it was.

    `opened` comes when something is asked, for who places it over something else.
    """

    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ask")
        self._does: Callable[[], None] = _nothing
        self._before: QWidget | None = None
        self.about = ""
        self.question = QLabel()
        self.question.setWordWrap(True)
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.field = QLineEdit()
        self.yes = push_button("", primary=True)
        self.no = push_button(tr("people.cancel"))
        self.yes.clicked.connect(self._go_on)
        self.no.clicked.connect(self.close_strip)
        self.field.returnPressed.connect(self._go_on)
        self.field.textChanged.connect(self._may_go_on)
        self._lay_out()
        self.hide()

    def ask(self, question: str, yes: str, does: Callable[[], None], *, about: str = "") -> None:
        """Ask; `about` names whom it is about, "" nobody in particular."""
        self.field.hide()
        self._open(question, yes, does, about)
        self.no.setFocus(Qt.FocusReason.OtherFocusReason)

    def write(self, question: str, text: str, yes: str, does: Callable[[str], None], longest: int) -> None:
        """Let a line be written, beginning with `text`; an empty one is not taken."""
        self.field.setMaxLength(longest)
        self.field.setText(text)
        self.field.setAccessibleName(question)
        self.field.show()
        self._open(question, yes, lambda: does(self.field.text().strip()), "")
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_strip(self) -> None:
        """Ask no more."""
        focused = self.window().focusWidget()
        had_focus = focused is not None and self.isAncestorOf(focused)
        self._does = _nothing
        self.hide()
        if had_focus and self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes the question back and leaves the panel open."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_strip()
        else:
            super().keyPressEvent(event)

    def return_to(self, widget: QWidget) -> None:
        """Where the keyboard goes when the question is over."""
        self._before = widget

    def _open(self, question: str, yes: str, does: Callable[[], None], about: str) -> None:
        self.about = about
        self._does = does
        self.question.setText(question)
        self.question.setAccessibleName(question)
        self.yes.setText(yes.replace("&", "&&"))
        self.yes.setAccessibleName(yes)
        self._may_go_on()
        self.show()
        self.opened.emit()
        announce(self, question)

    def _may_go_on(self) -> None:
        self.yes.setEnabled(self.field.isHidden() or bool(self.field.text().strip()))

    def _go_on(self) -> None:
        if not self.yes.isEnabled():
            return
        does = self._does
        self.close_strip()
        does()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.yes)
        buttons.addWidget(self.no)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(self.question)
        column.addWidget(self.field)
        column.addLayout(buttons)


def _nothing() -> None:
    """Nothing is asked."""
