from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from visio_desktop.ui.widgets.level_meter import LAMPS, LevelMeter, lamps_lit


def test_silence_lights_none_and_a_shout_all() -> None:
    assert lamps_lit(-127) == 0
    assert lamps_lit(0) == LAMPS


@given(st.floats(-127, 0), st.floats(-127, 0))
def test_louder_never_lights_fewer(one: float, other: float) -> None:
    quieter, louder = sorted((one, other))
    assert 0 <= lamps_lit(quieter) <= lamps_lit(louder) <= LAMPS


def test_it_looks_only_while_it_is_seen(qtbot: QtBot) -> None:
    asked: list[float] = []

    def level() -> float:
        asked.append(0.0)
        return -7.0

    meter = LevelMeter(level)
    qtbot.addWidget(meter)
    qtbot.wait(120)
    assert not asked
    with qtbot.waitExposed(meter):
        meter.show()
    qtbot.waitUntil(lambda: len(asked) > 2)
    assert meter.lit == LAMPS
    meter.hide()
    seen = len(asked)
    qtbot.wait(120)
    assert len(asked) == seen
