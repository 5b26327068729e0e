"""The plain controls of the light pages: texts and buttons in the theme's roles."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy

from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.elided import plain


def label(text: str, role: str = "", *, wrap: bool = True) -> QLabel:
    """A text; `role` names its style: `heading`, `subheading`, `soft` or none."""
    made = QLabel(text)
    made.setObjectName(role)
    made.setWordWrap(wrap)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def push_button(text: str, *, primary: bool = False) -> QPushButton:
    """A button with a text, 46 px high."""
    made = QPushButton(text.replace("&", "&&"))
    made.setProperty("primary", primary)
    made.setAccessibleName(text)
    made.setMinimumHeight(theme.BUTTON_PX)
    made.setAutoDefault(True)  # Return presses it too, not the space bar alone
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


def icon_button(icon: str, said: str, *, colour: str = "", size_px: int = theme.ICON_PX) -> QPushButton:
    """A bare button with an icon only; `said` is its name and tooltip."""
    made = QPushButton(icons.icon(icon, colour or theme.ACTION, size_px=size_px), "")
    made.setFlat(True)
    made.setAutoDefault(True)
    made.setIconSize(QSize(size_px, size_px))
    made.setFixedSize(44, 44)
    made.setAccessibleName(said)
    made.setToolTip(plain(said))
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made
