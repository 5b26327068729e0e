from __future__ import annotations

from pytestqt.qtbot import QtBot

from visio_desktop.ui.widgets.spinner import Spinner


def test_it_turns_only_while_seen(qtbot: QtBot) -> None:
    spinner = Spinner()
    qtbot.addWidget(spinner)
    assert not spinner.turning
    with qtbot.waitExposed(spinner):
        spinner.show()
    assert spinner.turning
    before = spinner.grab().toImage()
    qtbot.waitUntil(lambda: spinner.grab().toImage() != before)
    spinner.hide()
    assert not spinner.turning
