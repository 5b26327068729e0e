"""What those who lead a meeting decide: who may enter, what the others may do, what is recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import AskServer
from visio_desktop.meeting.requests import ClearChat, SetLock, SetRules
from visio_desktop.meeting.rooms import Access, Rules
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability, Source
from visio_desktop.system.clock import Clock, monotonic_ms
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.ask_strip import AskStrip
from visio_desktop.ui.widgets.controls import push_button
from visio_desktop.ui.widgets.member_rules import SWITCHES
from visio_desktop.ui.widgets.pending_rules import SILENT_AFTER_MS, PendingRules
from visio_desktop.ui.widgets.recording_controls import RecordingControls, records
from visio_desktop.ui.widgets.side_panel import SidePanel

_COARSE_MS: Final = 1_000
"""A timer of so many seconds may come a little early."""


class HostPanel(SidePanel):
    """A switch shows at once what was asked for, and goes back where the server does not do it."""

    def __init__(self, *, now: Clock = monotonic_ms) -> None:
        super().__init__("host.title")
        self._meeting = Meeting()
        self._rules = PendingRules(now)
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.timeout.connect(lambda: self.show_meeting(self._meeting))
        self.state = QLabel()
        self.state.setObjectName("note")
        self.state.setWordWrap(True)
        self.access = {access: QRadioButton(tr(f"host.{access.value}")) for access in Access}
        self.sources = {source: QCheckBox(tr(f"host.{source.value}")) for source in SWITCHES}
        self.mutes = QCheckBox(tr("host.mutes"))
        self.lock = QCheckBox(tr("host.lock"))
        self.recording = RecordingControls()
        self.recording.intent.connect(self.intent)
        self.clear = push_button(tr("host.clear"))
        self.ask_clear = AskStrip()
        self._rules_part = QWidget()
        self._lock_part = self._locking()
        self._chat_part = self._clearing()
        self._connect()
        self._lay_out()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show what holds, or what was asked for."""
        self._meeting = meeting
        self._rules.take_in(meeting)
        self.recording.show_meeting(meeting)
        self._rules_part.setVisible(Capability.RULES in meeting.capabilities)
        self._lock_part.setVisible(Capability.LOCK in meeting.capabilities)
        self._show_clearing(meeting)
        self.state.setVisible(bool((Capability.RULES | Capability.LOCK) & meeting.capabilities))
        rules = self._rules.shown
        for button in (*self.access.values(), *self.sources.values(), self.mutes, self.lock):
            button.setEnabled(rules is not None)
        if rules is not None:
            self._show_rules(rules)
        self._show_state(rules)

    def take_focus(self) -> None:
        """To the choice of who may enter, else to the cross."""
        chosen = next((button for button in self.access.values() if button.isChecked()), None)
        if chosen is not None and chosen.isVisible():
            chosen.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().take_focus()

    def _show_rules(self, rules: Rules) -> None:
        for access, button in self.access.items():
            button.setAutoExclusive(rules.access is not None)  # so that none is chosen while nothing is known
            button.setChecked(rules.access is access)
        for source, box in self.sources.items():
            box.setChecked(SWITCHES[source] <= rules.member_sources)
        self.mutes.setChecked(rules.everyone_mutes)
        self.lock.setChecked(rules.locked is True)

    def _show_clearing(self, meeting: Meeting) -> None:
        offered = Capability.CLEAR_CHAT in meeting.capabilities
        self._chat_part.setVisible(offered)
        self.clear.setEnabled(bool(meeting.chat))
        if not self.ask_clear.isHidden() and not (offered and meeting.chat):
            self.ask_clear.close_strip()

    def _show_state(self, rules: Rules | None) -> None:
        key = "unknown" if rules is None else "pending" if self._rules.pending else ""
        if not key and self._rules.refused:
            key = "refused"
        text = tr(f"host.{key}") if key else ""
        if text != self.state.text():
            self.state.setText(text)
            self.state.setAccessibleName(text)

    def _ask(self, rules: Rules, request: SetLock | None = None) -> None:
        if rules == self._rules.shown:
            return
        self._rules.ask(rules)
        self._silence.start(SILENT_AFTER_MS + _COARSE_MS)
        self.show_meeting(self._meeting)
        self.intent.emit(AskServer(request or SetRules(rules)))

    def _set_access(self, access: Access) -> None:
        self._ask(replace(self._shown(), access=access))

    def _set_source(self, source: Source, on: bool) -> None:
        rules = self._shown()
        before = rules.member_sources
        self._ask(replace(rules, member_sources=before | SWITCHES[source] if on else before - SWITCHES[source]))

    def _set_mutes(self, on: bool) -> None:
        self._ask(replace(self._shown(), everyone_mutes=on))

    def _set_lock(self, on: bool) -> None:
        self._ask(replace(self._shown(), locked=on), SetLock(on))

    def _ask_clear(self) -> None:
        self.ask_clear.return_to(self.clear)
        question, yes = tr("host.clear_ask"), tr("host.clear_yes")
        self.ask_clear.ask(question, yes, lambda: self.intent.emit(AskServer(ClearChat())))

    def _shown(self) -> Rules:
        return self._rules.shown or Rules()

    def _connect(self) -> None:
        """`clicked` comes from people only, not from what a snapshot shows."""
        for access, button in self.access.items():
            button.clicked.connect(lambda _=False, access=access: self._set_access(access))
        for source, box in self.sources.items():
            box.clicked.connect(lambda on, source=source: self._set_source(source, on))
        self.mutes.clicked.connect(self._set_mutes)
        self.lock.clicked.connect(self._set_lock)
        self.clear.clicked.connect(self._ask_clear)

    def _lay_out(self) -> None:
        rules = QVBoxLayout(self._rules_part)
        rules.setContentsMargins(0, 0, 0, 0)
        rules.setSpacing(10)
        rules.addWidget(self._members())
        rules.addWidget(self._access())
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(10)
        column.addWidget(self.state)
        column.addWidget(self._lock_part)
        column.addWidget(self._rules_part)
        column.addWidget(self.recording)
        column.addWidget(self._chat_part)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        self._column.addWidget(scroll, 1)

    def _members(self) -> QWidget:
        group, column = _group(tr("host.members"))
        for box in (*self.sources.values(), self.mutes):
            column.addWidget(box)
        column.addWidget(_note(tr("host.note")))
        return group

    def _locking(self) -> QWidget:
        group, column = _group(tr("host.access"))
        self.lock.setAccessibleDescription(tr("host.lock_about"))
        column.addWidget(self.lock)
        column.addWidget(_note(tr("host.lock_about"), indented=True))
        return group

    def _clearing(self) -> QWidget:
        group, column = _group(tr("host.chat"))
        column.addWidget(self.clear, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.ask_clear)
        return group

    def _access(self) -> QWidget:
        group, column = _group(tr("host.access"))
        for access, button in self.access.items():
            about = tr(f"host.{access.value}_about")
            button.setAccessibleDescription(about)
            column.addWidget(button)
            column.addWidget(_note(about, indented=True))
        column.addWidget(_note(tr("host.access_note")))
        return group


def has_settings(meeting: Meeting) -> bool:
    """Whether one leads, and the server has anything to decide: else the panel would be empty."""
    leads = meeting.me is not None and meeting.me.role.leads
    decides = bool((Capability.RULES | Capability.LOCK | Capability.CLEAR_CHAT) & meeting.capabilities)
    return leads and (decides or records(meeting.capabilities))


def _group(heading: str) -> tuple[QFrame, QVBoxLayout]:
    group = QFrame()
    group.setObjectName("group")
    group.setAccessibleName(heading)
    column = QVBoxLayout(group)
    column.setContentsMargins(10, 10, 10, 10)
    column.setSpacing(4)
    name = QLabel(heading)
    name.setObjectName("section")
    column.addWidget(name)
    return group, column


def _note(text: str, *, indented: bool = False) -> QLabel:
    note = QLabel(text)
    note.setObjectName("note")
    note.setWordWrap(True)
    note.setContentsMargins(28 if indented else 0, 0, 0, 2)
    return note
