from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.needs import need_program
from tests.helpers.xvfb import Xvfb
from visio_desktop.media.x11.display import Display


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Xvfb]:
    need_program("Xvfb")
    with Xvfb(640, 400) as display:
        monkeypatch.setenv("DISPLAY", display.name)
        yield display


@pytest.fixture
def display(screen: Xvfb) -> Iterator[Display]:
    opened = Display()
    yield opened
    opened.close()
