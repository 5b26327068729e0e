from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import FakePictures, crowd
from visio_desktop.meeting.values import Publication, Source
from visio_desktop.ui.widgets.casting import Part, cast_of
from visio_desktop.ui.widgets.share_tile import ShareTile
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.windows.tile_window import TileWindow

THREE = crowd(3)
SHARING = replace(THREE.participants[1], publications=(Publication("screen", "p1", Source.SCREEN),))
SHARE, *_ = cast_of(replace(THREE, participants=(THREE.participants[0], SHARING)))
PERSON = cast_of(THREE)[1]


class Shown:
    def __init__(self, qtbot: QtBot, part: Part) -> None:
        self.pictures = FakePictures()
        self.wake_up = WakeUp()
        self.window = TileWindow(self.pictures, self.wake_up, part)
        qtbot.addWidget(self.window)
        with qtbot.waitExposed(self.window):
            self.window.show()


@pytest.fixture
def share(qtbot: QtBot) -> Shown:
    return Shown(qtbot, SHARE)


def test_it_shows_its_pictures_until_it_is_closed(share: Shown, qtbot: QtBot) -> None:
    share.pictures.put_all(0)
    qtbot.waitUntil(lambda: share.window.tile.mailbox.meter.frames_painted == 1)
    assert SHARE.look.name in share.window.windowTitle()
    with qtbot.waitSignal(share.window.closed) as said:
        share.window.close()
    assert said.args == [SHARE.key]
    assert share.pictures.sinks == {}


def test_a_share_can_be_zoomed_in_it(share: Shown) -> None:
    assert isinstance(share.window.tile, ShareTile)
    QTest.keyClicks(share.window.tile, "+")
    assert not share.window.tile.zoom.is_whole


def test_f11_fills_the_screen_and_escape_leaves_it_before_it_closes(share: Shown) -> None:
    QTest.keyClick(share.window, Qt.Key.Key_F11)
    assert share.window.isFullScreen()
    QTest.keyClick(share.window, Qt.Key.Key_Escape)
    assert not share.window.isFullScreen()
    assert share.window.isVisible()
    QTest.keyClick(share.window, Qt.Key.Key_Escape)
    assert not share.window.isVisible()


def test_a_persons_new_camera_is_shown_in_place_of_the_old(qtbot: QtBot) -> None:
    shown = Shown(qtbot, PERSON)
    assert set(shown.pictures.sinks) == {"p1:camera"}
    shown.window.show_part(replace(PERSON, publication_id="new"))
    assert set(shown.pictures.sinks) == {"new"}
    QTest.mouseDClick(shown.window.tile, Qt.MouseButton.LeftButton)
    assert shown.window.isFullScreen()


def test_it_does_not_keep_the_program_running(share: Shown) -> None:
    assert not share.window.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)
