from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine, ready
from tests.helpers.organisation import decided
from visio_desktop.ui import theme
from visio_desktop.ui.window import MainWindow, WindowSetup


def test_a_window_looks_as_decided(qtbot: QtBot) -> None:
    usual = theme.ACTION
    with decided(classification="Restricted", brand_name="Town hall", brand_colour="#006644"):
        window = MainWindow(FakeEngine(ready()), WindowSetup())
        qtbot.addWidget(window)
        assert window.marking is not None
        assert window.marking.text() == "Restricted"
        window.show_meeting(ready())
        assert window.windowTitle() == "Town hall"
        assert theme.ACTION == "#006644"
        assert "#006644" in theme.style("page")
    assert usual == theme.ACTION
    plain = MainWindow(FakeEngine(ready()), WindowSetup())
    qtbot.addWidget(plain)
    assert plain.marking is None
