"""Starting, stopping or asking for a recording or a transcript, with what is going on now."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import AskServer
from visio_desktop.meeting.requests import RequestRecording, StartRecording, StopRecording
from visio_desktop.meeting.rooms import RecordingKind, RecordingState
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.ask_strip import AskStrip
from visio_desktop.ui.widgets.controls import push_button

_STARTING = {RecordingKind.SCREEN: Capability.RECORD, RecordingKind.TRANSCRIPT: Capability.TRANSCRIBE}
_REQUESTING = {
    RecordingKind.SCREEN: Capability.REQUEST_RECORDING,
    RecordingKind.TRANSCRIPT: Capability.REQUEST_TRANSCRIPT,
}


class Step(Enum):
    """What a press does next."""

    START = "start"
    STOP = "stop"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the two as it stands: what a press does, None while nothing can be done, and what is said below."""

    kind: RecordingKind
    step: Step | None
    state: str = ""


def records(capabilities: Capability) -> bool:
    """Whether anything can be recorded or asked for."""
    found = (*_STARTING.values(), *_REQUESTING.values())
    return any(one in capabilities for one in found)


def offers(meeting: Meeting) -> tuple[Offer, ...]:
    """What may be recorded, and how far it is; nothing that the server lacks."""
    found = (_offer(meeting, kind) for kind in RecordingKind)
    return tuple(offer for offer in found if offer is not None)


def _offer(meeting: Meeting, kind: RecordingKind) -> Offer | None:
    may_start = _STARTING[kind] in meeting.capabilities
    if not may_start and _REQUESTING[kind] not in meeting.capabilities:
        return None
    begin = Step.START if may_start else Step.REQUEST
    running = meeting.room.recording
    if running is None:
        return Offer(kind, begin)
    if running.state is RecordingState.FAILED:
        return Offer(kind, begin, tr("recording.state_aborted") if running.kind is kind else "")
    if running.kind is not kind:
        return Offer(kind, None, tr("recording.other_first"))
    stops = may_start and running.state is RecordingState.STARTED
    return Offer(kind, Step.STOP if stops else None, tr(f"recording.state_{running.state.value}"))


class RecordingControls(QFrame):
    """Hidden where the server can neither record nor be asked to. Before a start it says that everybody is told."""

    intent = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("group")
        self.rows = {kind: _Row(kind) for kind in RecordingKind}
        self.ask = AskStrip()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(10)
        for row in self.rows.values():
            row.chosen.connect(self._take_step)
            column.addWidget(row)
        column.addWidget(self.ask)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show what may be done now."""
        found = {offer.kind: offer for offer in offers(meeting)}
        for kind, row in self.rows.items():
            row.setVisible(kind in found)
            if kind in found:
                row.show_offer(found[kind])
        asked = found.get(RecordingKind(self.ask.about)) if self.ask.about else None
        if not self.ask.isHidden() and (asked is None or asked.step is not Step.START):
            self.ask.close_strip()
        self.setVisible(bool(found))

    def begin(self, kind: RecordingKind) -> None:
        """As if its button were pressed, where it starts something."""
        if self.rows[kind].offer.step is Step.START:
            self._take_step(kind)

    def _take_step(self, kind: RecordingKind) -> None:
        row = self.rows[kind]
        match row.offer.step:
            case Step.START:
                self.ask.return_to(row.button)
                question, yes = tr(f"recording.ask_{kind.value}"), tr(f"recording.start_{kind.value}")
                self.ask.ask(question, yes, lambda: self.intent.emit(AskServer(StartRecording(kind))), about=kind.value)
            case Step.STOP:
                self.intent.emit(AskServer(StopRecording()))
            case Step.REQUEST:
                self.intent.emit(AskServer(RequestRecording(kind)))
            case None:
                pass


class _Row(QWidget):
    """One of the two: what it is, its button, how far it is."""

    chosen = Signal(object)

    def __init__(self, kind: RecordingKind) -> None:
        super().__init__()
        self.offer = Offer(kind, None)
        name = QLabel(tr(f"recording.{kind.value}"))
        name.setObjectName("section")
        about = QLabel(tr(f"recording.{kind.value}_about"))
        about.setObjectName("note")
        about.setWordWrap(True)
        self.state = QLabel()
        self.state.setWordWrap(True)
        self.button = push_button("")
        self.button.clicked.connect(lambda: self.chosen.emit(kind))
        texts = QVBoxLayout()
        texts.setSpacing(2)
        for label in (name, about, self.state):
            texts.addWidget(label)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(10)
        across.addLayout(texts, 1)
        across.addWidget(self.button)

    def show_offer(self, offer: Offer) -> None:
        """Show what a press does now."""
        self.offer = offer
        self.state.setText(offer.state)
        self.state.setVisible(bool(offer.state))
        self.button.setVisible(offer.step is not None)
        if offer.step is not None:
            self.button.setText(tr(f"recording.{offer.step.value}"))
            self.button.setAccessibleName(tr(f"recording.{offer.step.value}_{offer.kind.value}"))
