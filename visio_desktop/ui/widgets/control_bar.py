"""The bar under the stage: microphone, camera, share, hand, leave; and at the right the panels."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from visio_desktop.meeting.intents import Leave, Panel, SetHand, SetSourceOn, ShowPanel
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability, DeviceKind, Source
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.buttons import set_meaning, set_off, set_property, tool_button
from visio_desktop.ui.widgets.device_menu import DeviceMenu

FOLD_PX = 1050
UNFOLD_PX = 1100
_MOST_COUNTED = 99
_PANELS = ((Panel.INFO, "info", "info"), (Panel.CHAT, "chat", "chat"), (Panel.PEOPLE, "group", "people"))
_SHORTCUTS = {Panel.CHAT: "Ctrl+Shift+M", Panel.PEOPLE: "Ctrl+Shift+P"}


class ControlBar(QWidget):
    """Emits intents; `settings_asked`, `statistics_asked` and `share_asked` open dialogs."""

    intent = Signal(object)
    settings_asked = Signal()
    statistics_asked = Signal()
    share_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setFixedHeight(theme.BAR_PX)
        self._meeting = Meeting()
        self._folded = False
        self._make_sources()
        self._panels = {panel: self._make_panel_button(panel, icon, text) for panel, icon, text in _PANELS}
        self._fold = tool_button("keyboard_arrow_up", "more_panels")
        self._fold.clicked.connect(self._unfold_menu)
        self._unread = _badge(self, theme.HAND, theme.HAND_TEXT)
        self._count = _badge(self, theme.BUTTON_HOVER, theme.TEXT_ON_DARK)
        self._lay_out()
        self.setFocusProxy(self._microphone)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""
        self._meeting = meeting
        self._show_source(self._microphone, "mic", "Ctrl+D", on=meeting.microphone_on)
        self._show_source(self._camera, "videocam", "Ctrl+E", on=meeting.camera_on)
        set_property(self._microphone_menu, "beside_off", value=not meeting.microphone_on)
        set_property(self._camera_menu, "beside_off", value=not meeting.camera_on)
        self._show_sharing(meeting)
        raised = meeting.me is not None and meeting.me.hand_raised_at_ms is not None
        self._hand.setChecked(raised)
        set_meaning(self._hand, "back_hand", "hand_lower" if raised else "hand_raise", shortcut="Ctrl+Shift+H")
        self._hand.setVisible(Capability.HAND in meeting.capabilities)
        for panel, button in self._panels.items():
            button.setChecked(meeting.panel is panel)
        self._panels[Panel.CHAT].setVisible(Capability.CHAT in meeting.capabilities and not self._folded)
        self._microphone_menu.show_meeting(meeting)
        self._camera_menu.show_meeting(meeting)
        self._show_counts(meeting)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the panels' buttons where there is no room for them."""
        super().resizeEvent(event)
        folded = self.width() <= FOLD_PX if not self._folded else self.width() < UNFOLD_PX
        if folded != self._folded:
            self._folded = folded
            for button in self._panels.values():
                button.setVisible(not folded)
            self._fold.setVisible(folded)
            self.show_meeting(self._meeting)
        self._place_badges()

    def _make_sources(self) -> None:
        self._microphone = tool_button("mic", "mic_off", shortcut="Ctrl+D")
        self._microphone.clicked.connect(lambda: self._toggle(Source.MICROPHONE))
        self._camera = tool_button("videocam", "videocam_off", shortcut="Ctrl+E")
        self._camera.clicked.connect(lambda: self._toggle(Source.CAMERA))
        kinds = (DeviceKind.MICROPHONE, DeviceKind.SPEAKER)
        self._microphone_menu = DeviceMenu(kinds, "devices_sound", self.intent.emit)
        self._camera_menu = DeviceMenu((DeviceKind.CAMERA,), "devices_camera", self.intent.emit)
        self._share = tool_button("screen_share", "share_start", checkable=True)
        self._share.clicked.connect(self._toggle_share)
        self._hand = tool_button("back_hand", "hand_raise", shortcut="Ctrl+Shift+H", checkable=True)
        self._hand.clicked.connect(self._toggle_hand)
        self._more = tool_button("more_vert", "more")
        self._more.clicked.connect(self._show_more)
        self._leave = tool_button("call_end", "leave")
        self._leave.setProperty("leave", True)
        self._leave.clicked.connect(lambda: self.intent.emit(Leave()))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
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
        for button in (self._share, self._hand, self._more, self._leave):
            row.addWidget(button)
        right = QWidget()
        panels = QHBoxLayout(right)
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

    def _show_source(self, button: QToolButton, icon: str, shortcut: str, *, on: bool) -> None:
        set_off(button, off=not on)
        colour = theme.TEXT_ON_DARK if on else theme.MUTED_TEXT
        shown = icon if on else f"{icon}_off"
        set_meaning(button, shown, f"{icon}_turn_off" if on else f"{icon}_turn_on", shortcut=shortcut, colour=colour)

    def _show_sharing(self, meeting: Meeting) -> None:
        self._share.setVisible(Capability.SCREEN_SHARE in meeting.capabilities)
        self._share.setChecked(meeting.screen_on)
        icon = "stop_screen_share" if meeting.screen_on else "screen_share"
        set_meaning(self._share, icon, "share_stop" if meeting.screen_on else "share_start")

    def _show_counts(self, meeting: Meeting) -> None:
        people = self._panels[Panel.PEOPLE]
        people.setAccessibleName(tr("room.people_count", count=len(meeting.participants)))
        chat = self._panels[Panel.CHAT]
        chat.setAccessibleName(tr("room.chat_unread", count=meeting.unread) if meeting.unread else tr("room.chat"))
        self._unread.setText(str(min(meeting.unread, _MOST_COUNTED)))
        self._count.setText(str(min(len(meeting.participants), _MOST_COUNTED)))
        self._place_badges()

    def _place_badges(self) -> None:
        self._unread.setVisible(self._meeting.unread > 0)
        self._count.setVisible(not self._folded)
        chat = self._fold if self._folded else self._panels[Panel.CHAT]
        for badge, button in ((self._unread, chat), (self._count, self._panels[Panel.PEOPLE])):
            corner = button.mapTo(self, button.rect().topRight())
            badge.setGeometry(corner.x() - 16, corner.y() - 4, 24, 18)
            badge.raise_()

    def _toggle(self, source: Source) -> None:
        self.intent.emit(SetSourceOn(source, on=not self._meeting.is_on(source)))
        self.show_meeting(self._meeting)

    def _toggle_share(self) -> None:
        if self._meeting.screen_on:
            self.intent.emit(SetSourceOn(Source.SCREEN, on=False))
        else:
            self.share_asked.emit()
        self.show_meeting(self._meeting)

    def _toggle_hand(self) -> None:
        me = self._meeting.me
        self.intent.emit(SetHand(raised=me is None or me.hand_raised_at_ms is None))
        self.show_meeting(self._meeting)

    def _toggle_panel(self, panel: Panel) -> None:
        self.intent.emit(ShowPanel(None if self._meeting.panel is panel else panel))
        self.show_meeting(self._meeting)

    def _show_more(self) -> None:
        menu = QMenu(self)
        full = menu.addAction(tr("room.fullscreen"))
        full.triggered.connect(self._toggle_full_screen)
        statistics = menu.addAction(icons.icon("signal_cellular_alt", theme.TEXT_ON_DARK), tr("room.statistics"))
        statistics.triggered.connect(self.statistics_asked.emit)
        settings = menu.addAction(icons.icon("settings", theme.TEXT_ON_DARK), tr("room.settings"))
        settings.triggered.connect(self.settings_asked.emit)
        _pop_up(menu, self._more)

    def _unfold_menu(self) -> None:
        menu = QMenu(self)
        for panel, icon, text in _PANELS:
            action = menu.addAction(icons.icon(icon, theme.TEXT_ON_DARK), tr(f"room.{text}"))
            action.triggered.connect(lambda _=False, panel=panel: self._toggle_panel(panel))
        _pop_up(menu, self._fold)

    def _toggle_full_screen(self) -> None:
        window = self.window()
        window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen)


def _badge(parent: QWidget, colour: str, text_colour: str) -> QLabel:
    badge = QLabel(parent)
    badge.setObjectName("badge")
    badge.setStyleSheet(f"background: {colour}; color: {text_colour}; border-radius: 9px; font-size: 12px;")
    badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
    badge.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    badge.hide()
    return badge


def _pop_up(menu: QMenu, button: QToolButton) -> None:
    corner = button.mapToGlobal(button.rect().topLeft())
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    corner.setY(corner.y() - menu.sizeHint().height())
    menu.popup(corner)
