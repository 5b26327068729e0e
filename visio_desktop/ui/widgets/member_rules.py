"""Switches for what members of a room may do: their microphone, camera, screen, and muting others."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from visio_desktop.meeting.rooms import Rules
from visio_desktop.meeting.values import Source
from visio_desktop.system.texts import tr

SWITCHES: Final = {
    Source.MICROPHONE: frozenset({Source.MICROPHONE}),
    Source.CAMERA: frozenset({Source.CAMERA}),
    Source.SCREEN: frozenset({Source.SCREEN, Source.SCREEN_AUDIO}),
}
"""A switch and what it opens: the sound of a screen goes with its picture."""


class MemberRules(QWidget):
    """`changed` comes with the rules as they are wished for; `whose` tells screen readers what they are of."""

    changed = Signal(object)

    def __init__(self, rules: Rules, whose: str) -> None:
        super().__init__()
        self._rules = rules
        self.sources = {source: QCheckBox(tr(f"host.{source.value}")) for source in SWITCHES}
        self.mutes = QCheckBox(tr("host.mutes"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 0, 4)
        column.setSpacing(2)
        for box in (*self.sources.values(), self.mutes):
            box.setAccessibleName(f"{whose}: {box.text()}")
            column.addWidget(box)
        self.show_rules(rules)
        for source, box in self.sources.items():
            box.clicked.connect(lambda on, source=source: self._set_source(source, on))
        self.mutes.clicked.connect(lambda on: self._set(replace(self._rules, everyone_mutes=on)))

    def show_rules(self, rules: Rules) -> None:
        """Show what holds."""
        self._rules = rules
        for source, box in self.sources.items():
            box.setChecked(SWITCHES[source] <= rules.member_sources)
        self.mutes.setChecked(rules.everyone_mutes)

    def _set_source(self, source: Source, on: bool) -> None:
        before = self._rules.member_sources
        self._set(replace(self._rules, member_sources=before | SWITCHES[source] if on else before - SWITCHES[source]))

    def _set(self, rules: Rules) -> None:
        self._rules = rules
        self.changed.emit(rules)
