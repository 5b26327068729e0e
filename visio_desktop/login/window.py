"""The login window: always above the page, and no part of it, stands whose page it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Template
from typing import Final

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

FIRST_PX: Final = (560, 720)
SMALLEST_PX: Final = (380, 420)
WORDS: Final = ("title", "encrypted", "unencrypted", "cancel", "page", "loading")
"""The texts it is handed, by name; `title`, `encrypted` and `unencrypted` have the host in place of `{host}`.

Where windows are to be classified there is `marking` too, and `marking_said` for screen readers.
"""

COLOURS: Final = {"action": "#000091", "hover": "#1212FF", "soft": "#ECECFE", "ground": "#FFFFFF", "ink": "#000000"}
"""Those it has unless it is handed others."""

_COLOUR: Final = re.compile("#[0-9A-Fa-f]{6}")
_STYLE: Final = """
QWidget#login { background: #FFFFFF; color: #161616; font-size: 15px; }
QWidget#bar { border-bottom: 2px solid $action; background: #F5F5FE; }
QLabel#marking { background: $ground; color: $ink; font-size: 14px; padding: 4px 12px; }
QLabel { color: #161616; font-weight: bold; }
QLabel[unencrypted="true"] { color: #8A1C19; }
QPushButton { background: #FFFFFF; color: $action; border: 2px solid $action; border-radius: 4px; padding: 9px 18px; }
QPushButton:hover { background: $soft; }
QPushButton:focus { border-color: #2F5FC1; outline: 2px solid #2F5FC1; }
QProgressBar { border: 0; background: $soft; }
QProgressBar::chunk { background: $action; }
"""


class LoginWindow(QWidget):
    """Around a web view; `cancelled` comes once when the person gives up."""

    cancelled = Signal()

    def __init__(
        self, view: QWidget, server: str, words: Mapping[str, str], colours: Mapping[str, str] | None = None
    ) -> None:
        super().__init__()
        self._words = {name: words.get(name, name) for name in WORDS}
        self._closed = False
        self.setObjectName("login")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(Template(_STYLE).substitute(_only_colours(colours or {})))
        self.marking = _marking(words)
        self.address = QLabel()
        self.address.setTextFormat(Qt.TextFormat.PlainText)
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.address.setWordWrap(True)
        self.cancel = QPushButton(self._words["cancel"])
        self.cancel.setMinimumHeight(46)
        self.cancel.clicked.connect(self.close)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setMaximumHeight(4)
        self.progress.setAccessibleName(self._words["loading"])
        view.setAccessibleName(self._words["page"])
        self.setWindowTitle(self._filled("title", host_of(QUrl(server))))
        self.setMinimumSize(*SMALLEST_PX)
        self.resize(*FIRST_PX)
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self).activated.connect(self.close)
        self._lay_out(view)
        self.show_address(QUrl(server))

    def show_address(self, url: QUrl) -> None:
        """Say whose page is shown: the whole host, in the form that cannot be mistaken for another's."""
        if not (host := host_of(url)):
            return
        is_encrypted = url.scheme() == "https"
        text = self._filled("encrypted" if is_encrypted else "unencrypted", host)
        self.address.setProperty("unencrypted", not is_encrypted)
        self.address.style().polish(self.address)
        self.address.setText(text)
        self.address.setAccessibleName(text)

    def show_progress(self, percent: int) -> None:
        """How much of the page is there."""
        self.progress.setValue(percent)
        self.progress.setVisible(percent < 100)  # noqa: PLR2004 - all of it

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """The person gave up, by whichever way windows are closed."""
        if not self._closed:
            self._closed = True
            self.cancelled.emit()
        super().closeEvent(event)

    def _filled(self, name: str, host: str) -> str:
        return self._words[name].replace("{host}", host)

    def _lay_out(self, view: QWidget) -> None:
        above = QWidget()
        above.setObjectName("bar")
        above.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar = QHBoxLayout(above)
        bar.setContentsMargins(16, 10, 16, 10)
        bar.addWidget(self.address, 1)
        bar.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if self.marking is not None:
            column.addWidget(self.marking)
        column.addWidget(above)
        column.addWidget(self.progress)
        column.addWidget(view, 1)


def _marking(words: Mapping[str, str]) -> QLabel | None:
    """The classification's line, None where windows bear none."""
    if not (text := words.get("marking", "")):
        return None
    line = QLabel(text)
    line.setObjectName("marking")
    line.setTextFormat(Qt.TextFormat.PlainText)
    line.setAlignment(Qt.AlignmentFlag.AlignCenter)
    line.setWordWrap(True)
    line.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    line.setAccessibleName(words.get("marking_said", text))
    return line


def _only_colours(handed: Mapping[str, str]) -> dict[str, str]:
    """All colours of the window; what is none is passed over."""
    return COLOURS | {name: colour for name, colour in handed.items() if name in COLOURS and _COLOUR.fullmatch(colour)}


def host_of(url: QUrl) -> str:
    """The host as the network knows it, in ASCII, so that no letter looks like another; with a port that is unusual."""
    host = url.host(QUrl.ComponentFormattingOption.FullyEncoded)
    return f"{host}:{url.port()}" if url.port() != -1 else host
