"""The bar under the stage: microphone, camera, reactions, share, captions, hand, leave; and at the right the panels.

What does not fit goes into menus: the panels behind a chevron, then reactions and captions under "More options".
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from visio_desktop.meeting.intents import Leave, Panel, SetHand, SetSourceOn, ShowCaptions, ShowPanel
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability, DeviceKind, Source
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.badge import Badge
from visio_desktop.ui.widgets.buttons import menu_icon, set_meaning, set_off, set_property, tool_button
from visio_desktop.ui.widgets.device_menu import DeviceMenu
from visio_desktop.ui.widgets.host_panel import has_settings
from visio_desktop.ui.widgets.recording_controls import records

FOLD_PX = 1050
UNFOLD_PX = 1100
NARROW_PX = 760
_PANELS = (
    (Panel.INFO, "info", "room.info"),
    (Panel.CHAT, "chat", "room.chat"),
    (Panel.PEOPLE, "group", "room.people"),
    (Panel.HOST, "admin_panel_settings", "stage.host_panel"),
)
_SHORTCUTS = {Panel.CHAT: "Ctrl+Shift+M", Panel.PEOPLE: "Ctrl+Shift+P"}


class ControlBar(QWidget):
    """Emits intents; `settings_asked`, `statistics_asked` and `share_asked` open dialogs.

    `reactions_asked` opens or closes the strip of reactions, `small_asked` the small window.
    """

    intent = Signal(object)
    settings_asked = Signal()
    statistics_asked = Signal()
    share_asked = Signal()
    reactions_asked = Signal()
    small_asked = Signal()
    recording_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setFixedHeight(theme.BAR_PX)
        self._meeting = Meeting()
        self._folded = False
        self._narrow = False
        self._fixed = False
        self._make_sources()
        self._make_actions()
        self._panels = {panel: self._make_panel_button(panel, icon, text) for panel, icon, text in _PANELS}
        self._fold = tool_button("keyboard_arrow_up", "more_panels")
        self._fold.clicked.connect(self._unfold_menu)
        self._unread, self._count = Badge(self), Badge(self)
        self._lay_out()
        self.setFocusProxy(self._microphone)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""
        self._meeting = meeting
        self._show_source(self._microphone, "mic", "Ctrl+D", Source.MICROPHONE)
        self._show_source(self._camera, "videocam", "Ctrl+E", Source.CAMERA)
        set_property(self._microphone_menu, "beside_off", value=not meeting.microphone_on)
        set_property(self._camera_menu, "beside_off", value=not meeting.camera_on)
        sends = meeting.link is None or meeting.link.sends
        for part in (self._microphone, self._camera, self._camera_menu):
            part.setVisible(sends)
        self._show_sharing(meeting)
        raised = meeting.me is not None and meeting.me.hand_raised_at_ms is not None
        self._hand.setChecked(raised)
        set_meaning(self._hand, "back_hand", "hand_lower" if raised else "hand_raise", shortcut="Ctrl+Shift+H")
        self._hand.setVisible(Capability.HAND in meeting.capabilities)
        self._show_actions(meeting)
        for panel, button in self._panels.items():
            button.setChecked(meeting.panel is panel)
            button.setVisible(self._offers(panel) and not self._folded)
        self._microphone_menu.show_meeting(meeting)
        self._camera_menu.show_meeting(meeting)
        self._show_counts(meeting)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the panels' buttons where there is no room for them."""
        super().resizeEvent(event)
        folded = self.width() <= FOLD_PX if not self._folded else self.width() < UNFOLD_PX
        narrow = self.width() < NARROW_PX
        if (folded, narrow) != (self._folded, self._narrow):
            self._folded, self._narrow = folded, narrow
            self._fold.setVisible(folded)
            self.show_meeting(self._meeting)
        self._place_badges()

    def set_reacting(self, *, is_open: bool) -> None:
        """The strip of reactions was opened or closed."""
        self._react.setChecked(is_open)
        self._show_actions(self._meeting)

    def focus_reactions(self) -> None:
        """The keyboard comes back from the strip of reactions."""
        (self._more if self._narrow else self._react).setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_share(self) -> None:
        """Stop sharing, or ask what is to be shared, where it may be."""
        if self._meeting.screen_on:
            self.intent.emit(SetSourceOn(Source.SCREEN, on=False))
        elif self._share.isEnabled() and Capability.SCREEN_SHARE in self._meeting.capabilities:
            self.share_asked.emit()
        self.show_meeting(self._meeting)

    def reactions_centre(self) -> int:
        """Above which place of the bar the strip of reactions belongs, in px from the left."""
        return self.width() // 2 if self._narrow else self._react.geometry().center().x()

    def forgo_settings(self) -> None:
        """Offer no settings, no figures, and no other window than the one there is."""
        self._fixed = True
        self._show_actions(self._meeting)

    def _make_sources(self) -> None:
        self._microphone = tool_button("mic", "mic_off", shortcut="Ctrl+D")
        self._microphone.clicked.connect(lambda: self._toggle(Source.MICROPHONE))
        self._camera = tool_button("videocam", "videocam_off", shortcut="Ctrl+E")
        self._camera.clicked.connect(lambda: self._toggle(Source.CAMERA))
        kinds = (DeviceKind.MICROPHONE, DeviceKind.SPEAKER)
        self._microphone_menu = DeviceMenu(kinds, "devices_sound", self.intent.emit)
        self._camera_menu = DeviceMenu((DeviceKind.CAMERA,), "devices_camera", self.intent.emit)
        self._share = tool_button("screen_share", "share_start", shortcut="Ctrl+Shift+X", checkable=True)
        self._share.clicked.connect(self.toggle_share)
        self._hand = tool_button("back_hand", "hand_raise", shortcut="Ctrl+Shift+H", checkable=True)
        self._hand.clicked.connect(self._toggle_hand)

    def _make_actions(self) -> None:
        self._react = tool_button("add_reaction", "reactions.open", shortcut="Ctrl+Shift+E", checkable=True)
        self._react.clicked.connect(self._toggle_reactions)
        self._captions = tool_button("closed_caption", "captions.show", checkable=True)
        self._captions.clicked.connect(self._toggle_captions)
        self._more = tool_button("more_vert", "more")
        self._more.clicked.connect(self._show_more)
        self._leave = tool_button("call_end", "leave")
        self._leave.setProperty("leave", True)
        self._leave.clicked.connect(lambda: self.intent.emit(Leave()))

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_PX, 0, theme.GAP_PX, 0)
        row.setSpacing(10)
        self._elapsed_room = QWidget()
        row.addWidget(self._elapsed_room, 1)
        for group in ((self._microphone, self._microphone_menu), (self._camera, self._camera_menu)):
            pair = QHBoxLayout()
            pair.setSpacing(1)
            for button in group:
                pair.addWidget(button)
            row.addLayout(pair)
        for button in (self._react, self._share, self._captions, self._hand, self._more, self._leave):
            row.addWidget(button)
        right = QWidget()
        panels = self._right = QHBoxLayout(right)
        panels.setContentsMargins(0, 0, 0, 0)
        panels.addStretch(1)
        for button in (*self._panels.values(), self._fold):
            panels.addWidget(button)
        self._fold.hide()
        row.addWidget(right, 1)

    def _make_panel_button(self, panel: Panel, icon: str, text: str) -> QToolButton:
        button = tool_button(icon, text, shortcut=_SHORTCUTS.get(panel, ""), checkable=True, bare=True)
        button.clicked.connect(lambda: self._toggle_panel(panel))
        return button

    def _show_source(self, button: QToolButton, icon: str, shortcut: str, source: Source) -> None:
        on = self._meeting.is_on(source)
        set_off(button, off=not on)
        colour = theme.TEXT_ON_DARK if on else theme.MUTED_TEXT
        shown = icon if on else f"{icon}_off"
        set_meaning(button, shown, f"{icon}_turn_off" if on else f"{icon}_turn_on", shortcut=shortcut, colour=colour)
        self._show_allowed(button, source)

    def _show_sharing(self, meeting: Meeting) -> None:
        self._share.setVisible(Capability.SCREEN_SHARE in meeting.capabilities)
        self._share.setChecked(meeting.screen_on)
        icon = "stop_screen_share" if meeting.screen_on else "screen_share"
        text = "share_stop" if meeting.screen_on else "share_start"
        set_meaning(self._share, icon, text, shortcut="Ctrl+Shift+X")
        self._show_allowed(self._share, Source.SCREEN)

    def _show_allowed(self, button: QToolButton, source: Source) -> None:
        """What those who lead the room do not allow cannot be pressed, and says why."""
        allowed = source in self._meeting.room.may_send
        button.setEnabled(allowed or self._meeting.is_on(source))
        reason = "" if allowed else tr("stage.not_allowed")
        button.setAccessibleDescription(reason)
        if reason:
            button.setToolTip(f"{button.accessibleName()}: {reason}")

    def _show_actions(self, meeting: Meeting) -> None:
        self._react.setVisible(Capability.REACTIONS in meeting.capabilities and not self._narrow)
        self._more.setVisible(not self._fixed or self._narrow or records(meeting.capabilities))
        set_meaning(self._react, "add_reaction", "reactions.open", shortcut="Ctrl+Shift+E")
        self._captions.setVisible(Capability.CAPTIONS in meeting.capabilities and not self._narrow)
        self._captions.setChecked(meeting.room.captions_on)
        set_meaning(self._captions, "closed_caption", _captions_key(meeting))

    def _offers(self, panel: Panel) -> bool:
        match panel:
            case Panel.CHAT:
                return Capability.CHAT in self._meeting.capabilities
            case Panel.PEOPLE if self._meeting.link is not None and self._meeting.link.is_one_way:
                return False
            case Panel.HOST:
                return has_settings(self._meeting)
            case _:
                return True

    def _show_counts(self, meeting: Meeting) -> None:
        people, waiting = self._panels[Panel.PEOPLE], len(meeting.room.waiting)
        named = tr("room.people_count", count=len(meeting.participants))
        people.setAccessibleName(tr("stage.people_waiting", people=named, count=waiting) if waiting else named)
        chat = self._panels[Panel.CHAT]
        chat.setAccessibleName(tr("room.chat_unread", count=meeting.unread) if meeting.unread else tr("room.chat"))
        self._fold.setAccessibleName(f"{people.accessibleName()}, {chat.accessibleName()}")
        self._unread.count(meeting.unread, urgent=True)
        self._count.count(waiting or len(meeting.participants), urgent=waiting > 0)
        self._place_badges()

    def _place_badges(self) -> None:
        """On the corners of their buttons; folded, on the chevron, who waits before what is unread."""
        waiting = bool(self._meeting.room.waiting)
        self._unread.setVisible(self._meeting.unread > 0 and not (self._folded and waiting))
        self._count.setVisible((waiting or not self._folded) and self._offers(Panel.PEOPLE))
        for layout in (self._row, self._right):
            layout.activate()  # what was shown or hidden just now has moved the others
        chat, people = self._panels[Panel.CHAT], self._panels[Panel.PEOPLE]
        for badge, button in ((self._unread, chat), (self._count, people)):
            badge.sit_on(self._fold if self._folded else button)

    def _toggle(self, source: Source) -> None:
        self.intent.emit(SetSourceOn(source, on=not self._meeting.is_on(source)))
        self.show_meeting(self._meeting)

    def _toggle_hand(self) -> None:
        me = self._meeting.me
        self.intent.emit(SetHand(raised=me is None or me.hand_raised_at_ms is None))
        self.show_meeting(self._meeting)

    def _toggle_panel(self, panel: Panel) -> None:
        self.intent.emit(ShowPanel(None if self._meeting.panel is panel else panel))
        self.show_meeting(self._meeting)

    def _toggle_reactions(self) -> None:
        self.reactions_asked.emit()
        self._show_actions(self._meeting)

    def _toggle_captions(self) -> None:
        self.intent.emit(ShowCaptions(on=not self._meeting.room.captions_on))
        self.show_meeting(self._meeting)

    def _show_more(self) -> None:
        menu = QMenu(self)
        if self._narrow:
            self._add_overflow(menu)
        if not self._fixed:
            small = menu.addAction(menu_icon("pip"), tr("stage.small_window"))
            small.triggered.connect(self.small_asked.emit)
        if records(self._meeting.capabilities):
            record = menu.addAction(menu_icon("fiber_manual_record"), tr("recording.menu"))
            record.triggered.connect(lambda: self.recording_asked.emit(None))
        if not self._fixed:
            self._add_settings(menu)
        _pop_up(menu, self._more)

    def _add_settings(self, menu: QMenu) -> None:
        full = menu.addAction(tr("room.fullscreen"))
        full.triggered.connect(self._toggle_full_screen)
        statistics = menu.addAction(menu_icon("signal_cellular_alt"), tr("room.statistics"))
        statistics.triggered.connect(self.statistics_asked.emit)
        settings = menu.addAction(menu_icon("settings"), tr("room.settings"))
        settings.triggered.connect(self.settings_asked.emit)

    def _add_overflow(self, menu: QMenu) -> None:
        """What has no room in the bar."""
        if Capability.REACTIONS in self._meeting.capabilities:
            react = menu.addAction(menu_icon("add_reaction"), tr("reactions.open"))
            react.triggered.connect(self.reactions_asked.emit)
        if Capability.CAPTIONS in self._meeting.capabilities:
            text = tr(_captions_key(self._meeting))
            captions = menu.addAction(menu_icon("closed_caption"), text)
            captions.triggered.connect(self._toggle_captions)

    def _unfold_menu(self) -> None:
        menu = QMenu(self)
        for panel, icon, text in _PANELS:
            if not self._offers(panel):
                continue
            action = menu.addAction(menu_icon(icon), tr(text))
            action.triggered.connect(lambda _=False, panel=panel: self._toggle_panel(panel))
        _pop_up(menu, self._fold)

    def _toggle_full_screen(self) -> None:
        window = self.window()
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)


def _captions_key(meeting: Meeting) -> str:
    return "captions.hide" if meeting.room.captions_on else "captions.show"


def _pop_up(menu: QMenu, button: QToolButton) -> None:
    corner = button.mapToGlobal(button.rect().topLeft())
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    corner.setY(corner.y() - menu.sizeHint().height())
    menu.popup(corner)
