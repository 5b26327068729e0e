from __future__ import annotations

from pytestqt.qtbot import QtBot

from visio_desktop.ui.pages.outcome import OutcomePage


def test_the_likely_way_on_has_the_keyboard(qtbot: QtBot) -> None:
    page = OutcomePage("Again", again_is_likely=True)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    page.take_focus()
    assert page.focusWidget() is page.again
    page.suggest_again(False)
    page.take_focus()
    assert page.focusWidget() is page.home
