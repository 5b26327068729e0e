from __future__ import annotations

import pytest

from tests.helpers.needs import need_program
from tests.helpers.xvfb import Xvfb
from visio_desktop.media.screens import list_screens
from visio_desktop.meeting.values import Screen


def test_a_screen_is_listed_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    need_program("Xvfb")
    with Xvfb(640, 400) as display:
        monkeypatch.setenv("DISPLAY", display.name)
        assert list_screens() == (Screen("screen:1", 1, 640, 400),)


def test_without_a_display_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert list_screens() == ()
