"""The connection test, hop by hop: what was tried, how it went, and what to do about what failed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from visio_desktop.diagnostics.verdict import outcome
from visio_desktop.meeting.hops import Check, Hop, HopState, judge
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.connection_check import progress, told
from visio_desktop.ui.widgets.controls import label
from visio_desktop.ui.widgets.copy_button import CopyButton
from visio_desktop.ui.widgets.side_panel import tamed

_SIGN_PX: Final = 20


class CheckDialog(LightDialog):
    """Follows the test while it runs; closes with it. The arrows go from hop to hop."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("check.title"), parent)
        self._check: Check | None = None
        self.verdict = label("")
        self.verdict.setTextFormat(Qt.TextFormat.PlainText)
        self.hops = QListWidget()
        self.hops.setAccessibleName(tr("check.hops"))
        self.hops.setWordWrap(True)
        self.hops.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.hops.setMinimumHeight(160)
        self.copy = CopyButton(tr("check.copy"), self._all)
        self._lay_out()
        self.resize(620, 560)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show how the test is; of the same test only what is new, so that the keyboard stays where it is."""
        check, before = meeting.check, self._check
        if check is None:
            self.close()
            return
        if check == before:
            return
        self._check = check
        if before is None or before.number != check.number:
            self.hops.clear()
        for hop in check.hops[self.hops.count() :]:
            self._add(hop)
        self.verdict.setText(outcome(judge(check.hops)) if check.over else progress(check))

    def _add(self, hop: Hop) -> None:
        self.hops.addItem(QListWidgetItem(_sign(hop.state), tamed(told(hop))))
        if self.hops.currentRow() < 0:
            self.hops.setCurrentRow(0)

    def _all(self) -> str:
        lines = (self.hops.item(row).text() for row in range(self.hops.count()))
        return "\n".join((self.verdict.text(), *lines, ""))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(12)
        column.addWidget(label(tr("check.title"), "subheading"))
        column.addWidget(self.verdict)
        column.addWidget(self.hops, 1)
        across = QHBoxLayout()
        across.addWidget(self.copy)
        across.addStretch(1)
        column.addLayout(across)


def _sign(state: HopState) -> QIcon:
    """What was not tried has none, in a place as wide."""
    match state:
        case HopState.PASSED:
            return icons.icon("check", theme.ACTION, size_px=_SIGN_PX)
        case HopState.FAILED:
            return icons.icon("error", theme.PROBLEM_INK, size_px=_SIGN_PX)
        case HopState.SKIPPED:
            return icons.icon("check", "none", size_px=_SIGN_PX)
