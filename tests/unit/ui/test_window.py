from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.exceptions import TimeoutError as QtTimeoutError
from pytestqt.qtbot import QtBot

from tests.helpers.account_views import IN, URL, account_views, home_with
from tests.helpers.fake_engine import RECENTS, FakeEngine, opened, ready
from tests.helpers.fitting import cut_texts, nameless, out_of_tab_order, outside, overlaps, too_small
from tests.helpers.people_views import led
from tests.helpers.windows import click, press, shown_window, type_into
from visio_desktop.engine import OWN_CAMERA
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.errands import Refresh
from visio_desktop.meeting.hops import Check
from visio_desktop.meeting.intents import (
    AskServer,
    ChooseScreen,
    GoHome,
    Join,
    Leave,
    OpenLink,
    SetName,
    SetSourceOn,
)
from visio_desktop.meeting.requests import StartRecording
from visio_desktop.meeting.rooms import RecordingKind, Room
from visio_desktop.meeting.state import DeviceState, Ending, Meeting, Page
from visio_desktop.meeting.values import CHOSEN_BY_DESKTOP, Participant, Problem, ProblemCode, Source, Toast
from visio_desktop.settings.policies import Found, given, resolve
from visio_desktop.settings.schema import SCHEMA
from visio_desktop.system.texts import set_language, tr
from visio_desktop.ui import window as window_module
from visio_desktop.ui.choices import DesktopChoices, NetworkChoices
from visio_desktop.ui.dialogs.about import AboutDialog
from visio_desktop.ui.dialogs.check import CheckDialog
from visio_desktop.ui.dialogs.comfort import ComfortDialog
from visio_desktop.ui.dialogs.connections import ConnectionsDialog
from visio_desktop.ui.dialogs.desktop import DesktopDialog
from visio_desktop.ui.dialogs.further import FurtherDialog
from visio_desktop.ui.dialogs.network import NetworkDialog
from visio_desktop.ui.dialogs.policies import PoliciesDialog
from visio_desktop.ui.dialogs.record import RecordDialog
from visio_desktop.ui.dialogs.rooms import RoomsDialog
from visio_desktop.ui.dialogs.screens import ScreensDialog
from visio_desktop.ui.dialogs.settings import SettingsDialog
from visio_desktop.ui.dialogs.statistics import StatisticsDialog
from visio_desktop.ui.pages.home import HomePage
from visio_desktop.ui.pages.joining import JoiningPage
from visio_desktop.ui.pages.prejoin import PrejoinPage
from visio_desktop.ui.pages.room import RoomPage
from visio_desktop.ui.window import MainWindow, WindowSetup, window_title
from visio_desktop.ui.windows.sharing import Sharing

BUSY = DeviceState(problem=Problem(ProblemCode.CAMERA_BUSY))
STATES = {
    "home": ready(),
    "home_problem": ready(link_problem=Problem(ProblemCode.LINK_UNKNOWN_KIND, "meet.example.org")),
    "prejoin": ready(page=Page.PREJOIN, link=RECENTS[0]),
    "prejoin_problem": ready(page=Page.PREJOIN, link=RECENTS[0], camera_on=False, microphone_on=False, camera=BUSY),
    "joining": ready(page=Page.JOINING, link=RECENTS[0]),
    "failed": ready(page=Page.FAILED, link=RECENTS[0], problem=Problem(ProblemCode.TLS_UNTRUSTED, "meet.example.org")),
    "ended": ready(page=Page.ENDED, link=RECENTS[0], ending=Ending.LEFT),
    "in_lobby": ready(page=Page.JOINING, link=RECENTS[0], camera=opened("Webcam"), in_lobby=True),
    "not_let_in": ready(page=Page.FAILED, problem=Problem(ProblemCode.ENTRY_TIMED_OUT, "meet.example.org")),
    "elsewhere": ready(page=Page.ENDED, ending=Ending.ELSEWHERE, problem=Problem(ProblemCode.DUPLICATE_IDENTITY)),
    "alone": ready(page=Page.ENDED, ending=Ending.ALONE),
    "dropped": ready(page=Page.ENDED, ending=Ending.DROPPED, problem=Problem(ProblemCode.CONNECTION_LOST)),
    **account_views(),
}


