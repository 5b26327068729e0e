"""Settings of sound: what is taken out of one's own, where the meeting's sounds are heard, and listening to oneself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import ChooseRinger, ListenToMyself, SetSound, UseHeadsetButtons
from visio_desktop.meeting.state import SAME, Meeting, Playback
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.extras import has_strong_noise
from visio_desktop.system.texts import tr
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.decided import DecidedNote, show_decided
from visio_desktop.ui.widgets.drop_down import DropDown
from visio_desktop.ui.widgets.level_meter import LevelMeter
from visio_desktop.ui.widgets.problem_box import ProblemBox

_SWITCHES: Final = {
    "echo": "echo_cancellation",
    "noise": "noise_suppression",
    "strong": "strong_noise_suppression",
    "gain": "automatic_gain",
    "original": "original_sound",
}
"""What is wished, and the setting it is kept as."""

_PLAYBACK: Final = {
    Playback.NONE: "sound.listen",
    Playback.RECORDING: "sound.recording",
    Playback.PLAYING: "sound.playing",
}


class SoundDialog(LightDialog):
    """Every choice holds at once, in the middle of a meeting too."""

    intent = Signal(object)

    def __init__(self, level_db: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(tr("settings.sound"), parent)
        self._meeting = Meeting()
        self._offered: list[tuple[str, str]] = []
        self.switches = {field: self._make_switch(field, key) for field, key in offered()}
        self.decided = DecidedNote(*_SWITCHES.values(), "ringer", "headset_buttons")
        self.ringer = DropDown()
        self.ringer.setAccessibleName(tr("settings.ringer"))
        self.ringer.setAccessibleDescription(tr("settings.ringer.help"))
        self.ringer.activated.connect(lambda: self.intent.emit(ChooseRinger(str(self.ringer.currentData()))))
        self.headset = QCheckBox(tr("settings.headset_buttons"))
        self.headset.setAccessibleDescription(tr("settings.headset_buttons.help"))
        self.headset.clicked.connect(lambda on: self.intent.emit(UseHeadsetButtons(on)))
        self.headset_note = label("", "soft")
        self.listen = push_button(tr("sound.listen"))
        self.listen.setAutoDefault(False)
        self.listen.clicked.connect(lambda: self.intent.emit(ListenToMyself()))
        self.level = LevelMeter(level_db)
        self.problem = ProblemBox()
        self._lay_out()
        self.resize(560, 640)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""
        self._meeting = meeting
        self.decided.show_meeting(meeting)
        for field, switch in self.switches.items():
            switch.setChecked(getattr(meeting.sound, field))
            counts = field == "original" or not (meeting.sound.original or (field == "noise" and meeting.sound.strong))
            switch.setEnabled(counts and _SWITCHES[field] not in meeting.locked)
            show_decided(meeting, _SWITCHES[field], switch)
        self._show_ringers(meeting)
        self.ringer.setEnabled("ringer" not in meeting.locked)
        self.headset.setChecked(meeting.headset_buttons)
        show_decided(meeting, "headset_buttons", self.headset)
        self.headset_note.setText(headset_words(meeting))
        said = tr(_PLAYBACK[meeting.playback])
        self.listen.setText(said)
        self.listen.setAccessibleName(said)
        self.listen.setEnabled(meeting.playback is Playback.NONE)
        self.level.setVisible(bool(meeting.microphone.opened_name))
        self.problem.show_problems(meeting.microphone.problem, meeting.speaker.problem)

    def _show_ringers(self, meeting: Meeting) -> None:
        offered = [(SAME, tr("settings.ringer.same"))]
        offered += [(device.key, device.name) for device in meeting.devices if device.kind is DeviceKind.SPEAKER]
        if meeting.ringer not in [spec for spec, _ in offered]:
            offered.append((meeting.ringer, meeting.ringer))
        if offered != self._offered:
            self._offered = offered
            self.ringer.clear()
            for spec, name in offered:
                self.ringer.addItem(name, spec)
        self.ringer.setCurrentIndex(self.ringer.findData(meeting.ringer))
        self.ringer.setToolTip(self.ringer.currentText())
        show_decided(meeting, "ringer", self.ringer)

    def _make_switch(self, field: str, key: str) -> QCheckBox:
        made = QCheckBox(tr(f"settings.{key}"))
        made.setAccessibleDescription(tr(f"settings.{key}.help"))
        made.clicked.connect(lambda on: self._wish(field, on=on))
        return made

    def _wish(self, field: str, *, on: bool) -> None:
        self.intent.emit(SetSound(replace(self._meeting.sound, **{field: on})))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(6)
        column.addWidget(self.decided)
        for field, switch in self.switches.items():
            column.addSpacing(6)
            column.addWidget(switch)
            column.addWidget(label(tr(f"settings.{_SWITCHES[field]}.help"), "soft"))
        column.addSpacing(6)
        column.addWidget(self.headset)
        column.addWidget(self.headset_note)
        column.addSpacing(10)
        column.addWidget(self.listen, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.level)
        column.addWidget(label(tr("sound.listen_hint"), "soft"))
        column.addWidget(self.problem)
        column.addSpacing(10)
        name = label(tr("settings.ringer"))
        name.setBuddy(self.ringer)
        column.addWidget(name)
        column.addWidget(self.ringer)
        column.addStretch(1)


def offered() -> list[tuple[str, str]]:
    """The switches that do something here."""
    return [(field, key) for field, key in _SWITCHES.items() if field != "strong" or has_strong_noise()]


def headset_words(meeting: Meeting) -> str:
    """What the buttons do, or which headset's are listened to, or why they are not."""
    if not sys.platform.startswith("linux"):
        return tr("sound.headset_not_here")
    found = meeting.headset
    if not found.name or not meeting.headset_buttons:
        return tr("settings.headset_buttons.help")
    return tr("sound.headset_refused" if found.refused else "sound.headset_used", name=found.name)
