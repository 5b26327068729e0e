from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from tests.helpers.fitting import cut_texts, nameless, overlaps, visible
from tests.helpers.people_views import led
from tests.helpers.windows import click
from visio_desktop.meeting.state import Meeting
from visio_desktop.ui.widgets.info_panel import InfoPanel
from visio_desktop.ui.widgets.invitation import invitation_text


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[InfoPanel]:
    made = InfoPanel()
    qtbot.addWidget(made)
    made.resize(360, 500)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def test_the_link_is_copied(panel: InfoPanel) -> None:
    panel.show_meeting(crowd(1))
    click(panel.copy_link)
    assert QGuiApplication.clipboard().text() == "https://meet.example.org/abc-defg-hij"


def test_the_telephone_is_shown_and_goes_into_the_invitation(panel: InfoPanel) -> None:
    panel.show_meeting(led())
    assert panel.phone.text() == "Number: +33 1 23 45 67 89"
    assert panel.pin.text() == "Code: 582 858 9750#"
    click(panel.copy_text)
    assert QGuiApplication.clipboard().text() == invitation_text(led())
    assert not [*cut_texts(panel), *overlaps(panel), *nameless(panel)]


def test_nothing_empty_is_shown(panel: InfoPanel) -> None:
    panel.show_meeting(crowd(1))
    assert panel.phone.isHidden()
    assert panel.pin.isHidden()
    assert panel.encryption.isHidden()
    panel.show_meeting(Meeting())
    texts = [getattr(part, "text", str)() for part in visible(panel)]
    assert [text for text in texts if text] == ["Information"]


def test_the_keyboard_starts_at_the_link(panel: InfoPanel) -> None:
    panel.show_meeting(crowd(1))
    panel.take_focus()
    assert panel.focusWidget() is panel.copy_link
