from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from visio_desktop.ui import theme
from visio_desktop.ui.widgets.buttons import menu_icon, set_meaning, set_off, tool_button


def test_a_button_has_a_name_a_tooltip_and_its_size(qtbot: QtBot) -> None:
    button = tool_button("call_end", "leave", shortcut="Ctrl+X")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Leave the meeting"
    assert button.toolTip() == "Leave the meeting (Ctrl+X)"
    assert button.height() == theme.BUTTON_PX
    assert not button.icon().isNull()


def test_off_is_told_by_name_icon_and_colour(qtbot: QtBot) -> None:
    button = tool_button("mic", "mic_turn_off")
    qtbot.addWidget(button)
    button.setStyleSheet(theme.style("room"))
    on = button.grab().toImage()
    set_off(button, off=True)
    set_meaning(button, "mic_off", "mic_turn_on", colour=theme.MUTED_TEXT)
    off = button.grab().toImage()
    assert button.accessibleName() == "Turn on microphone"
    assert off.pixelColor(8, 8).name() == theme.MUTED.lower() != on.pixelColor(8, 8).name()


def test_a_menus_icon_is_dark_on_the_chosen_row(qapp: QApplication) -> None:
    def colour(mode: QIcon.Mode) -> str:
        image = menu_icon("fiber_manual_record_fill").pixmap(24, mode).toImage()
        return image.pixelColor(image.width() // 2, image.height() // 2).name()

    assert colour(QIcon.Mode.Normal) == theme.TEXT_ON_DARK.lower()
    assert colour(QIcon.Mode.Active) == theme.SELECTED_TEXT.lower()
