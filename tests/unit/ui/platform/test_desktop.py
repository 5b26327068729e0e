from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine
from tests.helpers.fake_meeting import crowd
from visio_desktop.engine.loop import LoopThread
from visio_desktop.meeting.intents import AskServer, GoHome, HoldToTalk, OpenLink, SetSourceOn
from visio_desktop.meeting.requests import Admit
from visio_desktop.meeting.rooms import Knock, Room
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Source
from visio_desktop.settings.schema import SCHEMA, Value
from visio_desktop.system import desktop_entry
from visio_desktop.system.instance import Call, meet
from visio_desktop.system.notifications import Note, Notifier, Pressed
from visio_desktop.system.shortcuts import Grabbed, Shortcuts, Way, Wish
from visio_desktop.system.tasks import Tasks
from visio_desktop.system.texts import tr
from visio_desktop.ui.pages.room import RoomPage
from visio_desktop.ui.platform import desktop as module
from visio_desktop.ui.platform.desktop import Desktop, DesktopSetup
from visio_desktop.ui.platform.tray import Tray
from visio_desktop.ui.window import MainWindow, WindowSetup


class Around:
    """A window with its desktop, the bus left out."""

    def __init__(self, thread: LoopThread, qtbot: QtBot) -> None:
        self.thread = thread
        self.tasks = Tasks("test")
        self.values: dict[str, Value] = {}
        self.shown: list[Note] = []
        self.shows = True
        self.withdrawn: list[str] = []
        self.engine = FakeEngine()
        self.window = MainWindow(self.engine, WindowSetup(stays=self.stay))
        qtbot.addWidget(self.window)
        self.desktop = self.make()

    def make(self, **changes: object) -> Desktop:
        setup = DesktopSetup(self.alongside, self.get, self.choose)
        return Desktop(replace(setup, **changes), self.window, self.engine.post)  # type: ignore[arg-type] # as replace

    def stay(self) -> bool:
        return self.desktop.stay()

    def alongside(self, name: str, work: Callable[[], Coroutine[object, object, None]]) -> None:
        self.thread.call(lambda: self.tasks.start(work(), name=name))

    def close(self) -> None:
        self.desktop.end()
        self.thread.run(self.tasks.close()).result(5)

    def get(self, key: str) -> Value:
        return self.values.get(key, SCHEMA[key].default)

    def choose(self, key: str, text: str) -> None:
        self.values[key] = SCHEMA[key].parse(text)


@pytest.fixture
def around(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Around]:
    thread = LoopThread("test")
    thread.start()
    kept = Around(thread, qtbot)

    async def show(_: Notifier, note: Note) -> bool:
        kept.shown.append(note)
        return kept.shows

    async def withdraw(_: Notifier, key: str) -> None:
        kept.withdrawn.append(key)

    monkeypatch.setattr(Notifier, "show", show)
    monkeypatch.setattr(Notifier, "withdraw", withdraw)
    quits = QApplication.quitOnLastWindowClosed()
    yield kept
    kept.close()
    thread.stop()
    QApplication.setQuitOnLastWindowClosed(quits)


ROOM = Meeting(page=Page.ROOM)
KNOCKED = replace(ROOM, room=Room(waiting=(Knock("7", "Ada"),)))


def test_notices_come_while_another_program_is_in_front(around: Around, qtbot: QtBot) -> None:
    around.desktop.begin()
    around.desktop.take_in(ROOM)
    around.desktop.take_in(KNOCKED)
    qtbot.waitUntil(lambda: len(around.shown) == 1)
    assert around.shown[0].key == "lobby"
    around.desktop._pressed.emit(Pressed("lobby", "admit:7"))
    qtbot.waitUntil(lambda: around.engine.intents == [AskServer(Admit("7", allowed=True))])
    around.desktop._pressed.emit(Pressed("lobby", "admit:8"))
    qtbot.waitUntil(around.window.isVisible)
    assert len(around.engine.intents) == 1, "who no longer waits is let in by nobody"


