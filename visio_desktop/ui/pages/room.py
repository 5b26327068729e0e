"""The room: stage, panel, bar, notices, shortcuts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import HoldToTalk, Panel, Pin, SetHand, SetSourceOn, ShowPanel
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Source
from visio_desktop.system.clock import Clock, epoch_ms
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.control_bar import ControlBar
from visio_desktop.ui.widgets.panel import fits_beside, make_panel
from visio_desktop.ui.widgets.side_panel import SidePanel
from visio_desktop.ui.widgets.stage import Pictures, Stage
from visio_desktop.ui.widgets.toasts import Toasts
from visio_desktop.ui.widgets.video_surface import WakeUp


class RoomPage(QWidget):
    """Everything in the meeting. The signals that end in `_asked` open dialogs of the window."""

    intent = Signal(object)
    settings_asked = Signal()
    help_asked = Signal()
    statistics_asked = Signal()
    share_asked = Signal()

    def __init__(self, pictures: Pictures, on_first_picture: Callable[[], None], *, now: Clock = epoch_ms) -> None:
        super().__init__()
        self.setObjectName("room")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(theme.style("room"))
        self._now = now
        self._meeting = Meeting()
        self._holding = False
        self._wake_up = WakeUp(self)
        self.stage = Stage(pictures, self._wake_up, on_first_picture)
        self.stage.pin_asked.connect(lambda publication_id: self.intent.emit(Pin(publication_id)))
        self.bar = ControlBar()
        self.bar.intent.connect(self.intent)
        self.bar.settings_asked.connect(self.settings_asked)
        self.bar.statistics_asked.connect(self.statistics_asked)
        self.bar.share_asked.connect(self.share_asked)
        self._panels: dict[Panel, SidePanel] = {}
        self._elapsed = QLabel()
        self._elapsed.setObjectName("elapsed")
        self._banner = QLabel()
        self._banner.setObjectName("banner")
        self._banner.hide()
        self._lay_out()
        self._toasts = Toasts(self)
        self._toasts.intent.connect(self.intent)
        self._bind_shortcuts()
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._show_elapsed)
        self.installEventFilter(self)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""
        before, self._meeting = self._meeting, meeting
        self.stage.show_meeting(meeting)
        self.bar.show_meeting(meeting)
        self._banner.setText(tr("room.reconnecting" if meeting.reconnecting else "room.restoring"))
        self._banner.setVisible(meeting.reconnecting or meeting.restoring)
        self._toasts.show_toasts(meeting.toasts)
        self._show_panel(before.panel, meeting)
        self._show_elapsed()
        self._place()
        if meeting.joined_at_ms is not None and not self._clock.isActive():
            self._clock.start()

    def let_go(self) -> None:
        """Take no more pictures: another page comes in place of this one."""
        self.stage.let_go()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place what floats."""
        super().resizeEvent(event)
        self._show_beside()
        self._place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the panel, V held opens the microphone."""
        if event.key() == Qt.Key.Key_Escape and self._meeting.panel is not None:
            self.intent.emit(ShowPanel(None))
        elif event.key() == Qt.Key.Key_V and not event.modifiers() and not self._writing():
            if not event.isAutoRepeat():
                self._hold(held=True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """V let go closes the microphone again; a V that was written is none."""
        if event.key() == Qt.Key.Key_V and self._holding and not event.isAutoRepeat():
            self._hold(held=False)
        else:
            super().keyReleaseEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window that is left with V held down must not go on sending."""
        if event.type() == QEvent.Type.WindowDeactivate and (self._holding or self._meeting.held_to_talk):
            self._hold(held=False)
        return super().eventFilter(watched, event)

    def _hold(self, *, held: bool) -> None:
        self._holding = held
        self.intent.emit(HoldToTalk(held=held))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        middle = QHBoxLayout()
        middle.setContentsMargins(theme.GAP_PX, theme.GAP_PX, theme.GAP_PX, 0)
        middle.setSpacing(theme.GAP_PX)
        middle.addWidget(self.stage, 1)
        self._side = QWidget()
        self._side.hide()
        self._panel_place = QVBoxLayout(self._side)
        self._panel_place.setContentsMargins(0, 0, 0, 0)
        middle.addWidget(self._side)
        column.addLayout(middle, 1)
        column.addWidget(self.bar)
        self._elapsed.setParent(self)
        self._banner.setParent(self)

    def _bind_shortcuts(self) -> None:
        actions: tuple[tuple[str, Callable[[], None]], ...] = (
            ("Ctrl+D", lambda: self._toggle(Source.MICROPHONE)),
            ("Ctrl+E", lambda: self._toggle(Source.CAMERA)),
            ("Ctrl+Shift+H", self._toggle_hand),
            ("Ctrl+Shift+M", lambda: self._toggle_panel(Panel.CHAT)),
            ("Ctrl+Shift+P", lambda: self._toggle_panel(Panel.PEOPLE)),
            ("Ctrl+Shift+F", self._toggle_full_screen),
            ("Ctrl+Shift+S", self.statistics_asked.emit),
            ("F2", lambda: self.bar.setFocus(Qt.FocusReason.ShortcutFocusReason)),
            ("Ctrl+Shift+/", self.help_asked.emit),
        )
        for keys, action in actions:
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    def _toggle(self, source: Source) -> None:
        self.intent.emit(SetSourceOn(source, on=not self._meeting.is_on(source)))

    def _toggle_hand(self) -> None:
        me = self._meeting.me
        self.intent.emit(SetHand(raised=me is None or me.hand_raised_at_ms is None))

    def _toggle_panel(self, panel: Panel) -> None:
        self.intent.emit(ShowPanel(None if self._meeting.panel is panel else panel))

    def _toggle_full_screen(self) -> None:
        window = self.window()
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _writing(self) -> bool:
        return isinstance(self.focusWidget(), QLineEdit)

    def _show_panel(self, before: Panel | None, meeting: Meeting) -> None:
        for panel, widget in self._panels.items():
            widget.setVisible(panel is meeting.panel)
        self._side.setVisible(meeting.panel is not None)
        if meeting.panel is not None:
            self._panel(meeting.panel).show_meeting(meeting)
            if meeting.panel is not before:
                self._panel(meeting.panel).take_focus()
        elif before is not None:
            self.bar.setFocus(Qt.FocusReason.OtherFocusReason)
        if meeting.panel is not before:
            self._show_beside()

    def _panel(self, panel: Panel) -> SidePanel:
        if panel not in self._panels:
            widget = self._panels[panel] = make_panel(panel)
            widget.intent.connect(self.intent)
            widget.setFixedWidth(theme.PANEL_PX)
            self._panel_place.addWidget(widget)
        return self._panels[panel]

    def _show_beside(self) -> None:
        """Where there is no room for both, the panel takes the stage's place."""
        self.stage.setVisible(self._meeting.panel is None or fits_beside(self.width()))
        width = theme.PANEL_PX if fits_beside(self.width()) else max(1, self.width() - 2 * theme.GAP_PX)
        for widget in self._panels.values():
            widget.setFixedWidth(width)

    def _show_elapsed(self) -> None:
        if self._meeting.joined_at_ms is None:
            return
        seconds = max(0, int((self._now() - self._meeting.joined_at_ms) / 1000))
        hours, minutes = divmod(seconds // 60, 60)
        text = f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes:02}:{seconds % 60:02}"
        self._elapsed.setText(text)
        self._elapsed.setAccessibleName(tr("room.elapsed", time=text))
        self._elapsed.adjustSize()

    def _place(self) -> None:
        self._elapsed.move(theme.GAP_PX, self.height() - theme.BAR_PX // 2 - self._elapsed.height() // 2)
        self._elapsed.setVisible(self.width() >= 760)  # noqa: PLR2004 - below that the bar needs all the width
        self._elapsed.raise_()
        self._banner.adjustSize()
        self._banner.move((self.width() - self._banner.width()) // 2, 8)
        self._banner.raise_()
        self._toasts.adjustSize()
        self._toasts.move(*self._toasts_corner())
        self._toasts.raise_()

    def _toasts_corner(self) -> tuple[int, int]:
        """In the stage's corner, so that no notice hides a panel; without a stage, below the panel's heading."""
        if self._meeting.panel is not None and not fits_beside(self.width()):
            return (self.width() - self._toasts.width()) // 2, 3 * theme.GAP_PX
        panel_px = theme.PANEL_PX + theme.GAP_PX if self._meeting.panel is not None else 0
        right_px = self.width() - theme.GAP_PX - 8 - panel_px
        below_px = self.height() - theme.BAR_PX - 8
        return max(0, right_px - self._toasts.width()), below_px - self._toasts.height()
