from __future__ import annotations

from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from visio_desktop.ui.widgets.tile_tools import TileTools, fill_menu, pin_text
from visio_desktop.ui.widgets.video_tile import TileLook

SHARE = TileLook(name="Amina's screen", may_pin=True, may_open=True, cover=False)
PERSON = TileLook(name="Amina", may_pin=True, may_open=True)
ME = TileLook(name="Odile", may_pin=True)


def offered(tools: TileTools) -> list[bool]:
    return [not button.isHidden() for button in (tools.pin, tools.window_button, tools.full)]


def test_each_tile_offers_what_can_be_done_with_it_by_button_and_by_menu(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    tools, menu = TileTools(parent), QMenu(parent)
    for look, count in ((SHARE, 3), (PERSON, 2), (ME, 1)):
        tools.show_look(look, 320)
        assert sum(offered(tools)) == count
        assert tools.width() <= 320
        menu.clear()
        fill_menu(menu, look, tools)
        assert len(menu.actions()) == count
        assert all(look.name in action.text() for action in menu.actions())


def test_a_name_is_no_markup(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    tools = TileTools(parent)
    tools.show_look(TileLook(name="<img src='file:///x'>", may_pin=True, may_open=True), 320)
    assert not any("<" in button.toolTip() for button in (tools.pin, tools.window_button, tools.full))


def test_menu_and_buttons_ask_for_the_same(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    tools, menu = TileTools(parent), QMenu(parent)
    tools.show_look(SHARE, 320)
    fill_menu(menu, SHARE, tools)
    signals = (tools.pin_asked, tools.window_asked, tools.full_asked)
    for signal, button, action in zip(
        signals, (tools.pin, tools.window_button, tools.full), menu.actions(), strict=True
    ):
        with qtbot.waitSignal(signal):
            button.click()
        with qtbot.waitSignal(signal):
            action.trigger()


def test_what_is_pinned_can_be_unpinned() -> None:
    assert pin_text(PERSON) != pin_text(TileLook(name="Amina", pinned=True))


def test_a_small_tile_has_the_pin_only(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    tools = TileTools(parent)
    tools.show_look(SHARE, 96)
    assert offered(tools) == [True, False, False]
    assert tools.width() <= 96


def test_signs_can_be_followed_and_left_from_the_menu(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    tools, menu = TileTools(parent), QMenu(parent)
    for signing, text in (
        (False, "Follow the sign language of Amina"),
        (True, "Stop following the sign language of Amina"),
    ):
        menu.clear()
        fill_menu(menu, TileLook(name="Amina", signing=signing), tools)
        (action,) = menu.actions()
        assert action.text() == text
        with qtbot.waitSignal(tools.signing_asked):
            action.trigger()


def test_how_loud_somebody_is_is_asked_for_in_the_menu(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    tools, menu = TileTools(parent), QMenu(parent)
    fill_menu(menu, TileLook(name="Amina", may_turn=True), tools)
    (entry,) = menu.actions()
    assert entry.text() == "Volume of Amina"
    with qtbot.waitSignal(tools.volume_asked):
        entry.trigger()
