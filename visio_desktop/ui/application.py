"""Runs the window: `run_window(engine, setup)` returns when it is closed, with what a report wants to know.

The window is shown before anything else is loaded; the engine's media code and the room's page follow once it is seen.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from visio_desktop.engine.attendant import Attendant
from visio_desktop.meeting.intents import Intent, Join, OpenLink, Rejoin
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.ui import brand, guard, icons, organisation, scale, screenshot, theme
from visio_desktop.ui.attendance import Attendance
from visio_desktop.ui.bridge import Bridge, EngineFace
from visio_desktop.ui.choices import NO_CHOICES, Helpdesk, NetworkChoices
from visio_desktop.ui.interrupts import Interrupts
from visio_desktop.ui.timer_watch import TimerWatch
from visio_desktop.ui.window import MainWindow, WindowSetup

if TYPE_CHECKING:
    from visio_desktop.ui.kiosk import Kiosk
    from visio_desktop.ui.platform.desktop import Desktop, DesktopSetup

UNSEEN_MS: Final = 1000
"""A window that is not seen by then, as it starts minimised, is not waited for."""

DESKTOP_AFTER_MS: Final = 300
"""What the desktop around the window is for, tray and shortcuts, comes after what the window itself is for."""


class Marks(Protocol):
    """Keeps the moments of the report; the first of a name counts."""

    def mark(self, name: str) -> None:
        """Something happened now."""


@dataclass(frozen=True, slots=True)
class RunSetup:
    """How to run: `link` is opened at once, `attendant` and `duration_s` are the command line's.

    `first` is the page until there is a snapshot. `before_leaving` is called on the window's thread while the meeting
    still stands, once, however it is left; `on_seen` when the window was seen, or need not be waited for. `desktop` is
    what the desktop around the window is dealt with by, `hidden` begins without showing the window. `from_outside`: the
    link may be another program's.
    """

    marks: Marks
    link: str = ""
    attendant: Attendant | None = None
    duration_s: float | None = None
    screenshot: Path | None = None
    language: str = ""
    choose_language: Callable[[str], None] = lambda _code: None
    network: NetworkChoices = NO_CHOICES
    place_file: Path | None = None
    first: Page = Page.HOME
    before_leaving: Callable[[], None] = lambda: None
    on_seen: Callable[[], None] = lambda: None
    desktop: Callable[[], DesktopSetup] | None = None
    hidden: bool = False
    from_outside: bool = False
    helpdesk: Helpdesk | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the window has to tell once it is closed."""

    ui_timer_late_p99_ms: float | None


def run_window(engine: EngineFace, setup: RunSetup) -> Outcome:
    """Show the window until it is closed. The caller has started the engine and stops it."""
    organisation.obey(setup.network.get)
    scale.use(str(setup.network.get("text_size")), os.environ)
    application = make_application()
    run = _Run(engine, setup, application)
    interrupts = Interrupts(run.interrupted, application)
    interrupts.begin()
    try:
        run.begin()
        with guard.guarding():
            application.exec()
    finally:
        interrupts.end()
        run.end()
    return run.outcome()


