from __future__ import annotations

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from visio_desktop.ui.pages.light import HEADER_PX, LightPage


def test_the_gear_asks_for_the_settings(qtbot: QtBot) -> None:
    page = LightPage()
    qtbot.addWidget(page)
    gear = next(b for b in page.findChildren(QPushButton) if b.accessibleName() == "Settings")
    with qtbot.waitSignal(page.settings_asked):
        gear.click()


def test_the_body_scrolls_below_the_header(qtbot: QtBot) -> None:
    page = LightPage()
    qtbot.addWidget(page)
    page.body.setMinimumHeight(2000)
    page.resize(640, 480)
    with qtbot.waitExposed(page):
        page.show()
    assert page.body.height() >= 2000
    assert page.body.mapTo(page, page.body.rect().topLeft()).y() == HEADER_PX
