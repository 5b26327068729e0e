from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.intents import Panel
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import ChatMessage
from visio_desktop.settings.schema import SCHEMA
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.widgets.chat_panel import ChatPanel
from visio_desktop.ui.widgets.panel import fits_beside, make_panel


@pytest.mark.parametrize("panel", Panel)
def test_every_panel_has_a_widget_of_its_name(qtbot: QtBot, panel: Panel) -> None:
    widget = make_panel(panel)
    qtbot.addWidget(widget)
    assert type(widget).__name__.lower() == f"{panel.value}panel"


@pytest.mark.parametrize("wanted", [True, False])
def test_links_in_the_chat_are_as_the_settings_say(qtbot: QtBot, wanted: bool) -> None:
    choices = Choices(lambda key: wanted if key == "chat_links" else SCHEMA[key].default)
    widget = make_panel(Panel.CHAT, choices)
    qtbot.addWidget(widget)
    assert isinstance(widget, ChatPanel)
    line = ChatMessage("n", "p1", "Amina", "see https://a.example/", 0.0)
    widget.show_meeting(Meeting(chat=(line,)))
    assert ("href" in widget._lines.toHtml()) is wanted


def test_a_small_window_has_no_room_for_both() -> None:
    assert fits_beside(1280)
    assert not fits_beside(640)
