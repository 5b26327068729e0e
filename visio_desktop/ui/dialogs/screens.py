"""What to share: the screens of this machine, each with a picture of it as it is now."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QDialogButtonBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import ChooseScreen, SetSourceOn
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Problem, ProblemCode, Screen, Source
from visio_desktop.system.texts import tr
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.screen_card import ScreenCard
from visio_desktop.ui.widgets.stage import Pictures

_ACROSS: Final = 2


class ScreensDialog(LightDialog):
    """Nothing is shared before Share is pressed; Escape or Cancel shares nothing."""

    intent = Signal(object)

    def __init__(self, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(tr("room.share_title"), parent, close=tr("pages.cancel"))
        self._pictures = pictures
        self._shown: tuple[Screen, ...] | None = None
        self._before = ""
        self.cards: list[ScreenCard] = []
        self.problem = ProblemBox()
        self.sound = QCheckBox(tr("desktop.share_sound"))
        self.sound_hint = label(tr("desktop.share_sound_hint"), "soft")
        self.sound.setAccessibleDescription(tr("desktop.share_sound_hint"))
        self.share = push_button(tr("room.share_now"), primary=True)
        self.share.setEnabled(False)
        self.share.setDefault(True)
        self.share.clicked.connect(self._share)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._lay_out()
        self.resize(700, 500)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the screens of a snapshot; out of the room, or once a screen is shared, there is nothing to choose."""
        if meeting.page is not Page.ROOM or meeting.screen_on:
            self.close()
            return
        self._before = meeting.screen_spec
        self._offer_sound(meeting)
        if meeting.screens is None or meeting.screens == self._shown:
            return
        self._shown = meeting.screens
        self._show_cards(meeting.screens)
        self.problem.show_problems(None if meeting.screens else Problem(ProblemCode.SCREEN_FAILED))

    def _offer_sound(self, meeting: Meeting) -> None:
        """Only where it can be had, and may be sent."""
        offered = meeting.sound_shareable and Source.SCREEN_AUDIO in meeting.room.may_send
        if offered and self.sound.isHidden():
            self.sound.setChecked(meeting.screen_sound)
        self.sound.setVisible(offered)
        self.sound_hint.setVisible(offered)

    def _show_cards(self, screens: tuple[Screen, ...]) -> None:
        chosen = next((card.screen_spec for card in self.cards if card.isChecked()), self._before)
        for card in self.cards:
            self._group.removeButton(card)
            card.hide()
            card.deleteLater()
        self.cards = [ScreenCard(screen, self._pictures) for screen in screens]
        for place, card in enumerate(self.cards):
            self._group.addButton(card)
            self._grid.addWidget(card, place // _ACROSS, place % _ACROSS)
            card.setChecked(card.screen_spec == chosen)
        if self.cards and self._group.checkedButton() is None:
            self.cards[0].setChecked(True)
        self.share.setEnabled(bool(self.cards))
        if self.cards:
            next(card for card in self.cards if card.isChecked()).setFocus()

    def _share(self) -> None:
        chosen = self._group.checkedButton()
        if isinstance(chosen, ScreenCard):
            sound = self.sound.isVisible() and self.sound.isChecked()
            self.intent.emit(ChooseScreen(chosen.screen_spec, sound=sound))
            self.intent.emit(SetSourceOn(Source.SCREEN, on=True))
        self.close()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(10)
        column.addWidget(label(tr("room.share_title"), "subheading"))
        column.addWidget(label(tr("room.share_hint"), "soft"))
        self._grid = QGridLayout()
        self._grid.setSpacing(12)
        centred = QHBoxLayout()
        centred.addLayout(self._grid)
        centred.addStretch(1)
        column.addLayout(centred)
        column.addWidget(self.sound)
        column.addWidget(self.sound_hint)
        self.sound.hide()
        self.sound_hint.hide()
        column.addWidget(self.problem)
        column.addStretch(1)
        self.buttons.addButton(self.share, QDialogButtonBox.ButtonRole.AcceptRole)
