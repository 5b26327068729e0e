from __future__ import annotations

from visio_desktop.rtc.gap import MediaGap


def test_the_longest_silence_is_kept_the_one_before_the_beginning_included() -> None:
    now = [0.0]
    gap = MediaGap(lambda: now[0])
    for at_ms in (0, 20, 500, 520):
        now[0] = at_ms
        gap.heard()
    now[0] = 1_500.0
    gap.begin()
    assert gap.longest_ms() == 980.0
    for at_ms in (2_520, 2_540, 2_600):
        now[0] = at_ms
        gap.heard()
    assert gap.longest_ms() == 2_000.0


def test_who_heard_nothing_before_misses_nothing() -> None:
    now = [0.0]
    gap = MediaGap(lambda: now[0])
    gap.begin()
    now[0] = 9_000.0
    assert gap.longest_ms() == 0.0
    gap.heard()
    now[0] = 90_000.0
    gap.begin()
    gap.heard()
    assert gap.longest_ms() == 0.0
