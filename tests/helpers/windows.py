"""The real window, on a fake engine or a real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine
from visio_desktop.engine.engine import Engine
from visio_desktop.ui.bridge import Bridge
from visio_desktop.ui.window import MainWindow, WindowSetup


def _wired(qtbot: QtBot, engine: FakeEngine | Engine, setup: WindowSetup | None) -> tuple[MainWindow, Bridge]:
    window = MainWindow(engine, setup if setup is not None else WindowSetup())
    bridge = Bridge(engine, window)
    bridge.changed.connect(window.show_meeting)
    window.intent.connect(engine.post)
    qtbot.addWidget(window)
    return window, bridge


def live_window(qtbot: QtBot, engine: Engine) -> MainWindow:
    """The window on a real engine, wired and shown."""
    window, bridge = _wired(qtbot, engine, None)
    window.show()
    bridge.start()
    return window


@contextmanager
def shown_window(qtbot: QtBot, engine: FakeEngine, setup: WindowSetup | None = None) -> Iterator[MainWindow]:
    """The window, wired to the engine and shown; closed again at the end."""
    window, bridge = _wired(qtbot, engine, setup)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(bridge.changed):
        bridge.start()
    yield window
    window.close()


def type_into(widget: QWidget, text: str) -> None:
    QTest.keyClicks(widget, text)


def press(widget: QWidget, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
