from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import FakePictures, crowd
from visio_desktop.meeting.intents import SetSourceOn
from visio_desktop.meeting.values import Source
from visio_desktop.ui.widgets.casting import cast_of
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.windows.extra import ExtraWindows

PARTS = cast_of(crowd(3))


@pytest.fixture
def said() -> list[object]:
    return []


@pytest.fixture
def extra(qtbot: QtBot, said: list[object]) -> Iterator[ExtraWindows]:
    wake_up = WakeUp()
    made = ExtraWindows(FakePictures(), wake_up, said.append)
    yield made
    made.close_all()
    wake_up.deleteLater()


def test_a_part_has_one_window_and_is_known_to_be_away(extra: ExtraWindows, qtbot: QtBot) -> None:
    with qtbot.waitSignal(extra.changed):
        extra.open(PARTS[1], full=False)
    first = extra.windows()["p1"]
    extra.open(PARTS[1], full=True)
    assert extra.windows() == {"p1": first}
    assert first.isFullScreen()
    assert extra.keys == {"p1"}
    with qtbot.waitSignal(extra.changed):
        first.close()
    assert extra.keys == frozenset()


def test_who_leaves_takes_the_window_along(extra: ExtraWindows) -> None:
    extra.open(PARTS[1], full=False)
    extra.open(PARTS[2], full=False)
    extra.show_parts(crowd(2), cast_of(crowd(2)))
    assert extra.keys == {"p1"}
    extra.close_all()
    assert extra.keys == frozenset()


def test_the_keys_of_the_room_hold_there_too(extra: ExtraWindows, qtbot: QtBot, said: list[object]) -> None:
    extra.open(PARTS[1], full=False)
    extra.show_parts(crowd(3), PARTS)
    window = extra.windows()["p1"]
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert said == [SetSourceOn(Source.MICROPHONE, on=False)]