def make_application() -> QApplication:
    """The one QApplication, named and coloured."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("visio-desktop")
    application.setApplicationDisplayName(brand.product())
    application.setDesktopFileName("visio-desktop")
    application.setStyle("Fusion")
    use_contrast(application)
    application.setWindowIcon(icons.icon("videocam_fill", theme.ACTION, size_px=64))
    return application


def use_contrast(application: QApplication) -> bool:
    """Take the contrast that the system asks for; whether that is a change."""
    hints = QGuiApplication.styleHints()  # to be held: PySide takes what hangs on it for gone with it
    accessibility = hints.accessibility()
    wanted = accessibility.contrastPreference()
    changed = theme.use_high_contrast(on=wanted is Qt.ContrastPreference.HighContrast)
    application.setPalette(_palette())
    return changed


def _palette() -> QPalette:
    palette = QPalette(QColor(theme.PAPER))
    roles = {
        QPalette.ColorRole.Window: theme.PAPER,
        QPalette.ColorRole.Base: theme.PAPER,
        QPalette.ColorRole.Text: theme.INK,
        QPalette.ColorRole.WindowText: theme.INK,
        QPalette.ColorRole.ButtonText: theme.INK,
        QPalette.ColorRole.Highlight: theme.ACTION,
        QPalette.ColorRole.HighlightedText: theme.PAPER,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    return palette


class _Run:
    """One run of the window."""

    def __init__(self, engine: EngineFace, setup: RunSetup, application: QApplication) -> None:
        self._engine = engine
        self._setup = setup
        self._left = False
        self._going_on = False
        self.window = MainWindow(engine, self._window_setup())
        self._bridge = Bridge(engine, self.window)
        self._watch = TimerWatch(self.window)
        self.window.intent.connect(self._post)
        self.window.closing.connect(self._before_leaving)
        self._latest: Meeting | None = None
        self._desktop: Desktop | None = None
        self._kiosk: Kiosk | None = None
        self._attendance: Attendance | None = None
        self._bridge.changed.connect(self._take_in)
        self._application = application
        self._hints = QGuiApplication.styleHints()
        self._accessibility = self._hints.accessibility()
        self._accessibility.contrastPreferenceChanged.connect(self._follow_contrast)
        if setup.attendant is not None:
            self._attend(setup.attendant, application)

    def begin(self) -> None:
        """Show the window and listen to the engine."""
        self._obey()
        if not self._setup.hidden or self._kiosk is not None:
            self.window.show()
        self._bridge.start()
        QTimer.singleShot(UNSEEN_MS, self._go_on)

    def _obey(self) -> None:
        """What the organisation has decided of this window."""
        if self._setup.network.get("capture_exclusion") is True:
            from visio_desktop.ui.platform import capture_exclusion  # noqa: PLC0415 - few computers have it

            capture_exclusion.begin(self._application)
        if self._setup.network.get("kiosk") is True:
            from visio_desktop.ui.kiosk import Kiosk  # noqa: PLC0415 - as above

            self._kiosk = Kiosk(self.window, str(self._setup.network.get("kiosk_exit")), self._post)

    def _take_in(self, meeting: Meeting) -> None:
        """Show a snapshot, and let it be attended to; not before the window was seen, empty as it is."""
        self._latest = meeting
        if not self._going_on:
            return
        attendant = self._setup.attendant
        if attendant is None or not attendant.goes_past(meeting):
            self.window.show_meeting(meeting)
        if self._attendance is not None:
            self._attendance.take_in(meeting)
        if self._desktop is not None:
            self._desktop.take_in(meeting)
        if self._kiosk is not None:
            self._kiosk.take_in(meeting)

    def _follow_contrast(self) -> None:
        if use_contrast(self._application):
            self.window.renew()

    def end(self) -> None:
        """Follow the system no more."""
        self._accessibility.contrastPreferenceChanged.disconnect(self._follow_contrast)
        if self._desktop is not None:
            self._desktop.end()

    def interrupted(self) -> None:
        """Somebody ends the program from outside: as if the window were closed."""
        self._end()

    def outcome(self) -> Outcome:
        """What the run was like."""
        self._watch.stop()
        return Outcome(self._watch.p99_ms())

    def _window_setup(self) -> WindowSetup:
        return WindowSetup(
            language=self._setup.language,
            choose_language=self._setup.choose_language,
            network=self._setup.network,
            desktop=lambda: None if self._desktop is None else self._desktop.choices,
            stays=lambda: self._desktop is not None and self._desktop.stay(),
            place_file=self._setup.place_file,
            first=self._setup.first,
            helpdesk=self._setup.helpdesk,
            fixed=self._setup.network.get("kiosk") is True,
            on_shown=self._shown,
            on_first_picture=lambda: self._setup.marks.mark("first_remote_video_frame"),
        )

    def _attend(self, attendant: Attendant, application: QApplication) -> None:
        self._attendance = Attendance(
            attendant, self._setup.duration_s, self._post, self._before_leaving, self._end, self.window
        )
        application.setQuitOnLastWindowClosed(True)

    def _shown(self) -> None:
        self._setup.marks.mark("window_shown")
        self._watch.start()
        self._go_on()

    def _go_on(self) -> None:
        """Load the rest, show the meeting and open the link, once: all this would keep the window from being seen."""
        if self._going_on:
            return
        self._going_on = True
        self._setup.on_seen()
        if self._latest is not None:
            self._take_in(self._latest)
        self._engine.warm_up()
        self._tell_of_crash()
        if self._setup.link:
            self._post(OpenLink(self._setup.link, from_outside=self._setup.from_outside))
        if self._setup.desktop is not None:
            QTimer.singleShot(DESKTOP_AFTER_MS, self._deal_with_desktop)

    def _tell_of_crash(self) -> None:
        helpdesk, attendant = self._setup.helpdesk, self._setup.attendant
        alone = self._kiosk is not None or (attendant is not None and attendant.alone)
        if helpdesk is not None and helpdesk.crashes.is_news and not alone:
            self.window.offer_report()

    def _deal_with_desktop(self) -> None:
        if self._setup.desktop is not None and not self._left:
            from visio_desktop.ui.platform.desktop import Desktop  # noqa: PLC0415 - after the window was seen

            self._desktop = Desktop(self._setup.desktop(), self.window, self._post)
            self._desktop.begin()
            if self._latest is not None:
                self._desktop.take_in(self._latest)

    def _post(self, intent: Intent) -> None:
        if isinstance(intent, Join | Rejoin):
            self._setup.marks.mark("join_clicked")
        self._engine.post(intent)

    def _before_leaving(self) -> None:
        if self._left:
            return
        self._left = True
        if self._setup.screenshot is not None:
            screenshot.save(self.window, self._setup.screenshot)
        self._setup.before_leaving()

    def _end(self) -> None:
        if self._kiosk is not None:
            self._kiosk.end()
        if self._desktop is not None:
            self._desktop.quit()
        else:
            self.window.close()
