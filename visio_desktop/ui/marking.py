"""The classification: a line at the top of every window and dialog, as the organisation has decided.

The text is black or white, whichever has more contrast with the decided colour: 4.58 or more with any (WCAG 2.2).
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout

from visio_desktop.settings.schema import SCHEMA, UNKNOWN_MARKING
from visio_desktop.system.colours import ink_on
from visio_desktop.system.texts import tr


@dataclass(frozen=True, slots=True)
class Marking:
    """What the line says, and the colour `#RRGGBB` it says it on; no text, no line."""

    text: str = ""
    colour: str = ""

    @property
    def ground(self) -> str:
        """The colour it stands on."""
        return self.colour or str(SCHEMA["classification_colour"].default)

    @property
    def ink(self) -> str:
        """The colour of its text."""
        return ink_on(self.ground)


_now: list[Marking] = [Marking()]


def use(text: str, colour: str) -> None:
    """Mark every window made from now on."""
    _now[0] = Marking(text, colour)


def is_marked() -> bool:
    """Whether windows bear a line."""
    return bool(_now[0].text)


def put_above(column: QVBoxLayout) -> MarkingStrip | None:
    """Put the line first into a window's column, to its very edges; None where nothing is marked."""
    if not is_marked():
        return None
    strip = MarkingStrip(_now[0])
    column.insertWidget(0, strip)
    return strip


class MarkingStrip(QLabel):
    """The line. It is no stop of the keyboard; screen readers find it as the window's first text."""

    def __init__(self, marking: Marking) -> None:
        super().__init__()
        self._marking = marking
        self.setObjectName("marking")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setStyleSheet(
            f"QLabel#marking {{ background: {marking.ground}; color: {marking.ink};"
            " font-size: 14px; font-weight: bold; padding: 4px 12px; }"
        )
        self.say()

    def say(self) -> None:
        """Say it in the language in use."""
        unknown = self._marking.text == UNKNOWN_MARKING
        text = tr("support.marking_unknown") if unknown else self._marking.text
        self.setText(text)
        self.setAccessibleName(tr("support.marking", text=text))
