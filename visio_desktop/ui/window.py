"""The main window: the page a snapshot asks for, the dialogs, and what is kept of its place on the screen."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPaintEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from visio_desktop.meeting.errands import Refresh
from visio_desktop.meeting.intents import Leave
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.meeting.sharing import by_desktop
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.system.texts import set_language, tr
from visio_desktop.system.wayland import is_wayland
from visio_desktop.ui import brand, marking
from visio_desktop.ui.bridge import EngineFace
from visio_desktop.ui.choices import NO_CHOICES, DesktopChoices, Helpdesk, NetworkChoices
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.pages.factory import AnyPage, PageMaker
from visio_desktop.ui.pages.light import LightPage
from visio_desktop.ui.widgets.one_way_line import said

if TYPE_CHECKING:
    from visio_desktop.ui.widgets.question_bar import QuestionBar
    from visio_desktop.ui.windows.sharing import Sharing

PUT_AWAY: Final = "away"
"""The property of a window that is hidden while a meeting may go on in it."""
SMALLEST_PX: Final = (640, 340)
"""What is left of 1280 by 720 where everything is twice as large."""
FIRST_PX: Final = (1280, 800)
DEVICES_AFTER_MS: Final = 2000
PREPARE_AFTER_MS: Final = 700
"""Where the way into a meeting does not go by the devices they are listed in it, once the first pictures are there."""
_IN_MEETING: Final = (Page.JOINING, Page.ROOM)


@dataclass(frozen=True, slots=True)
class WindowSetup:
    """What the window is handed: the choices it keeps, where its place is kept, and whom to tell of firsts.

    `first` is the page until there is a snapshot. `stays` is asked when the window is to close: True if it was hidden
    instead, and everything goes on. `fixed`: there are no settings here. `helpdesk`: what there
    is for those who help.
    """

    language: str = ""
    choose_language: Callable[[str], None] = lambda _code: None
    network: NetworkChoices = NO_CHOICES
    desktop: Callable[[], DesktopChoices | None] = lambda: None
    stays: Callable[[], bool] = lambda: False
    place_file: Path | None = None
    first: Page = Page.HOME
    fixed: bool = False
    helpdesk: Helpdesk | None = None
    on_shown: Callable[[], None] = lambda: None
    on_first_picture: Callable[[], None] = lambda: None


class MainWindow(QMainWindow):
    """Shows snapshots and emits intents; `closing` comes once, while the meeting still stands."""

    intent = Signal(object)
    closing = Signal()

    def __init__(self, engine: EngineFace, setup: WindowSetup) -> None:
        super().__init__()
        self._engine = engine
        self._setup = setup
        self._language = setup.language
        self._meeting = Meeting(page=setup.first)
        self._came = Page.HOME
        self._painted = False
        self._closed = False
        self._pages: dict[Page, AnyPage] = {}
        self._dialog: LightDialog | None = None
        self._sharing: Sharing | None = None
        self._stack = QStackedWidget()
        self.marking: marking.MarkingStrip | None = None
        self._crash_bar: QuestionBar | None = None
        self.setCentralWidget(self._middle())
        self.setMinimumSize(*SMALLEST_PX)
        self.resize(QSize(*FIRST_PX).boundedTo(self.screen().availableGeometry().size()))
        self._restore_place()
        self._maker = PageMaker(engine, setup.on_first_picture, self.intent.emit, setup.network)
        QShortcut(QKeySequence("Ctrl+,"), self).activated.connect(self.show_settings)
        QShortcut(QKeySequence("F1"), self).activated.connect(self.show_shortcuts)
        self._show_page(setup.first)
        self._take_focus()  # whoever has just started the program can paste a link at once

    @property
    def page(self) -> AnyPage:
        """The page in front."""
        return self._pages[self._meeting.page]

    @property
    def dialog(self) -> LightDialog | None:
        """The dialog that is open."""
        return self._dialog

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""
        self._meeting = meeting
        new = meeting.page is not self._came
        if new or meeting.page not in self._pages:
            self._came = meeting.page
            self._show_page(meeting.page)
        self.page.show_meeting(meeting)
        if new:
            self._page_came()
        self.show_in_dialog()
        self._show_sharing()
        self.setWindowTitle(window_title(meeting))

    def put_away(self) -> None:
        """Hide while everything goes on, and let what stands beside the window know that this is no end."""
        self.setProperty(PUT_AWAY, True)
        self.hide()

    def showEvent(self, event: QShowEvent) -> None:
        """Back, however it was brought back."""
        self.setProperty(PUT_AWAY, False)
        super().showEvent(event)

    def show_settings(self) -> None:
        """Open the settings beside the meeting."""
        if self._setup.fixed:
            return
        from visio_desktop.ui.dialogs.settings import SettingsDialog  # noqa: PLC0415 - the window shows sooner without

        dialog = SettingsDialog(self._engine, self._engine.microphone_level_db, self._language, self)
        dialog.intent.connect(self.intent)
        dialog.language_chosen.connect(self._choose_language)
        dialog.devices_asked.connect(self._engine.list_devices)
        dialog.network_asked.connect(self.show_network)
        dialog.comfort_asked.connect(self.show_comfort)
        dialog.desktop_asked.connect(self.show_desktop)
        dialog.further_asked.connect(self.show_further)
        dialog.policies_asked.connect(self.show_policies)
        dialog.sound_asked.connect(self.show_sound)
        dialog.support_asked.connect(self.show_support)
        dialog.support.setVisible(self._setup.helpdesk is not None)
        dialog.about_asked.connect(self.show_about)
        dialog.desktop.setVisible(self._setup.desktop() is not None)
        self._engine.list_devices()
        self._open(dialog)

    def show_network(self) -> None:
        """Open the settings of the network."""
        from visio_desktop.ui.dialogs.network import NetworkDialog  # noqa: PLC0415 - as above

        dialog = NetworkDialog(self._setup.network, self)
        dialog.connections_asked.connect(self.show_connections)
        self._open(dialog)

    def show_connections(self) -> None:
        """Open the list of whom this program talked to."""
        from visio_desktop.ui.dialogs.connections import ConnectionsDialog  # noqa: PLC0415 - as above

        self._open(ConnectionsDialog(self._setup.network.contacts, self))

    def show_sound(self) -> None:
        """Open the settings of sound."""
        from visio_desktop.ui.dialogs.sound import SoundDialog  # noqa: PLC0415 - as above

        dialog = SoundDialog(self._engine.microphone_level_db, self)
        dialog.intent.connect(self.intent)
        self._open(dialog)

    def show_desktop(self) -> None:
        """Open the settings of this computer."""
        from visio_desktop.ui.dialogs.desktop import DesktopDialog  # noqa: PLC0415 - as above

        choices = self._setup.desktop()
        if choices is not None:
            self._open(DesktopDialog(choices, self))

    def show_further(self) -> None:
        """Open the settings without a dialog of their own."""
        from visio_desktop.ui.dialogs.further import FurtherDialog  # noqa: PLC0415 - as above

        self._open(FurtherDialog(self._setup.network, self))

    def show_policies(self) -> None:
        """Open the list of what the organisation has decided."""
        from visio_desktop.ui.dialogs.policies import PoliciesDialog  # noqa: PLC0415 - as above

        self._open(PoliciesDialog(self._setup.network.policies(), self))

    def show_about(self) -> None:
        """Open what this program is and is made of."""
        from visio_desktop.system import notices  # noqa: PLC0415 - as above
        from visio_desktop.ui.dialogs.about import AboutDialog  # noqa: PLC0415 - as above

        self._open(AboutDialog(self._setup.network, self, path=notices.find()))

    def show_support(self) -> None:
        """Open what there is for those who help."""
        if self._setup.helpdesk is not None:
            from visio_desktop.ui.dialogs.support import SupportDialog  # noqa: PLC0415 - as above

            self._open(SupportDialog(self._setup.helpdesk.support(), self._meeting, self))

    def offer_report(self) -> None:
        """Say at home that the program ended unexpectedly, and offer what it left."""
        from visio_desktop.ui.widgets.question_bar import QuestionBar  # noqa: PLC0415 - seldom needed

        self._crash_bar = QuestionBar(tr("support.crashed"), tr("support.crash_save"), tr("support.crash_not_now"))
        self._crash_bar.answered.connect(self._crash_answered)
        self._lay_crash_bar()

    def show_comfort(self) -> None:
        """Open the settings of how a meeting looks and sounds."""
        from visio_desktop.ui.dialogs.comfort import ComfortDialog  # noqa: PLC0415 - as above

        dialog = ComfortDialog(self._setup.network, self)
        dialog.chosen.connect(lambda: self.page.show_meeting(self._meeting))
        self._open(dialog)

    def show_shortcuts(self) -> None:
        """Open the list of shortcuts."""
        from visio_desktop.ui.dialogs.shortcuts import ShortcutsDialog  # noqa: PLC0415 - as above

        self._open(ShortcutsDialog(self))

    def show_statistics(self) -> None:
        """Open the statistics of the meeting."""
        if self._setup.fixed:
            return
        from visio_desktop.ui.dialogs.statistics import StatisticsDialog  # noqa: PLC0415 - as above

        dialog = StatisticsDialog(self._engine, self)
        dialog.connections_asked.connect(self.show_connections)
        self._open(dialog)

    def show_recording(self, kind: RecordingKind | None = None) -> None:
        """Open what records; of a given kind ask at once whether to begin."""
        from visio_desktop.ui.dialogs.record import RecordDialog  # noqa: PLC0415 - as above

        dialog = RecordDialog(kind, self)
        dialog.intent.connect(self.intent)
        self._open(dialog)

    def show_rooms(self, url: str = "") -> None:
        """Open one's rooms and recordings at a server, at the first one without an address."""
        from visio_desktop.ui.dialogs.rooms import RoomsDialog  # noqa: PLC0415 - as above

        server = next((s for s in self._meeting.servers if url in {s.url, ""}), None)
        if server is not None:
            dialog = RoomsDialog(server, self)
            dialog.intent.connect(self.intent)
            self._open(dialog)
            dialog.intent.emit(Refresh(server.url))

    def show_screens(self) -> None:
        """Let the person choose what to share; under Wayland the desktop does, and nothing of ours before it."""
        if is_wayland(os.environ):
            self._engine.list_screens()  # the sound of other programs is looked for, too
            for wanted in by_desktop(self._meeting):
                self.intent.emit(wanted)
            return
        from visio_desktop.ui.dialogs.screens import ScreensDialog  # noqa: PLC0415 - as above

        dialog = ScreensDialog(self._engine, self)
        dialog.intent.connect(self.intent)
        dialog.looked_for.connect(self._engine.list_screens)
        self._engine.list_screens()
        self._open(dialog)

    def show_check(self) -> None:
        """Open the connection test."""
        from visio_desktop.ui.dialogs.check import CheckDialog  # noqa: PLC0415 - as above

        self._open(CheckDialog(self))

    def renew(self) -> None:
        """Make every page anew, the one in front at once: texts or colours are others now."""
        away, draft = frozenset[str](), ""
        offering, self._crash_bar = self._crash_bar is not None, None  # it goes with the page it is on
        for page in list(self._pages):
            widget = self._pages.pop(page)
            if not isinstance(widget, LightPage):
                away, draft = widget.away, widget.draft
                widget.let_go()
            self._stack.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._show_page(self._meeting.page)
        self.page.show_meeting(self._meeting)
        if not isinstance(self.page, LightPage):
            self.page.open_again(away, draft)
        if self._sharing is not None:
            self._sharing.close()
            self._show_sharing()
        if self.marking is not None:
            self.marking.say()
        if offering:
            self.offer_report()
        self.setWindowTitle(window_title(self._meeting))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell when the window is first seen."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._setup.on_shown)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Leave in order, asking nothing."""
        if not self._closed:
            self._keep_place()
            if self._setup.stays():
                event.ignore()
                return
            self._closed = True
            if self._sharing is not None:
                self._sharing.close()
            self.closing.emit()
            if self._meeting.page in _IN_MEETING:
                self.intent.emit(Leave())
        super().closeEvent(event)

    def _crash_answered(self, wanted: bool) -> None:
        bar, self._crash_bar = self._crash_bar, None
        if bar is not None:
            bar.hide()
            bar.deleteLater()
        if self._setup.helpdesk is not None:
            self._setup.helpdesk.crashes.answered()
        if wanted:
            self.show_support()

    def _lay_crash_bar(self) -> None:
        """On the first page, above all else: nobody is kept from what they came for."""
        home = self._pages.get(Page.HOME)
        if self._crash_bar is not None and isinstance(home, LightPage):
            home.put_on_top(self._crash_bar)

    def _show_page(self, page: Page) -> None:
        self._make_page(page)
        self._stack.setCurrentWidget(self._pages[page])

    def _make_page(self, page: Page) -> None:
        if page not in self._pages:
            made = self._maker.make(page)
            made.settings_asked.connect(self.show_settings)
            if self._setup.fixed:
                made.forgo_settings()
            if isinstance(made, LightPage):
                made.rooms_asked.connect(self.show_rooms)
                made.details_asked.connect(self.show_check)
            else:
                made.help_asked.connect(self.show_shortcuts)
                made.statistics_asked.connect(self.show_statistics)
                made.share_asked.connect(self.show_screens)
                made.recording_asked.connect(self.show_recording)
            self._pages[page] = made
            self._stack.addWidget(made)
            self._lay_crash_bar()

    def _prepare(self) -> None:
        """Make what comes next while the person looks at themselves: joining need not wait for it then."""
        if self._meeting.page is Page.PREJOIN and not self._closed:
            self._make_page(Page.JOINING)
            self._make_page(Page.ROOM)

    def _page_came(self) -> None:
        if self._meeting.page is Page.PREJOIN:
            self._engine.list_devices()
            QTimer.singleShot(PREPARE_AFTER_MS, self._prepare)
        elif self._meeting.page is Page.ROOM and not self._meeting.devices:
            QTimer.singleShot(DEVICES_AFTER_MS, self._engine.list_devices)
        self._take_focus()

    def _take_focus(self) -> None:
        if isinstance(self.page, LightPage):
            self.page.take_focus()
        else:
            self.page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self, dialog: LightDialog) -> None:
        if self._dialog is not None:
            self._dialog.close()
        self._dialog = dialog
        dialog.finished.connect(self._forget)
        self.show_in_dialog()
        dialog.show()

    def _forget(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

    def show_in_dialog(self) -> None:
        """Let the dialog that is open show how things are."""
        if self._dialog is not None:
            self._dialog.show_meeting(self._meeting)

    def _show_sharing(self) -> None:
        """Say everywhere that one shares; loaded with the first share."""
        if self._sharing is None and self._meeting.screen_on and not self._closed:
            from visio_desktop.ui.windows.sharing import Sharing  # noqa: PLC0415 - as above

            self._sharing = Sharing(self._engine.shared_area, self)
            self._sharing.intent.connect(self.intent)
        if self._sharing is not None:
            self._sharing.show_meeting(self._meeting)

    def _choose_language(self, code: str) -> None:
        self._language = code
        set_language(code or None)
        self._setup.choose_language(code)
        self.renew()
        QTimer.singleShot(0, self.show_settings)

    def _middle(self) -> QWidget:
        """The pages, below the classification where there is one."""
        if not marking.is_marked():
            return self._stack
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        self.marking = marking.put_above(column)
        return whole

    def _restore_place(self) -> None:
        kept = self._place()
        place = kept.value("place") if kept is not None else None
        if isinstance(place, QByteArray):
            self.restoreGeometry(place)

    def _keep_place(self) -> None:
        kept = self._place()
        if kept is not None:
            kept.setValue("place", self.saveGeometry())
            kept.sync()

    def _place(self) -> QSettings | None:
        path = self._setup.place_file
        return QSettings(str(path), QSettings.Format.IniFormat) if path is not None else None


def window_title(meeting: Meeting) -> str:
    """The window's title: the meeting's first, so that a task bar shows it."""
    product = brand.product()
    if meeting.page not in _IN_MEETING or meeting.link is None:
        return product
    named = said(meeting.link) or meeting.title or meeting.link.room or meeting.link.host
    return f"{named} - {product}" if named else product
