from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from visio_desktop.ui.announce import announce


@pytest.mark.parametrize("urgent", [False, True])
def test_it_is_told_as_urgently_as_it_is(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, urgent: bool) -> None:
    told: list[tuple[str, QAccessible.AnnouncementPoliteness]] = []

    def keep(event: QAccessibleAnnouncementEvent) -> None:
        told.append((event.message(), event.politeness()))

    monkeypatch.setattr(QAccessible, "updateAccessibility", keep)
    label = QLabel()
    qtbot.addWidget(label)
    announce(label, "This meeting is being recorded", urgent=urgent)
    level = QAccessible.AnnouncementPoliteness
    assert told == [("This meeting is being recorded", level.Assertive if urgent else level.Polite)]
