"""The window's dealings with the desktop around it, begun only when the window has been seen.

What waits, the message bus and the second start's socket, runs on the engine's loop; its news come here as signals.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from visio_desktop.meeting.intents import AskServer, GoHome, HoldToTalk, Intent, SetSourceOn
from visio_desktop.meeting.requests import Admit
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Source
from visio_desktop.settings.policies import NO_POLICIES, Policies
from visio_desktop.settings.schema import SCHEMA, Value
from visio_desktop.system import desktop_entry
from visio_desktop.system.instance import Instance
from visio_desktop.system.keys import parse_keys
from visio_desktop.system.log import get_logger
from visio_desktop.system.notifications import Note, Notifier, Pressed
from visio_desktop.system.shortcuts import Grabbed, Shortcuts, Way, Wish
from visio_desktop.system.texts import tr
from visio_desktop.ui import brand
from visio_desktop.ui.choices import DesktopChoices
from visio_desktop.ui.platform import notices
from visio_desktop.ui.platform.calls import Calls, bring_to_front
from visio_desktop.ui.platform.tray import Tray
from visio_desktop.ui.window import MainWindow

_KEYS: Final = {"mute": "shortcut_mute", "talk": "shortcut_talk", "share": "shortcut_share"}
_IN_MEETING: Final = (Page.JOINING, Page.ROOM)
_END_S: Final = 0.5
_log = get_logger(__name__)

type Alongside = Callable[[str, Callable[[], Coroutine[object, object, None]]], None]
"""Runs a coroutine on the engine's loop until it ends or the engine stops; from any thread."""


@dataclass(frozen=True, slots=True)
class DesktopSetup:
    """What the desktop's side is handed. `hidden`: begin without showing the window."""

    alongside: Alongside
    get: Callable[[str], Value] = lambda key: SCHEMA[key].default
    choose: Callable[[str, str], None] = lambda _key, _text: None
    policies: Callable[[], Policies] = lambda: NO_POLICIES
    instance: Instance | None = None
    hidden: bool = False


