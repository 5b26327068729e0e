"""How loud one person is heard: a slider over the window, where it was asked for, until one turns elsewhere."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget
from shiboken6 import isValid

from visio_desktop.meeting.intents import SetVolume
from visio_desktop.meeting.sound import AS_SENT_PERCENT, LOUDEST_PERCENT
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Participant
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.controls import push_button
from visio_desktop.ui.widgets.side_panel import tamed_name

_STEP_PERCENT: Final = 5
_PAGE_PERCENT: Final = 25
_WIDTH_PX: Final = 280


class VolumeCard(QFrame):
    """Of one person; arrows turn it by 5 %, Page Up and Down by 25, Home and End all the way."""

    intent = Signal(object)

    def __init__(self, parent: QWidget, meeting: Meeting, person: Participant) -> None:
        self._window = parent.window()
        super().__init__(self._window)
        self._before = QApplication.focusWidget()
        self.setObjectName("volume")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(theme.style("page"))
        self._person_id = person.id
        said = tr("sound.volume_of", name=tamed_name(person.name))
        self.setAccessibleName(said)
        self.title = QLabel(said)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.value = QLabel()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, LOUDEST_PERCENT)
        self.slider.setSingleStep(_STEP_PERCENT)
        self.slider.setPageStep(_PAGE_PERCENT)
        self.slider.setAccessibleName(said)
        self.slider.setValue(meeting.volume_percent(person.id))
        self.slider.valueChanged.connect(self._turned)
        self.reset = push_button(tr("sound.volume_reset"))
        self.reset.clicked.connect(lambda: self.slider.setValue(AS_SENT_PERCENT))
        self._show_value()
        self._lay_out()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape and Return put it away, and the keyboard goes where it was."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._put_away()
        else:
            super().keyPressEvent(event)

    def open_at(self, place: QPoint) -> None:
        """Open it there on the screen, as far as the window has room."""
        self.setFixedWidth(_WIDTH_PX)
        self.adjustSize()
        inside, room = self._window.mapFromGlobal(place), self._window.size()
        x_px = max(0, min(inside.x(), room.width() - self.width()))
        y_px = max(0, min(inside.y(), room.height() - self.height()))
        self.move(x_px, y_px)
        self.show()
        self.raise_()
        self.slider.setFocus(Qt.FocusReason.PopupFocusReason)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        """None is another window: one comes back."""
        if new is not None and not self.isAncestorOf(new):
            self.close()

    def _put_away(self) -> None:
        before = self._before
        self.close()
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def _turned(self, percent: int) -> None:
        self._show_value()
        self.intent.emit(SetVolume(self._person_id, percent))

    def _show_value(self) -> None:
        said = tr("sound.volume_value", percent=self.slider.value())
        self.value.setText(said)
        self.slider.setAccessibleDescription(said)
        self.reset.setEnabled(self.slider.value() != AS_SENT_PERCENT)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.addWidget(self.title)
        across = QHBoxLayout()
        across.addWidget(self.slider, 1)
        across.addWidget(self.value)
        column.addLayout(across)
        column.addWidget(self.reset, 0, Qt.AlignmentFlag.AlignLeft)
