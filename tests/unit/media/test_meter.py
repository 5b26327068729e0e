from __future__ import annotations

from tests.helpers.sound import tone
from visio_desktop.media.meter import Meter
from visio_desktop.media.samples import SILENCE_DB, silence


def test_rises_at_once_and_falls_slowly() -> None:
    meter = Meter()
    assert abs(meter.update(tone(0.01, 1000, 0.5)) - -9) < 0.2
    high_db = meter.db
    assert meter.update(silence()) == SILENCE_DB
    assert high_db - 1 < meter.db < high_db
    for _ in range(300):
        meter.update(silence())
    assert meter.db == SILENCE_DB


def test_clear_falls_at_once() -> None:
    meter = Meter()
    meter.update(tone(0.01))
    meter.clear()
    assert meter.db == SILENCE_DB
