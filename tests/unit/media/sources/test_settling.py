from __future__ import annotations

from visio_desktop.media.sources.settling import REPEAT_MS, SOON_MS, SOON_TIMES, Settling


def test_a_new_picture_is_given_again_soon_some_times_then_about_once_a_second() -> None:
    settling = Settling()
    assert settling.is_due(0.0)
    now_ms = 0.0
    for _ in range(2):
        settling.given(now_ms, changed=True)
        for wait_ms in (*[SOON_MS] * SOON_TIMES, REPEAT_MS, REPEAT_MS):
            assert settling.wait_ms == wait_ms
            assert settling.is_calm == (wait_ms == REPEAT_MS)
            assert not settling.is_due(now_ms + wait_ms - 1)
            assert settling.is_due(now_ms + wait_ms)
            now_ms += wait_ms
            settling.given(now_ms, changed=False)
