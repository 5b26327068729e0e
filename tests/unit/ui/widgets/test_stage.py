from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import FakePictures, crowd, meeting_of, person
from visio_desktop.engine import OWN_CAMERA
from visio_desktop.meeting.values import Publication, Source
from visio_desktop.ui.widgets.stage import Stage
from visio_desktop.ui.widgets.video_surface import WakeUp


class Theatre:
    """A stage that is shown, with its pictures and what it told."""

    def __init__(self, qtbot: QtBot) -> None:
        self.pictures = FakePictures()
        self.first: list[bool] = []
        self.stage = Stage(self.pictures, WakeUp(), lambda: self.first.append(True))
        qtbot.addWidget(self.stage)
        self.stage.resize(1232, 696)
        with qtbot.waitExposed(self.stage):
            self.stage.show()

    def visible(self) -> list[str]:
        return [key for key, tile in self.stage.tiles().items() if tile.isVisible()]


@pytest.fixture
def theatre(qtbot: QtBot) -> Iterator[Theatre]:
    made = Theatre(qtbot)
    yield made
    made.stage.let_go()


def test_everybody_is_attached_and_arranged(theatre: Theatre) -> None:
    theatre.stage.show_meeting(crowd(4))
    assert set(theatre.pictures.sinks) == {OWN_CAMERA, "p1:camera", "p2:camera", "p3:camera"}
    boxes = {(t.x(), t.y(), t.width(), t.height()) for t in theatre.stage.tiles().values()}
    assert boxes == {(0, 0, 604, 336), (628, 0, 604, 336), (0, 360, 604, 336), (628, 360, 604, 336)}


def test_who_leaves_is_detached_and_the_others_keep_their_tiles(theatre: Theatre) -> None:
    theatre.stage.show_meeting(crowd(3))
    kept = theatre.stage.tiles()["p1"]
    theatre.stage.show_meeting(meeting_of(person(0), person(1)))
    assert set(theatre.pictures.sinks) == {OWN_CAMERA, "p1:camera"}
    assert theatre.stage.tiles()["p1"] is kept


def test_a_camera_published_anew_is_attached_anew(theatre: Theatre) -> None:
    theatre.stage.show_meeting(crowd(2))
    meeting = crowd(2)
    other = replace(meeting.participants[1], publications=(Publication("new", "p1", Source.CAMERA),))
    theatre.stage.show_meeting(replace(meeting, participants=(meeting.participants[0], other)))
    assert set(theatre.pictures.sinks) == {OWN_CAMERA, "new"}


def test_what_is_pinned_is_large(theatre: Theatre) -> None:
    theatre.stage.show_meeting(replace(crowd(4), pinned="p2:camera"))
    tiles = theatre.stage.tiles()
    assert tiles["p2"].width() > 3 * tiles["p1"].width()
    assert len(theatre.visible()) == 4


def test_asking_to_pin_names_the_publication_and_asking_again_unpins(theatre: Theatre, qtbot: QtBot) -> None:
    theatre.stage.show_meeting(crowd(2))
    with qtbot.waitSignal(theatre.stage.pin_asked) as asked:
        theatre.stage.tiles()["p1"].pin_asked.emit()
    assert asked.args == ["p1:camera"]
    theatre.stage.show_meeting(replace(crowd(2), pinned="p1:camera"))
    with qtbot.waitSignal(theatre.stage.pin_asked) as asked:
        theatre.stage.tiles()["p1"].pin_asked.emit()
    assert asked.args == [None]


def test_a_crowd_is_shown_in_pages_and_hidden_tiles_want_nothing(theatre: Theatre) -> None:
    theatre.stage.show_meeting(crowd(40))
    first = theatre.visible()
    assert 9 <= len(first) < 40
    wanting = [key for key, tile in theatre.stage.tiles().items() if tile.mailbox.target() is not None]
    assert wanting == first
    theatre.stage._turn(1)
    assert not set(theatre.visible()) & set(first)


