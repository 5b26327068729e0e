"""What to share: this machine's screens and other programs' windows, each with a picture of it as it is now."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRect, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.intents import ChooseScreen, SetSourceOn
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Problem, ProblemCode, Screen, Source
from visio_desktop.system.texts import tr
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.platform.places import places_of, to_logical
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.screen_card import ScreenCard
from visio_desktop.ui.widgets.stage import Pictures

_ACROSS: Final = 2


class ScreensDialog(LightDialog):
    """Nothing is shared before Share is pressed; Escape or Cancel shares nothing.

    `looked_for` wants what can be shared to be looked for again: the person may have opened it just now.
    """

    intent = Signal(object)
    looked_for = Signal()

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(tr("screen.title"), parent, close=tr("pages.cancel"))
        self._pictures = pictures
        self._shown: tuple[Screen, ...] | None = None
        self._before = ""
        self._asked = False
        self.cards: list[ScreenCard] = []
        self.problem = ProblemBox()
        self.here = label(tr("screen.here"), "soft")
        self.text, self.motion = QRadioButton(tr("screen.text")), QRadioButton(tr("screen.motion"))
        self.sound = QCheckBox(tr("desktop.share_sound"))
        self.sound_hint = label(tr("desktop.share_sound_hint"), "soft")
        self.sound.setAccessibleDescription(tr("desktop.share_sound_hint"))
        self.share = push_button(tr("room.share_now"), primary=True)
        self.share.setEnabled(False)
        self.share.setDefault(True)
        self.share.clicked.connect(self._share)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._group.buttonToggled.connect(self._show_here)
        self._lay_out()
        self.resize(740, 760)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the screens of a snapshot; out of the room, or once a screen is shared, there is nothing to choose."""
        if meeting.page is not Page.ROOM or meeting.screen_on:
            self.close()
            return
        if self._shown is None:
            (self.motion if meeting.screen_motion else self.text).setChecked(True)
        self._before = meeting.screen_spec
        self._offer_sound(meeting)
        if meeting.screens is None or meeting.screens == self._shown:
            return
        self._shown = meeting.screens
        self._show_cards(meeting.screens)
        self.problem.show_problems(None if meeting.screens else Problem(ProblemCode.SCREEN_FAILED))

    def event(self, event: QEvent) -> bool:
        """Whoever comes back to it may have opened in the meantime what is to be shared."""
        if event.type() == QEvent.Type.WindowActivate:
            if self._asked:
                self.looked_for.emit()
            self._asked = True
        return super().event(event)

    def _offer_sound(self, meeting: Meeting) -> None:
        """Only where it can be had, and may be sent."""
        offered = meeting.sound_shareable and Source.SCREEN_AUDIO in meeting.room.may_send
        if offered and self.sound.isHidden():
            self.sound.setChecked(meeting.screen_sound)
        self.sound.setVisible(offered)
        self.sound_hint.setVisible(offered)

    def _show_cards(self, screens: tuple[Screen, ...]) -> None:
        chosen = next((card.screen_spec for card in self.cards if card.isChecked()), self._before)
        had_keyboard = not self.cards or any(card.hasFocus() for card in self.cards)
        for card in self.cards:
            self._group.removeButton(card)
            card.hide()
            card.deleteLater()
        self.cards = [ScreenCard(screen, self._pictures) for screen in screens]
        for card in self.cards:
            self._group.addButton(card)
            card.setChecked(card.screen_spec == chosen)
        self._fill(self._screens, [card for card in self.cards if not card.is_window])
        windows = [card for card in self.cards if card.is_window]
        self._fill(self._windows, windows)
        for heading in self._headings:
            heading.setVisible(bool(windows))
        if self.cards and self._group.checkedButton() is None:
            self.cards[0].setChecked(True)
        self.share.setEnabled(bool(self.cards))
        if self.cards and had_keyboard:
            next(card for card in self.cards if card.isChecked()).setFocus()
        self._show_here()

    @staticmethod
    def _fill(grid: QGridLayout, cards: list[ScreenCard]) -> None:
        for place, card in enumerate(cards):
            grid.addWidget(card, place // _ACROSS, place % _ACROSS)

    def _show_here(self) -> None:
        """Whether the others would see this program too."""
        chosen = self._group.checkedButton()
        here = isinstance(chosen, ScreenCard) and not chosen.is_window and self._is_on(chosen.area)
        self.here.setVisible(here)

    def _is_on(self, area: Area) -> bool:
        window = self.parentWidget() or self
        place: QRect | None = to_logical(area, places_of(QGuiApplication.screens()))
        return place is not None and place.intersects(window.window().frameGeometry())

    def _share(self) -> None:
        chosen = self._group.checkedButton()
        if isinstance(chosen, ScreenCard):
            sound = self.sound.isVisible() and self.sound.isChecked()
            self.intent.emit(ChooseScreen(chosen.screen_spec, sound=sound, motion=self.motion.isChecked()))
            self.intent.emit(SetSourceOn(Source.SCREEN, on=True))
        self.close()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(10)
        column.addWidget(label(tr("screen.title"), "subheading"))
        column.addWidget(label(tr("screen.hint"), "soft"))
        self._headings: list[QLabel] = []
        self._screens, self._windows = QGridLayout(), QGridLayout()
        for heading, grid in (("screen.screens", self._screens), ("screen.windows", self._windows)):
            self._headings.append(label(tr(heading), "section"))
            column.addWidget(self._headings[-1])
            grid.setSpacing(12)
            row = QHBoxLayout()
            row.addLayout(grid)
            row.addStretch(1)
            column.addLayout(row)
        column.addWidget(self.problem)
        column.addStretch(1)
        for hidden in (*self._headings, self.here, self.sound, self.sound_hint):
            hidden.hide()
        self._lay_out_foot()
        self.buttons.addButton(self.share, QDialogButtonBox.ButtonRole.AcceptRole)

    def _lay_out_foot(self) -> None:
        """What is chosen beside the picture stays in sight however many windows there are."""
        foot = QVBoxLayout()
        foot.setContentsMargins(4, 4, 12, 4)
        foot.setSpacing(6)
        foot.addWidget(self.here)
        kinds = QGridLayout()
        kinds.setHorizontalSpacing(16)
        kinds.setColumnStretch(1, 1)
        self.text.setChecked(True)
        for row, (button, hint) in enumerate(((self.text, "screen.text_hint"), (self.motion, "screen.motion_hint"))):
            button.setAccessibleDescription(tr(hint))
            kinds.addWidget(button, row, 0)
            kinds.addWidget(label(tr(hint), "soft"), row, 1)
        foot.addLayout(kinds)
        foot.addWidget(self.sound)
        foot.addWidget(self.sound_hint)
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertLayout(1, foot)