def test_where_nobody_shows_notices_the_tray_does(
    around: Around, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(Tray, "is_there", property(lambda _: True))
    monkeypatch.setattr(Tray, "tell", lambda _, title, body: told.append((title, body)))
    around.shows = False
    around.desktop.begin()
    around.desktop.take_in(ROOM)
    around.desktop.take_in(KNOCKED)
    qtbot.waitUntil(lambda: told == [(tr("desktop.knock", name="Ada"), "")])


def test_nothing_comes_while_we_are_in_front_or_where_it_is_not_wanted(
    around: Around, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    around.desktop.begin()
    around.desktop.take_in(ROOM)
    monkeypatch.setattr(module, "_is_in_front", lambda: True)
    around.desktop.take_in(KNOCKED)
    monkeypatch.setattr(module, "_is_in_front", lambda: False)
    around.values["notifications"] = False
    around.desktop.take_in(ROOM)
    around.desktop.take_in(KNOCKED)
    around.values["notifications"] = True
    around.desktop.take_in(ROOM)
    qtbot.waitUntil(lambda: around.withdrawn == ["lobby"])
    assert around.shown == []


def test_system_wide_keys_mute_and_talk_in_a_meeting_only(around: Around, qtbot: QtBot) -> None:
    around.desktop.begin()
    around.desktop._keyed.emit("mute", True)
    around.desktop._keyed.emit("talk", True)
    qtbot.wait(10)
    assert around.engine.intents == []
    around.desktop.take_in(ROOM)
    for name, down in (("mute", True), ("mute", False), ("talk", True), ("talk", False)):
        around.desktop._keyed.emit(name, down)
    wanted = [SetSourceOn(Source.MICROPHONE, on=True), HoldToTalk(held=True), HoldToTalk(held=False)]
    qtbot.waitUntil(lambda: around.engine.intents == wanted)
    around.desktop._keyed.emit("share", True)
    QCoreApplication.processEvents()
    around.desktop.take_in(replace(ROOM, screen_on=True))
    for down in (True, False):
        around.desktop._keyed.emit("share", down)
    # Where nothing is shared it does nothing: it stops, and never begins.
    wanted.append(SetSourceOn(Source.SCREEN, on=False))
    qtbot.waitUntil(lambda: around.engine.intents == wanted)


def test_keys_are_asked_for_on_wish_and_what_came_of_it_is_told(
    around: Around, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, str]] = []

    async def use(_: Shortcuts, wanted: dict[str, Wish]) -> Grabbed:
        asked.append({name: wish.keys.text for name, wish in wanted.items()})
        return Grabbed(Way.TAKEN, "Ctrl+Alt+M") if wanted else Grabbed(Way.NONE)

    monkeypatch.setattr(Shortcuts, "use", use)
    around.desktop.begin()
    assert around.desktop.choices.why("global_shortcuts") == ""
    around.desktop.choices.choose("global_shortcuts", "true")
    told = tr("desktop.keys_taken", keys="Ctrl+Alt+M")
    qtbot.waitUntil(lambda: around.desktop.choices.why("global_shortcuts") == told)
    around.desktop.choices.choose("shortcut_talk", "")
    around.desktop.choices.choose("global_shortcuts", "false")
    qtbot.waitUntil(lambda: len(asked) == 3)
    share = {"share": "Ctrl+Alt+X"}
    assert asked == [{"mute": "Ctrl+Alt+M", "talk": "Ctrl+Alt+Space"} | share, {"mute": "Ctrl+Alt+M"} | share, {}]


def test_a_second_start_is_answered(around: Around, qtbot: QtBot, tmp_path: Path) -> None:
    first = meet(tmp_path, "display", Call())
    around.desktop = around.make(instance=first)
    around.desktop.begin()
    around.thread.run(asyncio.to_thread(meet, tmp_path, "display", Call("practice:")))
    qtbot.waitUntil(lambda: OpenLink("practice:", from_outside=True) in around.engine.intents)
    around.close()
    assert first is not None
    first.release()


@pytest.mark.parametrize("background", [True, False])
def test_closing_the_window_hides_it_only_on_wish_and_with_a_tray(
    around: Around, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, background: bool
) -> None:
    monkeypatch.setattr(Tray, "is_there", property(lambda _: True))
    around.values["background"] = background
    around.desktop.begin()
    around.window.show()
    around.desktop.take_in(ROOM)
    around.window.show_meeting(ROOM)
    closing: list[bool] = []
    around.window.closing.connect(lambda: closing.append(True))
    around.window.close()
    assert not around.window.isVisible()
    assert closing == ([] if background else [True]), "hidden, the meeting goes on"
    assert QApplication.quitOnLastWindowClosed() != background
    if background:
        qtbot.waitUntil(lambda: [note.key for note in around.shown] == ["hidden"])
        around.desktop.quit()
        assert closing == [True]


def test_hidden_in_a_meeting_the_small_window_stays(around: Around, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tray, "is_there", property(lambda _: True))
    around.values["background"] = True
    around.desktop.begin()
    around.window.show()
    around.window.show_meeting(crowd(2))
    around.desktop.take_in(crowd(2))
    around.window.close()
    page = around.window.page
    assert isinstance(page, RoomPage)
    assert page.beside.small is not None
    around.desktop.quit()
    page.let_go()


def test_what_was_only_looked_at_is_let_go_when_the_window_is_hidden(
    around: Around, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tray, "is_there", property(lambda _: True))
    around.values["background"] = True
    around.desktop.begin()
    around.window.show()
    around.window.show_settings()
    around.desktop.take_in(Meeting(page=Page.PREJOIN, camera_on=True))
    around.window.close()
    assert GoHome() in around.engine.intents, "the camera is closed"
    assert around.window.dialog is None
    assert around.shown == [], "there is nothing to tell"


def test_without_a_tray_nothing_is_lost(around: Around, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tray, "is_there", property(lambda _: False))
    around.desktop = around.make(hidden=True)
    around.desktop.begin()
    assert around.window.isMinimized(), "there is no other way to it"
    assert not around.desktop.stay()


def test_autostart_is_written_on_wish(
    around: Around, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    around.desktop.begin()
    around.desktop.choices.choose("autostart", "true")
    qtbot.waitUntil((tmp_path / "autostart" / desktop_entry.NAME).exists)
    around.desktop.choices.choose("autostart", "false")
    qtbot.waitUntil(lambda: not (tmp_path / "autostart" / desktop_entry.NAME).exists())


def test_a_kiosk_has_no_tray_shows_no_notices_and_opens_no_links_from_outside(
    around: Around, qtbot: QtBot, tmp_path: Path
) -> None:
    call = Call("https://meet.example.org/abc", "")
    first = meet(tmp_path, "place", call)
    assert first is not None
    around.values["kiosk"] = True
    around.desktop = around.make(instance=first)
    around.desktop.begin()
    second = around.thread.run(asyncio.to_thread(meet, tmp_path, "place", call)).result(30)
    assert second is None, "it is told that the program is open"
    around.desktop.take_in(ROOM)
    around.desktop.take_in(KNOCKED)
    assert around.desktop.tray is None
    assert around.shown == []
    assert around.engine.intents == []
    around.close()
    first.release()
