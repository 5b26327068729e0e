"""The room's buttons: an icon, a name for screen readers, a tooltip with the shortcut."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QToolButton, QWidget

from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme


def tool_button(
    icon: str, text: str, *, shortcut: str = "", checkable: bool = False, bare: bool = False
) -> QToolButton:
    """A button 46 px high; `text` is a key, under `room.` if it names no area; `shortcut` is told, not bound."""
    button = QToolButton()
    button.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
    button.setFixedHeight(theme.BUTTON_PX)
    button.setMinimumWidth(theme.BUTTON_PX)
    button.setCheckable(checkable)
    button.setProperty("bare", bare)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    set_meaning(button, icon, text, shortcut=shortcut)
    return button


def menu_icon(name: str) -> QIcon:
    """An icon for the room's menus, which can be seen on the chosen row too."""
    return icons.icon(name, theme.TEXT_ON_DARK, active_colour=theme.SELECTED_TEXT)


def set_meaning(button: QToolButton, icon: str, text: str, *, shortcut: str = "", colour: str = "") -> None:
    """What the button does now, in icon, name and tooltip."""
    checked = theme.SELECTED_TEXT if button.isCheckable() else ""
    button.setIcon(icons.icon(icon, colour or theme.TEXT_ON_DARK, checked))
    said = tr(text if "." in text else f"room.{text}")
    button.setAccessibleName(said)
    button.setToolTip(f"{said} ({shortcut})" if shortcut else said)


def set_off(button: QToolButton, *, off: bool) -> None:
    """Show the button as off: pale with a struck icon, so that colour is not all that tells."""
    set_property(button, "off", value=off)


def set_property(widget: QWidget, name: str, *, value: bool) -> None:
    """Set what a style sheet asks for, at no cost where it is set already."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        restyle(widget)


def restyle(widget: QWidget) -> None:
    """Let the style sheet see a changed property."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
