from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.intents import Panel
from visio_desktop.ui.widgets.panel import fits_beside, make_panel


@pytest.mark.parametrize("panel", Panel)
def test_every_panel_has_a_widget_of_its_name(qtbot: QtBot, panel: Panel) -> None:
    widget = make_panel(panel)
    qtbot.addWidget(widget)
    assert type(widget).__name__.lower() == f"{panel.value}panel"


def test_a_small_window_has_no_room_for_both() -> None:
    assert fits_beside(1280)
    assert not fits_beside(640)