def misplaced(page: QWidget) -> list[str]:
    """What is cut, covered or out of sight."""
    return [*cut_texts(page), *overlaps(page), *outside(page)]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("state", STATES, ids=str)
def test_everything_fits_can_be_reached_and_named(qtbot: QtBot, state: str, language: str) -> None:
    set_language(language)
    try:
        with shown_window(qtbot, FakeEngine(STATES[state])) as window:
            for size in ((640, 480), (800, 600), (1280, 800), (3840, 2160)):
                window.resize(*size)
                qtbot.waitUntil(lambda size=size: (window.width(), window.height()) == size)  # type: ignore[misc] # bound
                qtbot.wait(20)
                page = window.page
                with suppress(QtTimeoutError):  # laying out takes several rounds, and those their time
                    qtbot.waitUntil(lambda page=page: not misplaced(page))  # type: ignore[misc] # as above
                assert page.width() == size[0]
                assert not misplaced(page), (size, misplaced(page))
                assert not nameless(page)
                assert not too_small(page)
                assert not out_of_tab_order(page)
    finally:
        set_language("en")


@pytest.mark.parametrize("page", [Page.JOINING, Page.HOME])
def test_who_joins_at_once_sees_that_first_whatever_comes_of_it(qtbot: QtBot, page: Page) -> None:
    engine = FakeEngine(ready(page=page))
    window = MainWindow(engine, WindowSetup(first=Page.JOINING))
    qtbot.addWidget(window)
    first = window.page
    assert isinstance(first, JoiningPage)
    with qtbot.waitExposed(window):
        window.show()
    window.show_meeting(engine.meeting)
    assert isinstance(window.page, JoiningPage if page is Page.JOINING else HomePage)
    if page is Page.JOINING:
        assert window.page is first
        qtbot.waitUntil(first.cancel.hasFocus)


def test_devices_are_listed_in_a_meeting_that_was_joined_at_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_module, "DEVICES_AFTER_MS", 1)
    engine = FakeEngine(ready(devices=()))
    with shown_window(qtbot, engine):
        assert engine.listed == 0
        engine.show(page=Page.ROOM)
        qtbot.waitUntil(lambda: engine.listed == 1)


def test_a_link_is_typed_a_name_given_and_join_pressed(qtbot: QtBot) -> None:
    engine = FakeEngine(ready(name=""))
    with shown_window(qtbot, engine) as window:
        home = window.page
        assert isinstance(home, HomePage)
        type_into(home.field, "https://meet.example.org/abc-defg-hij")
        click(home.join)
        qtbot.waitUntil(lambda: isinstance(window.page, PrejoinPage))
        prejoin = window.page
        assert isinstance(prejoin, PrejoinPage)
        assert not prejoin.join.isEnabled()
        type_into(prejoin.name, "Odile")
        click(prejoin.join)
        qtbot.waitUntil(lambda: engine.meeting.page is Page.ROOM)
        asked = [OpenLink("https://meet.example.org/abc-defg-hij"), SetName("Odile"), Join()]
        assert engine.intents == asked
        assert engine.meeting.name == "Odile"
        qtbot.waitUntil(lambda: window.windowTitle() == "Weekly - Visio Desktop")


def test_closing_in_a_meeting_leaves_and_asks_nothing(qtbot: QtBot) -> None:
    engine = FakeEngine(ready(page=Page.JOINING, link=RECENTS[0]))
    with shown_window(qtbot, engine) as window:
        closing = []
        window.closing.connect(lambda: closing.append(engine.intents[:]))
        window.close()
        assert closing == [[]]
        assert engine.intents == [Leave()]
        assert not window.isVisible()


def test_the_place_on_the_screen_is_kept(qtbot: QtBot, tmp_path: Path) -> None:
    setup = WindowSetup(place_file=tmp_path / "window.ini")
    with shown_window(qtbot, FakeEngine(), setup) as window:
        window.resize(700, 500)
    with shown_window(qtbot, FakeEngine(), setup) as window:
        assert (window.width(), window.height()) == (700, 500)


