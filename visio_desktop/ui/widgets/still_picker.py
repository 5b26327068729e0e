"""Which picture the others see while the camera is off: none, or a file of one's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from visio_desktop.meeting.intents import ChooseLook
from visio_desktop.meeting.look import OWN_IMAGE, Look
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.drop_down import DropDown
from visio_desktop.ui.widgets.look_picker import ask_for_picture

_ANOTHER: Final = "another"
_LONGEST_NAME: Final = 40


class StillPicker(DropDown):
    """Emits `ChooseLook`."""

    intent = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = Look()
        self._shown: list[tuple[str, str]] = []
        self.setAccessibleName(tr("settings.camera_still"))
        self.activated.connect(self._choose)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the choice of a snapshot."""
        self._look = meeting.look
        still = meeting.look.still
        choices = [("", tr("picture.still_none"))]
        choices += [(still, PurePath(still.removeprefix(OWN_IMAGE)).name[:_LONGEST_NAME])] if still else []
        choices.append((_ANOTHER, tr("picture.background.own")))
        if choices != self._shown:
            self._shown = choices
            self.clear()
            for each, name in choices:
                self.addItem(name, each)
        self._show_chosen()

    def _show_chosen(self) -> None:
        self.setCurrentIndex(self.findData(self._look.still))
        self.setToolTip(self.currentText())

    def _choose(self, index: int) -> None:
        chosen = str(self.itemData(index))
        self._show_chosen()  # it changes once the snapshot says so
        if chosen == _ANOTHER:
            ask_for_picture(self.window(), tr("picture.open_still"), lambda path: self._wish(f"{OWN_IMAGE}{path}"))
        else:
            self._wish(chosen)

    def _wish(self, still: str) -> None:
        self.intent.emit(ChooseLook(replace(self._look, still=still)))
