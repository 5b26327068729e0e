from __future__ import annotations

from itertools import pairwise

from tests.helpers.sound import blocks, spoken
from visio_desktop.media.activity import Activity, MutedSpeech
from visio_desktop.media.samples import FRAME, level_db

LEVELS_DB = [level_db(block) for block in blocks(spoken(3), FRAME)]


def test_speech_is_noticed_and_silence_is_not() -> None:
    activity = Activity()
    assert not any(activity.update(-90.0) for _ in range(100))
    assert sum(activity.update(db) for db in LEVELS_DB) > 75


def test_steady_noise_is_no_speech() -> None:
    activity = Activity()
    said = [activity.update(-40.0) for _ in range(3000)]
    assert not any(said[1000:])


def test_muted_speech_is_told_once_in_ten_seconds() -> None:
    muted = MutedSpeech()
    told = [i * 20 for i, db in enumerate(LEVELS_DB * 8) if muted.update(db, closed=True, now_ms=i * 20.0)]
    assert len(told) == 3
    assert all(b - a >= 10_000 for a, b in pairwise(told))


def test_a_cough_is_not_told_and_neither_is_open_speech() -> None:
    muted = MutedSpeech()
    assert not any(muted.update(-20.0 if i < 5 else -80.0, closed=True, now_ms=i * 20.0) for i in range(200))
    assert not any(muted.update(db, closed=False, now_ms=i * 20.0) for i, db in enumerate(LEVELS_DB))