def test_the_first_sight_is_told_once(qtbot: QtBot) -> None:
    shown: list[int] = []
    with shown_window(qtbot, FakeEngine(), WindowSetup(on_shown=lambda: shown.append(1))) as window:
        qtbot.waitUntil(lambda: bool(shown))
        window.repaint()
        qtbot.wait(20)
    assert shown == [1]


def test_another_language_holds_at_once_and_settings_stay_open(qtbot: QtBot) -> None:
    chosen: list[str] = []

    def choose(code: str) -> None:
        chosen.append(code)
        set_language(code)

    try:
        with shown_window(qtbot, FakeEngine(ready()), WindowSetup(choose_language=choose)) as window:
            window.show_settings()
            window._choose_language("fr")
            home = window.page
            assert isinstance(home, HomePage)
            assert home.join.text() == "Rejoindre une réunion"
            qtbot.waitUntil(lambda: window.dialog is not None and window.dialog.windowTitle() == "Paramètres")
            assert chosen == ["fr"]
    finally:
        set_language("en")


def test_the_statistics_open_from_the_room(qtbot: QtBot) -> None:
    with shown_window(qtbot, FakeEngine(ready(page=Page.ROOM))) as window:
        room = window.page
        assert isinstance(room, RoomPage)
        room.bar.statistics_asked.emit()
        assert isinstance(window.dialog, StatisticsDialog)
        click(window.dialog.connections)
        assert isinstance(window.dialog, ConnectionsDialog)


def test_the_connection_test_opens_beside_the_page_and_closes_with_it(qtbot: QtBot) -> None:
    prejoin = ready(page=Page.PREJOIN, link=RECENTS[0], check=Check(1))
    with shown_window(qtbot, FakeEngine(prejoin)) as window:
        window.show_meeting(prejoin)
        page = window.page
        assert isinstance(page, PrejoinPage)
        page.check.details.click()
        assert isinstance(window.dialog, CheckDialog)
        window.show_meeting(ready(page=Page.JOINING, link=RECENTS[0]))
        assert window.dialog is None


def test_rooms_open_from_home_and_are_asked_for(qtbot: QtBot) -> None:
    engine = FakeEngine(home_with(IN))
    with shown_window(qtbot, engine) as window:
        home = window.page
        assert isinstance(home, HomePage)
        home.servers.cards[URL].rooms.click()
        assert isinstance(window.dialog, RoomsDialog)
        assert engine.intents[-1] == Refresh(URL)
        dialog = window.dialog
        for found in (cut_texts(dialog), overlaps(dialog), nameless(dialog), too_small(dialog)):
            assert not found


def test_the_networks_settings_open_from_the_settings(qtbot: QtBot) -> None:
    with shown_window(qtbot, FakeEngine(ready())) as window:
        window.show_settings()
        assert isinstance(window.dialog, SettingsDialog)
        click(window.dialog.network)
        assert isinstance(window.dialog, NetworkDialog)
        click(window.dialog.connections)
        assert isinstance(window.dialog, ConnectionsDialog)


def test_further_settings_and_what_is_decided_open_from_the_settings(qtbot: QtBot) -> None:
    decided = resolve((Found((given("ChatLinks", False, "policies.json"),)),))
    setup = WindowSetup(network=NetworkChoices(policies=lambda: decided))
    with shown_window(qtbot, FakeEngine(replace(ready(), locked=frozenset({"name"}))), setup) as window:
        window.show_settings()
        assert isinstance(window.dialog, SettingsDialog)
        assert not window.dialog.name.isEnabled()
        assert window.dialog.language.isEnabled()
        click(window.dialog.further)
        assert isinstance(window.dialog, FurtherDialog)
        assert not window.dialog.controls["chat_links"].isEnabled()
        window.show_settings()
        assert isinstance(window.dialog, SettingsDialog)
        click(window.dialog.policies)
        assert isinstance(window.dialog, PoliciesDialog)
        assert "ChatLinks" in window.dialog.lines[0].text()


