"""The room: stage, captions, panel, bar, what floats over them, shortcuts, and the windows beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from visio_desktop.meeting.cues import Cue, cue_between
from visio_desktop.meeting.intents import FollowSigning, HoldToTalk, Panel, PauseScreen, Pin, SetHand, ShowPanel
from visio_desktop.meeting.spoken import said_between
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability, Source
from visio_desktop.system.clock import Clock, epoch_ms
from visio_desktop.system.texts import tr
from visio_desktop.ui import motion, theme
from visio_desktop.ui.announce import announce
from visio_desktop.ui.choices import NO_CHOICES, Choices
from visio_desktop.ui.widgets.alone_card import WIDTH_PX, AloneCard
from visio_desktop.ui.widgets.captions import Captions
from visio_desktop.ui.widgets.control_bar import ControlBar
from visio_desktop.ui.widgets.hand_hint import HandHint
from visio_desktop.ui.widgets.lobby_card import LobbyCard
from visio_desktop.ui.widgets.one_way_line import OneWayLine
from visio_desktop.ui.widgets.panel import fits_beside, make_panel
from visio_desktop.ui.widgets.reaction_bar import ReactionBar
from visio_desktop.ui.widgets.reactions import Reactions
from visio_desktop.ui.widgets.recording_controls import records
from visio_desktop.ui.widgets.recording_notice import RecordingNotice
from visio_desktop.ui.widgets.share_card import ShareCard
from visio_desktop.ui.widgets.shared_pictures import SharedPictures
from visio_desktop.ui.widgets.side_panel import SidePanel
from visio_desktop.ui.widgets.stage import Pictures, Stage
from visio_desktop.ui.widgets.toasts import Toasts
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.windows.beside import Beside
from visio_desktop.ui.windows.keys import toggled


class RoomPage(QWidget):
    """Everything in the meeting. The signals that end in `_asked` open dialogs of the window."""

    intent = Signal(object)
    settings_asked = Signal()
    help_asked = Signal()
    statistics_asked = Signal()
    share_asked = Signal()
    recording_asked = Signal(object)

    def __init__(
        self,
        pictures: Pictures,
        on_first_picture: Callable[[], None],
        choices: Choices = NO_CHOICES,
        play_cue: Callable[[Cue], None] = lambda _cue: None,
        *,
        now: Clock = epoch_ms,
    ) -> None:
        super().__init__()
        self.setObjectName("room")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(theme.style("room"))
        self._now = now
        self._choices = choices
        self._play_cue = play_cue
        self._meeting = Meeting()
        self._holding = False
        self._wake_up = WakeUp(self)
        shared = SharedPictures(pictures)
        self.stage = Stage(shared, self._wake_up, on_first_picture)
        self.stage.pin_asked.connect(lambda publication_id: self.intent.emit(Pin(publication_id)))
        self.stage.volume_asked.connect(self._ask_volume)
        self.stage.signing_asked.connect(lambda whom: self.intent.emit(FollowSigning(whom)))
        self.captions = Captions(self._choices)
        self._make_bar()
        self.beside = Beside(self, self.stage, shared, self._wake_up, self._choices)
        self.beside.intent.connect(self.intent)
        self.bar.small_asked.connect(self.beside.toggle_small)
        self._panels: dict[Panel, SidePanel] = {}
        self._elapsed = QLabel()
        self._elapsed.setObjectName("elapsed")
        self._banner = QLabel()
        self._banner.setObjectName("banner")
        self._banner.hide()
        self._lay_out()
        self._make_floating()
        self._toasts.recording_asked.connect(self.recording_asked)
        self._toasts.settings_asked.connect(self.settings_asked)
        self._lobby = LobbyCard(self)
        self._lobby.intent.connect(self.intent)
        self._recording = RecordingNotice(self)
        self._bind_shortcuts()
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._show_elapsed)
        self.installEventFilter(self)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""
        before, self._meeting = self._meeting, meeting
        cue = cue_between(before, meeting)
        if cue is not None and self._choices.get("sounds") is True:
            self._play_cue(cue)
        self.stage.show_meeting(meeting)
        self._show_captions(meeting)
        self.bar.show_meeting(meeting)
        self._show_interruption(meeting)
        self._speak(said_between(before, meeting))
        self._toasts.show_toasts(meeting.toasts, meeting.capabilities)
        self._lobby.show_meeting(meeting)
        self._recording.show_recording(meeting.room.recording)
        self._show_panel(before, meeting)
        for floating in (self.hint, self.share_card, self.alone_card, self.one_way):
            floating.show_meeting(meeting)
        if Capability.REACTIONS not in meeting.capabilities:
            self.reaction_bar.set_open(is_open=False)
        self._show_elapsed()
        self._place()
        self.reactions.show_meeting(meeting)
        self.beside.show_meeting(meeting)
        if meeting.joined_at_ms is not None and not self._clock.isActive():
            self._clock.start()

    def forgo_settings(self) -> None:
        """There are none here, and the window stays as it is."""
        self.bar.forgo_settings()

    def let_go(self) -> None:
        """Take no more pictures: another page comes in place of this one, and its windows go."""
        self.beside.close()
        self.stage.let_go()

    @property
    def away(self) -> frozenset[str]:
        """What stands in windows of its own, for the page that comes in place of this one."""
        return self.beside.extra.keys

    @property
    def draft(self) -> str:
        """What is written in the chat and not sent, for the page that comes in place of this one."""
        chat = self._panels.get(Panel.CHAT)
        return chat.draft if chat is not None else ""

    def open_again(self, keys: frozenset[str], draft: str) -> None:
        """Open windows for these, as far as they are still there, and go on writing."""
        if draft:
            chat = self._panel(Panel.CHAT)
            chat.draft = draft
            chat.setVisible(self._meeting.panel is Panel.CHAT)
        for key in sorted(keys):
            self.stage.window_asked.emit(key, False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place what floats."""
        super().resizeEvent(event)
        self._show_beside()
        self._place()

    def hideEvent(self, event: QHideEvent) -> None:
        """Another page is shown: the meeting is over, and its windows with it."""
        super().hideEvent(event)
        if self.isHidden():
            self.beside.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes the panel, V held opens the microphone, what zooms goes to the share that is looked at."""
        share = self.stage.large_share()
        if share is not None and not self._writing() and share.zoom_key(event):
            return
        if event.key() == Qt.Key.Key_Escape and not self.reaction_bar.isHidden():
            self.reaction_bar.set_open(is_open=False)
        elif event.key() == Qt.Key.Key_Escape and self._meeting.panel is not None:
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

    def _make_bar(self) -> None:
        self.bar = ControlBar()
        self.bar.intent.connect(self.intent)
        self.bar.settings_asked.connect(self.settings_asked)
        self.bar.statistics_asked.connect(self.statistics_asked)
        self.bar.share_asked.connect(self.share_asked)
        self.bar.recording_asked.connect(self.recording_asked)
        self.bar.reactions_asked.connect(self._toggle_reactions)

    def _make_floating(self) -> None:
        """What lies over the stage, the lowest first."""
        self.reactions = Reactions(self.stage, self.stage.foot_of, lambda: motion.is_reduced(self._choices))
        self.share_card = ShareCard(self)
        self.hint = HandHint(self)
        self.hint.changed.connect(self._place)
        self.reaction_bar = ReactionBar(self)
        self.reaction_bar.closed.connect(self._reactions_closed)
        self.alone_card = AloneCard(self, now=self._now)
        self._toasts = Toasts(self)
        for floating in (self.share_card, self.hint, self.reaction_bar, self.alone_card, self._toasts):
            floating.intent.connect(self.intent)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        middle = QHBoxLayout()
        middle.setContentsMargins(theme.GAP_PX, theme.GAP_PX, theme.GAP_PX, 0)
        middle.setSpacing(theme.GAP_PX)
        self._stage_column = QVBoxLayout()
        self._stage_column.setSpacing(8)
        self.one_way = OneWayLine()
        self._stage_column.addWidget(self.one_way)
        self._stage_column.addWidget(self.stage, 1)
        self._stage_column.addWidget(self.captions)
        middle.addLayout(self._stage_column, 1)
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
            ("Ctrl+D", lambda: self.intent.emit(toggled(self._meeting, Source.MICROPHONE))),
            ("Ctrl+E", lambda: self.intent.emit(toggled(self._meeting, Source.CAMERA))),
            ("Ctrl+Shift+H", self._toggle_hand),
            ("Ctrl+Shift+M", lambda: self._toggle_panel(Panel.CHAT)),
            ("Ctrl+Shift+P", lambda: self._toggle_panel(Panel.PEOPLE)),
            ("Ctrl+Shift+E", self._toggle_reactions),
            ("Ctrl+Shift+F", self._toggle_full_screen),
            ("Ctrl+Shift+L", self._ask_for_recording),
            ("Ctrl+Shift+S", self.statistics_asked.emit),
            ("Ctrl+Shift+X", self.bar.toggle_share),
            ("Ctrl+Shift+B", self._pause_share),
            ("F2", lambda: self.bar.setFocus(Qt.FocusReason.ShortcutFocusReason)),
            ("Ctrl+Shift+/", self.help_asked.emit),
        )
        for keys, action in actions:
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    def _toggle_reactions(self) -> None:
        if Capability.REACTIONS not in self._meeting.capabilities:
            return
        is_open = self.reaction_bar.isHidden()
        self.bar.set_reacting(is_open=is_open)
        self.reaction_bar.set_open(is_open=is_open)
        self._place()

    def _reactions_closed(self, had_keyboard: bool) -> None:
        self.bar.set_reacting(is_open=False)
        if had_keyboard:
            self.bar.focus_reactions()

    def _show_captions(self, meeting: Meeting) -> None:
        above = self._choices.get("captions_place") == "above"
        if (self._stage_column.indexOf(self.captions) == 0) != above:
            self._stage_column.removeWidget(self.captions)
            self._stage_column.insertWidget(0 if above else 1, self.captions)
        self.captions.show_meeting(meeting)

    def _show_interruption(self, meeting: Meeting) -> None:
        """Whoever does not see the banner hears at once why everybody has fallen silent."""
        is_interrupted, said = meeting.reconnecting or meeting.restoring, _interruption(meeting)
        if is_interrupted and (self._banner.isHidden() or self._banner.text() != said):
            announce(self, said, urgent=True)
        self._banner.setText(said)
        self._banner.setVisible(is_interrupted)

    def _speak(self, names: tuple[str, ...]) -> None:
        if names:
            announce(self, ". ".join(tr(f"spoken.{name}") for name in names))

    def _toggle_hand(self) -> None:
        me = self._meeting.me
        self.intent.emit(SetHand(raised=me is None or me.hand_raised_at_ms is None))

    def _pause_share(self) -> None:
        if self._meeting.screen_on:
            self.intent.emit(PauseScreen(not self._meeting.screen_paused))

    def _ask_volume(self, participant_id: str, place: QPoint) -> None:
        person = self._meeting.participant(participant_id)
        if person is not None:
            from visio_desktop.ui.widgets.volume_card import VolumeCard  # noqa: PLC0415 - made when asked for

            card = VolumeCard(self, self._meeting, person)
            card.intent.connect(self.intent)
            card.open_at(place)

    def _toggle_panel(self, panel: Panel) -> None:
        self.intent.emit(ShowPanel(None if self._meeting.panel is panel else panel))

    def _ask_for_recording(self) -> None:
        if records(self._meeting.capabilities):
            self.recording_asked.emit(None)

    def _toggle_full_screen(self) -> None:
        if self._choices.get("kiosk") is True:
            return
        window = self.window()
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _writing(self) -> bool:
        return isinstance(self.focusWidget(), QLineEdit | QPlainTextEdit)

    def _show_panel(self, before: Meeting, meeting: Meeting) -> None:
        for panel, widget in self._panels.items():
            widget.setVisible(panel is meeting.panel)
        self._side.setVisible(meeting.panel is not None)
        if meeting.panel is not None:
            self._panel(meeting.panel).show_meeting(meeting)
            if meeting.panel is not before.panel:
                self._panel(meeting.panel).opened(before)
                self._panel(meeting.panel).take_focus()
        elif before.panel is not None:
            self.bar.setFocus(Qt.FocusReason.OtherFocusReason)
        if meeting.panel is not before.panel:
            self._show_beside()

    def _panel(self, panel: Panel) -> SidePanel:
        if panel not in self._panels:
            widget = self._panels[panel] = make_panel(panel, self._choices)
            widget.intent.connect(self.intent)
            widget.setFixedWidth(theme.PANEL_PX)
            self._panel_place.addWidget(widget)
        return self._panels[panel]

    def _show_beside(self) -> None:
        """Where there is no room for both, the panel takes the stage's place."""
        beside = self._meeting.panel is None or fits_beside(self.width())
        self.stage.setVisible(beside)
        self.captions.setVisible(beside and self._meeting.room.captions_on)
        width = theme.PANEL_PX if fits_beside(self.width()) else max(1, self.width() - 2 * theme.GAP_PX)
        for widget in self._panels.values():
            widget.setFixedWidth(width)

    def _show_elapsed(self) -> None:
        if self._meeting.joined_at_ms is None:
            return
        seconds = max(0, int((self._now() - self._meeting.joined_at_ms) / 1000))
        hours, minutes = divmod(seconds // 60, 60)
        text = f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes:02}:{seconds % 60:02}"
        original = f"\n{tr('sound.original_on')}" if self._meeting.sound.original else ""
        self._elapsed.setText(text + original)
        self._elapsed.setAccessibleName(tr("room.elapsed", time=text) + original)
        self._elapsed.adjustSize()

    def _place(self) -> None:
        self._elapsed.move(theme.GAP_PX, self.height() - theme.BAR_PX // 2 - self._elapsed.height() // 2)
        self._elapsed.setVisible(self.width() >= 760)  # noqa: PLR2004 - below that the bar needs all the width
        self._elapsed.raise_()
        self._place_over_stage()
        self._banner.adjustSize()
        self._recording.move(theme.GAP_PX, 1)
        self._recording.raise_()
        banner_y = 8 if self._recording.isHidden() else theme.GAP_PX + 4
        self._banner.move((self.width() - self._banner.width()) // 2, banner_y)
        self._banner.raise_()
        self._place_lobby()
        self._toasts.adjustSize()
        self._toasts.move(*self._toasts_corner())
        self._toasts.raise_()

    def _place_over_stage(self) -> None:
        """The overlay of reactions over the whole stage, the cards in the middle of it, the strip above its button."""
        self.reactions.setGeometry(self.stage.rect())
        stage, cards = self.stage.geometry(), (self.share_card, self.hint, self.reaction_bar, self.alone_card)
        for card in cards:
            card.adjustSize()
            card.raise_()
        centre_px, foot_px = stage.center().x(), self.height() - theme.BAR_PX - 8
        self.share_card.move(stage.left() + 8, stage.top() + 8)
        self.share_card.setVisible(self._meeting.screen_on and not self.stage.isHidden())
        strip_px = self.reaction_bar.width()
        left_px = min(self.bar.x() + self.bar.reactions_centre() - strip_px // 2, self.width() - strip_px - 8)
        self.reaction_bar.move(max(8, left_px), foot_px - self.reaction_bar.height())
        above_px = foot_px if self.reaction_bar.isHidden() else foot_px - self.reaction_bar.height() - 8
        self.hint.move(centre_px - self.hint.width() // 2, above_px - self.hint.height())
        self.alone_card.move(centre_px - WIDTH_PX // 2, stage.center().y() - self.alone_card.height() // 2)

    def _place_lobby(self) -> None:
        """In the stage's upper corner, across from the notices; without a stage, above them."""
        self._lobby.adjustSize()
        self._lobby.raise_()
        if self._meeting.panel is not None and not fits_beside(self.width()):
            self._lobby.move((self.width() - self._lobby.width()) // 2, 3 * theme.GAP_PX)
            return
        panel_px = theme.PANEL_PX + theme.GAP_PX if self._meeting.panel is not None else 0
        right_px = self.width() - theme.GAP_PX - 8 - panel_px
        left_px, share = max(0, right_px - self._lobby.width()), self.share_card
        crossing = not share.isHidden() and share.geometry().right() >= left_px
        self._lobby.move(left_px, share.geometry().bottom() + 8 if crossing else theme.GAP_PX + 8)

    def _toasts_corner(self) -> tuple[int, int]:
        """In the stage's corner, so that no notice hides a panel; without a stage, below the panel's heading."""
        if self._meeting.panel is not None and not fits_beside(self.width()):
            above_px = 0 if self._lobby.isHidden() else self._lobby.height() + 8
            return (self.width() - self._toasts.width()) // 2, 3 * theme.GAP_PX + above_px
        panel_px = theme.PANEL_PX + theme.GAP_PX if self._meeting.panel is not None else 0
        right_px = self.width() - theme.GAP_PX - 8 - panel_px
        left_px, foot_px = max(0, right_px - self._toasts.width()), self.height() - theme.BAR_PX
        for card in (self.hint, self.reaction_bar):
            if not card.isHidden() and card.geometry().right() >= left_px:
                foot_px = min(foot_px, card.y())
        return left_px, foot_px - 8 - self._toasts.height()


def _interruption(meeting: Meeting) -> str:
    """Why the meeting stands still."""
    if meeting.in_lobby and meeting.link is not None and not meeting.link.sends:
        return tr("room.toast_stream_again")
    if meeting.in_lobby:
        return tr("room.toast_lobby_again")
    return tr("room.reconnecting" if meeting.reconnecting else "room.restoring")
