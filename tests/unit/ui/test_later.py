from __future__ import annotations

import threading
from concurrent.futures import Future

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from visio_desktop.ui.later import in_thread, when_done

LONG_MS = 30_000


def test_the_outcome_comes_to_the_windows_thread(qtbot: QtBot) -> None:
    parent, told = QObject(), list[tuple[int, int]]()
    future = in_thread(threading.get_ident, "test")
    when_done(future, parent, lambda where: told.append((where, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(told), timeout=LONG_MS)
    assert told[0][0] != told[0][1] == threading.get_ident()
    qtbot.waitUntil(lambda: not parent.children(), timeout=LONG_MS)  # nothing goes on looking


def test_what_is_gone_is_told_nothing(qtbot: QtBot) -> None:
    parent, other, future = QObject(), QObject(), Future[int]()
    told = list[str]()
    when_done(future, parent, lambda _: told.append("gone"))
    when_done(future, other, lambda _: told.append("there"))
    with qtbot.waitSignal(parent.destroyed, timeout=LONG_MS):
        parent.deleteLater()
    future.set_result(1)
    qtbot.waitUntil(lambda: "there" in told, timeout=LONG_MS)
    assert told == ["there"]