def test_this_computers_settings_open_from_the_settings_where_there_are_any(qtbot: QtBot) -> None:
    with shown_window(qtbot, FakeEngine(ready())) as window:
        window.show_settings()
        assert isinstance(window.dialog, SettingsDialog)
        assert not window.dialog.desktop.isVisible()
        window.show_desktop()
        assert isinstance(window.dialog, SettingsDialog), "there is nothing to choose"
    with shown_window(qtbot, FakeEngine(ready()), WindowSetup(desktop=DesktopChoices)) as window:
        window.show_settings()
        assert isinstance(window.dialog, SettingsDialog)
        click(window.dialog.desktop)
        assert isinstance(window.dialog, DesktopDialog)
        window.show_in_dialog()


def test_a_window_that_stays_is_hidden_and_nothing_is_left(qtbot: QtBot) -> None:
    engine = FakeEngine(ready(page=Page.ROOM))
    stays = [True]
    with shown_window(qtbot, engine, WindowSetup(stays=lambda: stays[0])) as window:
        closing: list[bool] = []
        window.closing.connect(lambda: closing.append(True))
        assert not window.close()
        assert closing == []
        stays[0] = False
        assert window.close()
        assert closing == [True]


def test_another_language_holds_at_once_in_the_room_and_pictures_go_on(qtbot: QtBot) -> None:
    me = Participant("me", "Odile", is_me=True)
    engine = FakeEngine(ready(page=Page.ROOM, participants=(me,), name="Odile"))
    try:
        with shown_window(qtbot, engine) as window:
            before = window.page
            qtbot.waitUntil(lambda: len(engine.sinks.get(OWN_CAMERA, [])) == 1)
            window._choose_language("fr")
            room = window.page
            assert isinstance(room, RoomPage)
            assert room is not before
            assert [tile.look.name for tile in room.stage.tiles().values()] == ["Odile (vous)"]
            assert engine.sinks[OWN_CAMERA] == [tile.mailbox for tile in room.stage.tiles().values()]
            assert engine.intents == []
    finally:
        set_language("en")


def test_dialogs_are_not_modal_and_close_on_escape(qtbot: QtBot) -> None:
    engine = FakeEngine(ready())
    with shown_window(qtbot, engine) as window:
        window.show_settings()
        window.show_shortcuts()
        dialog = window.dialog
        assert dialog is not None
        assert not dialog.isModal()
        assert engine.listed == 1
        press(dialog, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: window.dialog is None)
        engine.post(GoHome())


def test_the_title_names_the_meeting_only_while_in_it() -> None:
    assert window_title(Meeting()) == "Visio Desktop"
    assert window_title(Meeting(page=Page.ROOM, link=RECENTS[0])) == "abc-defg-hij - Visio Desktop"
    assert window_title(Meeting(page=Page.ROOM, link=RECENTS[0], title="Weekly")) == "Weekly - Visio Desktop"
    assert window_title(Meeting(page=Page.ENDED, link=RECENTS[0], title="Weekly")) == "Visio Desktop"


def test_a_request_to_record_is_one_press_and_one_question_away(qtbot: QtBot) -> None:
    asked = Toast(1, "recording_requested", (("name", "Amina Diallo"),))
    engine = FakeEngine(replace(led(), toasts=(asked,)))
    with shown_window(qtbot, engine) as window:
        button = next(b for b in window.page.findChildren(QPushButton) if b.text() == "Start recording")
        click(button)
        dialog = window.dialog
        assert isinstance(dialog, RecordDialog)
        assert not [i for i in engine.intents if isinstance(i, AskServer)]
        click(dialog.controls.ask.yes)
        assert engine.intents[-1] == AskServer(StartRecording(RecordingKind.SCREEN))


def test_recording_goes_by_the_menu_too(qtbot: QtBot) -> None:
    with shown_window(qtbot, FakeEngine(led())) as window:
        assert isinstance(window.page, RoomPage)
        window.page.bar.recording_asked.emit(None)
        assert isinstance(window.dialog, RecordDialog)
        assert window.dialog.controls.ask.isHidden()


def test_what_stood_in_a_window_of_its_own_does_so_in_another_language_too(qtbot: QtBot) -> None:
    with shown_window(qtbot, FakeEngine(led(3))) as window:
        window.show_meeting(led(3))
        assert isinstance(window.page, RoomPage)
        window.page.stage.tiles()["p1"].window_asked.emit()
        set_language("fr")
        try:
            window.renew()
            assert isinstance(window.page, RoomPage)
            (own,) = window.page.beside.extra.windows().values()
            assert own.isVisible()
        finally:
            set_language("en")
            window.page.let_go()


