from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from visio_desktop.ui import motion
from visio_desktop.ui.choices import Choices


def test_it_is_reduced_by_choice(qtbot: QtBot) -> None:
    assert not motion.is_reduced(Choices())
    assert motion.is_reduced(Choices(get=lambda key: key == "reduce_motion"))


def test_it_is_reduced_where_the_system_asks_for_it(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    asks = SimpleNamespace(motionPreference=lambda: Qt.MotionPreference.ReducedMotion)
    monkeypatch.setattr(QGuiApplication, "styleHints", lambda: SimpleNamespace(accessibility=lambda: asks))
    assert motion.is_reduced(Choices())