class Desktop(QObject):
    """One for a run of the window."""

    _called = Signal(object)
    _pressed = Signal(object)
    _keyed = Signal(str, bool)
    _grabbed = Signal(object)
    _unshown = Signal(object)

    def __init__(self, setup: DesktopSetup, window: MainWindow, post: Callable[[Intent], None]) -> None:
        super().__init__(window)
        self._setup = setup
        self._window = window
        self._post = post
        self._meeting = Meeting()
        self._going = False
        self._told_hidden = False
        self._way = Grabbed(Way.NONE)
        self._autostart_failed = False
        self.calls = Calls(window, post)
        self.tray: Tray | None = None
        self.choices = DesktopChoices(setup.get, self._choose, self._why, policies=setup.policies)
        self._notifier = Notifier(brand.product(), self._pressed.emit)
        self._shortcuts = Shortcuts(self._keyed.emit, os.environ, partial(secrets.token_hex, 8))
        queued = Qt.ConnectionType.QueuedConnection
        self._called.connect(self.calls.take, queued)
        self._pressed.connect(self._take_pressed, queued)
        self._keyed.connect(self._take_key, queued)
        self._grabbed.connect(self._take_grabbed, queued)
        self._unshown.connect(self._tell_in_tray, queued)

    def begin(self) -> None:
        """The window was seen, or is not to be."""
        if self._setup.get("kiosk") is True:
            self._answer_nobody()
            return
        self._make_tray()
        if self._setup.hidden and not self._tray_is_there():
            self._window.showMinimized()
        if self._setup.instance is not None:
            instance = self._setup.instance
            self._setup.alongside("instance", lambda: instance.serve(self._called.emit))
        if self._setup.get("global_shortcuts") is True:
            self._use_shortcuts()
        QApplication.instance().applicationStateChanged.connect(self._state_changed)  # type: ignore[union-attr]

    def _answer_nobody(self) -> None:
        """A kiosk has no tray, no shortcuts of its own and no links from outside: a second start ends, that is all."""
        if self._setup.instance is not None:
            instance = self._setup.instance
            self._setup.alongside("instance", lambda: instance.serve(lambda _call: None))

    def take_in(self, meeting: Meeting) -> None:
        """A snapshot came."""
        before, self._meeting = self._meeting, meeting
        self.calls.take_in(meeting)
        if self.tray is not None:
            self.tray.show_meeting(meeting, always=self._is_background())
            QApplication.setQuitOnLastWindowClosed(not self._may_stay())
        self._notify(before, meeting)

    def stay(self) -> bool:
        """The window is to close: whether it is hidden instead, as the program stays in the background."""
        if not self._may_stay():
            return False
        if self._window.dialog is not None:
            self._window.dialog.close()
        if self._meeting.page not in (*_IN_MEETING, Page.HOME):
            self._post(GoHome())  # nobody looks at the camera any more
        self._window.put_away()
        note = notices.hidden(self._meeting)
        if note is not None and not self._told_hidden:
            self._told_hidden = True
            self._show(note)
        return True

    def quit(self) -> None:
        """End the program, whatever the settings say of closing the window."""
        self._going = True
        QApplication.setQuitOnLastWindowClosed(True)
        self._window.close()
        QApplication.quit()

    def end(self) -> None:
        """The window is closed: give everything back."""
        self._going = True
        if self.tray is not None:
            self.tray.icon.hide()
        self._setup.alongside("shortcuts", self._shortcuts.close)
        self._take_notices_away()

    # ---- tray and background

    def _make_tray(self) -> None:
        self.tray = Tray(self)
        self.tray.intent.connect(self._post)
        self.tray.show_asked.connect(lambda: bring_to_front(self._window))
        self.tray.quit_asked.connect(self.quit)
        self.take_in(self._meeting)

    def _is_background(self) -> bool:
        return self._setup.hidden or self._setup.get("background") is True

    def _tray_is_there(self) -> bool:
        return self.tray is not None and self.tray.is_there

    def _may_stay(self) -> bool:
        return not self._going and self._is_background() and self._tray_is_there()

    # ---- notices

    def _notify(self, before: Meeting, after: Meeting) -> None:
        if self._setup.get("notifications") is not True or self._setup.get("kiosk") is True:
            return
        wanted = notices.changes(before, after, with_content=self._setup.get("notification_content") is True)
        for note in () if _is_in_front() else wanted.show:
            self._show(note)
        for key in wanted.withdraw:
            self._setup.alongside("notice", partial(self._notifier.withdraw, key))

    def _show(self, note: Note) -> None:
        async def show() -> None:
            if not await self._notifier.show(note):
                self._unshown.emit(note)

        self._setup.alongside("notice", show)

    def _tell_in_tray(self, note: Note) -> None:
        """Where there are no notices, the tray may have a place for a word."""
        if self.tray is not None and self._tray_is_there():
            self.tray.tell(note.title, note.body)

    def _take_notices_away(self) -> None:
        """The engine's loop ends soon; what is still shown is waited for, though not long."""
        gone = threading.Event()

        async def close() -> None:
            try:
                await self._notifier.close()
            finally:
                gone.set()

        self._setup.alongside("notices", close)
        if self._notifier.is_showing:
            gone.wait(_END_S)

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        """In front everything can be seen in the window itself."""
        if state is Qt.ApplicationState.ApplicationActive:
            for key in (notices.LOBBY, notices.CHAT, notices.OVER, notices.MATTERS, notices.HIDDEN):
                self._setup.alongside("notice", partial(self._notifier.withdraw, key))

    def _take_pressed(self, pressed: Pressed) -> None:
        word, _, waiting_id = pressed.action.partition(":")
        if word == notices.ADMIT and any(knock.id == waiting_id for knock in self._meeting.room.waiting):
            self._post(AskServer(Admit(waiting_id, allowed=True)))
        else:
            bring_to_front(self._window, pressed.activation)

    # ---- shortcuts

    def _use_shortcuts(self) -> None:
        wanted = {}
        if self._setup.get("global_shortcuts") is True:
            for name, key in _KEYS.items():
                keys = parse_keys(str(self._setup.get(key)))
                if keys is not None:
                    wanted[name] = Wish(tr(f"settings.{key}"), keys)

        async def use() -> None:
            self._grabbed.emit(await self._shortcuts.use(wanted))

        self._setup.alongside("shortcuts", use)

    def _take_grabbed(self, grabbed: Grabbed) -> None:
        self._way = grabbed
        self._window.show_in_dialog()

    def _take_key(self, name: str, down: bool) -> None:
        if self._meeting.page not in _IN_MEETING:
            return
        match name:
            case "talk":
                self._post(HoldToTalk(down))
            case "share" if down and self._meeting.screen_on:
                self._post(SetSourceOn(Source.SCREEN, on=False))
            case "mute" if down:
                self._post(SetSourceOn(Source.MICROPHONE, on=not self._meeting.microphone_on))

    # ---- settings

    def _choose(self, key: str, text: str) -> None:
        self._setup.choose(key, text)
        match key:
            case "autostart":
                threading.Thread(target=self._set_autostart, args=(text == "true",), name="autostart").start()
            case "background":
                self.take_in(self._meeting)
            case "global_shortcuts" | "shortcut_mute" | "shortcut_talk" | "shortcut_share":
                self._use_shortcuts()

    def _set_autostart(self, on: bool) -> None:
        try:
            desktop_entry.set_autostart(desktop_entry.places(os.environ), desktop_entry.own_command(), on=on)
        except OSError as error:
            _log.warning("autostart_not_written", error=str(error))

    def _why(self, key: str) -> str:
        """What is to be said beside a setting: why it does nothing here."""
        match key:
            case "autostart" if not desktop_entry.is_possible():
                return tr("desktop.no_autostart")
            case "background" if not QSystemTrayIcon.isSystemTrayAvailable():
                return tr("desktop.no_tray")
            case "global_shortcuts":
                return self._why_shortcuts()
            case _:
                return ""

    def _why_shortcuts(self) -> str:
        match self._way:
            case Grabbed(Way.TAKEN, keys):
                return tr("desktop.keys_taken", keys=keys)
            case Grabbed(Way.MISSING):
                return tr("desktop.no_shortcuts")
            case _:
                return ""


def _is_in_front() -> bool:
    return QApplication.activeWindow() is not None