def test_how_subtitles_look_is_chosen_in_the_settings_and_seen_at_once(qtbot: QtBot) -> None:
    values = {key: declared.default for key, declared in SCHEMA.items()}
    choices = NetworkChoices(get=values.__getitem__, choose=values.__setitem__)
    meeting = replace(led(3), room=Room(captions_on=True))
    with shown_window(qtbot, FakeEngine(meeting), WindowSetup(network=choices)) as window:
        window.show_meeting(meeting)
        assert isinstance(window.page, RoomPage)
        before = window.page.captions.height()
        window.show_settings()
        assert isinstance(window.dialog, SettingsDialog)
        window.dialog.comfort.click()
        assert isinstance(window.dialog, ComfortDialog)
        size = window.dialog.lists["captions_size"]
        size.setCurrentIndex(size.findData("largest"))
        size.activated.emit(size.currentIndex())
        assert window.page.captions.height() > before


def test_the_room_is_ready_before_somebody_joins(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_module, "PREPARE_AFTER_MS", 0)
    with shown_window(qtbot, FakeEngine(STATES["prejoin"])) as window:
        qtbot.waitUntil(lambda: bool(window.findChildren(RoomPage)))
        (room,) = window.findChildren(RoomPage)
        assert not room.isVisible()
        window.show_meeting(replace(STATES["prejoin"], page=Page.ROOM))
        assert window.page is room
        assert room.isVisible()


def test_nothing_is_made_for_a_page_that_was_left(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_module, "PREPARE_AFTER_MS", 50)
    with shown_window(qtbot, FakeEngine(STATES["prejoin"])) as window:
        window.show_meeting(STATES["home"])
        qtbot.wait(100)
        assert not window.findChildren(RoomPage)


def test_a_share_is_told_beside_the_window_until_it_or_the_window_ends(qtbot: QtBot) -> None:
    room = replace(STATES["prejoin"], page=Page.ROOM, screen_on=True)
    engine = FakeEngine(room)
    with shown_window(qtbot, engine) as window:
        (sharing,) = window.findChildren(Sharing)
        sharing._is_possible = True
        engine.area = Area(10, 10, 300, 200)
        window.show_meeting(room)
        assert sharing.frame is not None
        assert sharing.frame.isVisible()
        assert sharing.bar is not None
        with qtbot.waitSignal(window.intent) as said:
            sharing.bar.card.stop.click()
        assert said.args == [SetSourceOn(Source.SCREEN, on=False)]
        qtbot.waitUntil(lambda: sharing.frame is None)
        window.show_meeting(room)
        old = sharing.bar
        window.renew()
        assert sharing.bar is not old
        assert sharing.bar is not None
        window.close()
        assert sharing.bar is None


def test_what_can_be_shared_is_looked_for_anew_for_whoever_comes_back(qtbot: QtBot) -> None:
    engine = FakeEngine(replace(STATES["prejoin"], page=Page.ROOM))
    with shown_window(qtbot, engine) as window:
        window.show_screens()
        assert isinstance(window.dialog, ScreensDialog)
        engine.show(screens=())
        window.dialog.looked_for.emit()
        assert engine.meeting.screens


def test_under_wayland_the_desktop_asks_and_nothing_of_ours(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    engine = FakeEngine(replace(STATES["prejoin"], page=Page.ROOM, screen_motion=True))
    with shown_window(qtbot, engine) as window:
        wanted: list[object] = []
        window.intent.connect(wanted.append)
        window.show_screens()
        assert wanted == [
            ChooseScreen(CHOSEN_BY_DESKTOP, motion=True),
            SetSourceOn(Source.SCREEN, on=True),
        ]
        assert window.dialog is None


def test_what_the_program_is_opens_from_the_settings(qtbot: QtBot) -> None:
    with shown_window(qtbot, FakeEngine()) as window:
        window.show_settings()
        settings = window.dialog
        assert isinstance(settings, SettingsDialog)
        click(settings.about)
        assert isinstance(window.dialog, AboutDialog)
        assert window.dialog.update_line.text() == tr("about.update.nowhere")
