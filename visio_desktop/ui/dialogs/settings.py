"""Settings: name, language, and the devices with picture and level."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import SetName, TestSpeaker, TryDevices
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.settings.schema import section
from visio_desktop.system.texts import LANGUAGES, tr
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.pages.prejoin import LONGEST_NAME
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.decided import DecidedNote, show_decided
from visio_desktop.ui.widgets.device_picker import DevicePicker
from visio_desktop.ui.widgets.drop_down import DropDown
from visio_desktop.ui.widgets.level_meter import LevelMeter
from visio_desktop.ui.widgets.look_choices import LookChoices
from visio_desktop.ui.widgets.preview import Preview
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.stage import Pictures

_PREVIEW_PX: Final = 208
_OWN: Final = tuple(each.key for name in ("general", "devices", "picture") for each in section(name))
_WITH_DEVICES: Final = (Page.PREJOIN, Page.JOINING, Page.ROOM)


class SettingsDialog(LightDialog):
    """Every choice holds at once; `language_chosen` gives a code, empty to follow the system.

    Outside a meeting camera and microphone are opened only when they are to be tried, and let go with the dialog.
    """

    intent = Signal(object)
    language_chosen = Signal(str)
    devices_asked = Signal()
    network_asked = Signal()
    comfort_asked = Signal()
    desktop_asked = Signal()
    further_asked = Signal()
    policies_asked = Signal()
    sound_asked = Signal()
    support_asked = Signal()
    about_asked = Signal()

    def __init__(
        self, pictures: Pictures, level_db: Callable[[], float], language: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("settings.title"), parent)
        self.preview = Preview(pictures, with_buttons=False)
        self.preview.set_width(_PREVIEW_PX)
        self.level = LevelMeter(level_db)
        self.pickers = {kind: DevicePicker(kind) for kind in DeviceKind}
        self.look = LookChoices()
        self.problem = ProblemBox()
        self.trial = push_button(tr("settings.try"))
        self.hint = label(tr("settings.try_hint"), "soft")
        self.sound = push_button(tr("settings.play"))
        self.more_sound = push_button(tr("settings.sound.open"))
        self.network = push_button(tr("settings.network.open"))
        self.comfort = push_button(tr("settings.comfort.open"))
        self.desktop = push_button(tr("settings.desktop.open"))
        self.further = push_button(tr("settings.further.open"))
        self.policies = push_button(tr("settings.policies.open"))
        self.support = push_button(tr("support.open"))
        self.about = push_button(tr("about.open"))
        self._trying = False
        self.decided = DecidedNote(*_OWN)
        self.name = QLineEdit()
        self.language = DropDown()
        self._name_shown = ""
        self._prepare(language)
        self._lay_out()
        self.resize(640, 760)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot; a name being typed is left alone."""
        at_devices = meeting.page in _WITH_DEVICES
        self._trying = meeting.trying
        self.preview.show_meeting(meeting)
        self.preview.setVisible(at_devices or meeting.trying)
        self.level.setVisible(meeting.trying or (at_devices and meeting.microphone_on))
        self.trial.setVisible(not at_devices)
        self.hint.setVisible(not at_devices)
        said = tr("settings.try_stop" if meeting.trying else "settings.try")
        self.trial.setText(said)
        self.trial.setAccessibleName(said)
        for picker in self.pickers.values():
            picker.show_meeting(meeting)
        self.look.show_meeting(meeting)
        self.problem.show_problems(*(meeting.device(kind).problem for kind in DeviceKind), meeting.look_problem)
        if meeting.name != self._name_shown and not self.name.hasFocus():
            self.name.setText(meeting.name)
        self._name_shown = meeting.name
        self.decided.show_meeting(meeting)
        show_decided(meeting, "name", self.name)
        show_decided(meeting, "language", self.language)

    def hideEvent(self, event: QHideEvent) -> None:
        """What was tried is let go."""
        super().hideEvent(event)
        if self._trying:
            self._trying = False
            self.intent.emit(TryDevices(on=False))

    def _prepare(self, language: str) -> None:
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName(tr("settings.name"))
        self.name.editingFinished.connect(self._set_name)
        for code in ("", *LANGUAGES):
            self.language.addItem(tr(f"settings.language.{code}"), code)
        self.language.setCurrentIndex(max(0, self.language.findData(language)))
        self.language.setAccessibleName(tr("settings.language"))
        self.language.activated.connect(lambda: self.language_chosen.emit(self.language.currentData()))
        self.trial.clicked.connect(lambda: self.intent.emit(TryDevices(on=not self._trying)))
        self.sound.clicked.connect(lambda: self.intent.emit(TestSpeaker()))
        self.more_sound.clicked.connect(self.sound_asked)
        self.network.clicked.connect(self.network_asked)
        self.comfort.clicked.connect(self.comfort_asked)
        self.desktop.clicked.connect(self.desktop_asked)
        self.further.clicked.connect(self.further_asked)
        self.policies.clicked.connect(self.policies_asked)
        self.support.clicked.connect(self.support_asked)
        self.about.clicked.connect(self.about_asked)
        for button in (self.trial, self.sound, self.more_sound, self.comfort, self.network, self.desktop):
            button.setAutoDefault(False)
        for button in (self.support, self.further, self.policies, self.about):
            button.setAutoDefault(False)
        self.look.intent.connect(self.intent)
        for picker in self.pickers.values():
            picker.intent.connect(self.intent)
            picker.opening.connect(self.devices_asked)

    def _set_name(self) -> None:
        name = self.name.text().strip()
        if name != self._name_shown:
            self._name_shown = name
            self.intent.emit(SetName(name))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(6)
        column.addWidget(self.decided)
        _add(column, tr("settings.name"), self.name)
        _add(column, tr("settings.language"), self.language)
        column.addSpacing(8)
        column.addWidget(label(tr("pages.devices"), "subheading"))
        _add(column, tr("settings.microphone"), self.pickers[DeviceKind.MICROPHONE])
        column.addWidget(self.level)
        _add(column, tr("settings.speaker"), self.pickers[DeviceKind.SPEAKER])
        sounds = QHBoxLayout()
        sounds.addWidget(self.sound)
        sounds.addWidget(self.more_sound)
        sounds.addStretch(1)
        column.addLayout(sounds)
        _add(column, tr("settings.camera"), self.pickers[DeviceKind.CAMERA])
        across = QHBoxLayout()
        across.addWidget(self.preview)
        across.addStretch(1)
        column.addSpacing(4)
        column.addWidget(self.trial, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.hint)
        column.addLayout(across)
        column.addWidget(self.look)
        column.addWidget(self.problem)
        column.addSpacing(8)
        further = QHBoxLayout()
        further.addWidget(self.comfort)
        further.addWidget(self.network)
        further.addWidget(self.desktop)
        further.addStretch(1)
        column.addLayout(further)
        beyond = QHBoxLayout()
        beyond.addWidget(self.further)
        beyond.addWidget(self.policies)
        beyond.addWidget(self.support)
        beyond.addWidget(self.about)
        beyond.addStretch(1)
        column.addLayout(beyond)
        column.addStretch(1)


def _add(column: QVBoxLayout, text: str, control: QWidget) -> QLabel:
    name = label(text)
    name.setBuddy(control)
    column.addSpacing(6)
    column.addWidget(name)
    column.addWidget(control)
    return name
