from __future__ import annotations

import subprocess
import sys

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine
from visio_desktop.meeting.intents import GoHome
from visio_desktop.meeting.state import Page
from visio_desktop.ui.pages.factory import PageMaker


@pytest.mark.parametrize("page", Page)
def test_every_page_is_made_and_its_intents_heard(qtbot: QtBot, page: Page) -> None:
    heard: list[object] = []
    made = PageMaker(FakeEngine(), lambda: None, heard.append).make(page)
    qtbot.addWidget(made)
    assert type(made).__name__ == f"{page.name.title()}Page"
    made.intent.emit(GoHome())
    assert heard == [GoHome()]


def test_nothing_of_the_room_or_of_media_is_imported_for_the_first_page() -> None:
    late = {"visio_desktop.ui.pages.room", "visio_desktop.ui.pages.prejoin", "av", "cv2", "numpy", "aiortc", "aiohttp"}
    code = f"import sys, visio_desktop.ui.application as _; sys.exit(','.join(sorted({late!r} & set(sys.modules))))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
