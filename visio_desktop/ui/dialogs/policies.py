"""What the organisation has decided for this computer, where that is written, and what of it was passed over."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from visio_desktop.settings.listing import active_line, ignored_line, listed, order, source_line
from visio_desktop.settings.policies import Policies
from visio_desktop.system.texts import tr
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.controls import label
from visio_desktop.ui.widgets.copy_button import CopyButton


class PoliciesDialog(LightDialog):
    """A list to read and to copy for those who look after this computer."""

    def __init__(self, policies: Policies, parent: QWidget | None = None) -> None:
        super().__init__(tr("policies.title"), parent)
        self._policies = policies
        self.lines: list[QLabel] = []
        self.copy = CopyButton(tr("policies.copy"), lambda: "\n".join(listed(self._policies)))
        self._column = QVBoxLayout(self.body)
        self._column.setContentsMargins(4, 0, 12, 0)
        self._column.setSpacing(6)
        self._lay_out()
        self.resize(640, 640)

    def _lay_out(self) -> None:
        policies = self._policies
        self._column.addWidget(label(tr("policies.intro"), "soft"))
        if not policies.active and not policies.ignored:
            self._add(tr("policies.none"))
        if policies.active:
            self._head(tr("policies.active"))
            for active in order(policies):
                self._add(active_line(active), source_line(active))
        if policies.ignored:
            self._head(tr("policies.ignored"))
            for ignored in policies.ignored:
                self._add(ignored_line(ignored), source_line(ignored))
        self._column.addSpacing(8)
        self._column.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)

    def _head(self, text: str) -> None:
        self._column.addSpacing(8)
        self._column.addWidget(label(text, "subheading"))

    def _add(self, text: str, source: str = "") -> None:
        """A line that the keyboard gets to, so that it can be read aloud."""
        line = label(text)
        line.setTextFormat(Qt.TextFormat.PlainText)
        line.setAccessibleName(f"{text} {source}".strip())
        line.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.lines.append(line)
        self._column.addWidget(line)
        if source:
            told = label(source, "soft")
            told.setTextFormat(Qt.TextFormat.PlainText)
            self._column.addWidget(told)