def test_only_somebody_elses_first_picture_counts(theatre: Theatre, qtbot: QtBot) -> None:
    theatre.stage.show_meeting(meeting_of(person(0)))
    theatre.pictures.put_all(0)
    tiles = theatre.stage.tiles()
    qtbot.waitUntil(lambda: tiles["p0"].mailbox.meter.frames_painted == 1)
    assert theatre.first == []
    theatre.stage.show_meeting(crowd(2))
    theatre.pictures.put_all(1)
    qtbot.waitUntil(lambda: theatre.first == [True])


def test_pictures_flow_into_nine_tiles_from_another_thread(theatre: Theatre, qtbot: QtBot) -> None:
    theatre.stage.show_meeting(crowd(9))
    theatre.pictures.start()
    try:
        tiles = theatre.stage.tiles().values()
        qtbot.waitUntil(lambda: all(t.mailbox.meter.frames_painted >= 5 for t in tiles), timeout=10_000)
    finally:
        theatre.pictures.stop()


SCREENS = tuple(Publication(f"screen{n}", f"p{n}", Source.SCREEN) for n in range(3))
SHARING = meeting_of(*(replace(person(n), publications=(*person(n).publications, SCREENS[n])) for n in range(3)))


def test_the_first_share_of_another_is_large_the_second_one_click_away_and_the_own_is_not_shown(
    theatre: Theatre, qtbot: QtBot
) -> None:
    theatre.stage.show_meeting(SHARING)
    tiles = theatre.stage.tiles()
    assert "p0/screen0" not in tiles
    assert theatre.stage.large_share() is tiles["p1/screen1"]
    with qtbot.waitSignal(theatre.stage.pin_asked) as asked:
        QTest.mouseClick(tiles["p2/screen2"], Qt.MouseButton.LeftButton)
    assert asked.args == ["screen2"]
    theatre.stage.show_meeting(replace(SHARING, pinned="screen2"))
    assert theatre.stage.large_share() is tiles["p2/screen2"]


def test_a_tile_that_is_away_is_not_large_here(theatre: Theatre, qtbot: QtBot) -> None:
    theatre.stage.show_meeting(SHARING)
    with qtbot.waitSignal(theatre.stage.window_asked) as asked:
        theatre.stage.tiles()["p1/screen1"].full_asked.emit()
    assert asked.args == ["p1/screen1", True]
    theatre.stage.set_away(frozenset({"p1/screen1"}))
    assert theatre.stage.large_share() is theatre.stage.tiles()["p2/screen2"]
    assert "p1/screen1" in theatre.visible()
    theatre.stage.set_away(frozenset({"p1/screen1", "p2/screen2"}))
    assert theatre.stage.large_share() is None
    theatre.stage.set_away(frozenset())
    assert theatre.stage.large_share() is theatre.stage.tiles()["p1/screen1"]


def test_the_foot_of_who_is_seen_is_known(theatre: Theatre) -> None:
    theatre.stage.show_meeting(crowd(40))
    tile = theatre.stage.tiles()["p1"]
    foot = theatre.stage.foot_of("p1")
    assert foot is not None
    assert tile.geometry().contains(foot)
    assert theatre.stage.foot_of("p39") is None
    assert theatre.stage.foot_of("nobody") is None


def test_signs_are_followed_and_left_by_the_same_wish(theatre: Theatre, qtbot: QtBot) -> None:
    theatre.stage.show_meeting(crowd(3))
    with qtbot.waitSignal(theatre.stage.signing_asked) as asked:
        theatre.stage.tiles()["p2"].signing_asked.emit()
    assert asked.args == ["p2"]
    theatre.stage.show_meeting(replace(crowd(3), signing="p2"))
    with qtbot.waitSignal(theatre.stage.signing_asked) as asked:
        theatre.stage.tiles()["p2"].signing_asked.emit()
    assert asked.args == [None]
