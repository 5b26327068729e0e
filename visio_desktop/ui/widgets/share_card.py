"""Says what one shares, holds it and stops it. The share itself is not shown: it would show itself again."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QWidget

from visio_desktop.meeting.intents import ChooseScreen, PauseScreen, SetSourceOn
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Source
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.announce import announce
from visio_desktop.ui.widgets.controls import push_button

_LONGEST_TITLE: Final = 32
_NARROW_PX: Final = 820


class ShareCard(QFrame):
    """Floats at the top of the stage while one shares, and stands in the bar over other programs.

    `minimised`: what is shared is not on the display at the moment.
    """

    intent = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("hint")
        self._meeting = Meeting()
        self._minimised = False
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 6, 6)
        self._sign = QLabel()
        row.addWidget(self._sign)
        self.said = QLabel()
        row.addWidget(self.said)
        self.kind = push_button(tr("screen.text"))
        self.pause = push_button(tr("screen.pause"))
        self.stop = push_button(tr("stage.stop_share"))
        for button in (self.kind, self.pause, self.stop):
            button.setAutoDefault(False)
            row.addWidget(button)
        self._make_menu()
        self.pause.clicked.connect(lambda: self.intent.emit(PauseScreen(not self._meeting.screen_paused)))
        self.stop.clicked.connect(lambda: self.intent.emit(SetSourceOn(Source.SCREEN, on=False)))
        parent.installEventFilter(self)
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""
        self._meeting = meeting
        if meeting.screen_on:
            self._show()
        self.setVisible(meeting.screen_on)

    def set_minimised(self, *, minimised: bool) -> None:
        """Whether what is shared is out of sight, also of ours."""
        if minimised != self._minimised:
            self._minimised = minimised
            self.show_meeting(self._meeting)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Where there is little room what can be done without goes."""
        if event.type() == QEvent.Type.Resize and watched is self.parent():
            self._fit()
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        paused = self._meeting.screen_paused
        said = tr("screen.paused") if paused else tr("screen.minimised") if self._minimised else told(self._meeting)
        if self._meeting.screen_asked:
            said = tr("screen.asked")
        if said != self.said.text():
            self.said.setText(said)
            self.setAccessibleName(said)
            announce(self, said)
        sign = "pause" if paused else "screen_share"
        colour = theme.HAND if paused else theme.TEXT_ON_DARK
        self._sign.setPixmap(icons.pixmap(sign, colour, theme.ICON_PX, self.devicePixelRatioF()))
        self.pause.setText(tr("screen.resume" if paused else "screen.pause"))
        self.pause.setAccessibleName(tr("screen.resume_sharing" if paused else "screen.pause_sharing"))
        kind = tr("screen.motion" if self._meeting.screen_motion else "screen.text")
        self.kind.setText(kind)
        self.kind.setAccessibleName(kind)
        self._motion.setChecked(self._meeting.screen_motion)
        self._text.setChecked(not self._meeting.screen_motion)
        self._sound.setChecked(self._meeting.screen_sound)
        self._sound.setVisible(self._meeting.sound_shareable and Source.SCREEN_AUDIO in self._meeting.room.may_send)
        self.pause.setHidden(self._meeting.screen_asked)
        self._fit()

    def _fit(self) -> None:
        # Another kind begins anew: while it is paused there is nothing to begin with.
        parent = self.parentWidget()
        room = parent is not None and parent.width() >= _NARROW_PX
        self.kind.setVisible(room and not self._meeting.screen_paused and not self._meeting.screen_asked)
        self.stop.setText(tr("stage.stop_share" if room else "screen.stop"))

    def _make_menu(self) -> None:
        menu = QMenu(self)
        group = QActionGroup(menu)
        self._text, self._motion = menu.addAction(tr("screen.text")), menu.addAction(tr("screen.motion"))
        for action, motion in ((self._text, False), (self._motion, True)):
            action.setCheckable(True)
            action.setActionGroup(group)
            action.triggered.connect(lambda _=False, motion=motion: self._choose(motion=motion))
        menu.addSeparator()
        self._sound = menu.addAction(tr("desktop.share_sound"))
        self._sound.setCheckable(True)
        self._sound.triggered.connect(lambda on: self._choose(motion=self._meeting.screen_motion, sound=on))
        self.kind.setMenu(menu)

    def _choose(self, *, motion: bool, sound: bool | None = None) -> None:
        meeting = self._meeting
        with_sound = meeting.screen_sound if sound is None else sound
        if (motion, with_sound) != (meeting.screen_motion, meeting.screen_sound):
            self.intent.emit(ChooseScreen(meeting.screen_spec, sound=with_sound, motion=motion))


def told(meeting: Meeting) -> str:
    """What one shares, in a sentence."""
    spec = meeting.screen_spec
    window = next((s for s in meeting.screens or () if s.spec == spec and s.title), None)
    if window is None:
        return tr("stage.you_share")
    title = window.title if len(window.title) <= _LONGEST_TITLE else window.title[: _LONGEST_TITLE - 1] + "…"
    return tr("screen.sharing_window", title=title)
