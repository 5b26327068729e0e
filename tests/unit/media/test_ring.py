from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.media.ring import LEAD, MOST_LEAD, BlockRing
from visio_desktop.media.samples import BLOCK, Pcm


def _block(number: int) -> Pcm:
    return np.full(BLOCK, number % 30_000 + 1, dtype=np.int16)


@given(st.lists(st.booleans(), max_size=300))
def test_blocks_come_out_once_and_in_order(writes: list[bool]) -> None:
    ring, target, written, read = BlockRing(), np.zeros(BLOCK, dtype=np.int16), 0, 0
    for write in writes:
        if write and ring.lead < 4:
            ring.write(_block(written))
            written += 1
        elif ring.read_into(target):
            assert np.array_equal(target, _block(read))
            assert np.array_equal(ring.played(read), target)
            read += 1
        else:
            assert not target.any()
            assert read == written
    assert ring.lead == written - read


def test_misses_are_counted() -> None:
    ring = BlockRing()
    assert not ring.read_into(np.zeros(BLOCK, dtype=np.int16))
    assert ring.missed == 1


def test_a_lead_longer_than_needed_is_cut_in_a_quiet_moment() -> None:
    ring, target = BlockRing(), np.zeros(BLOCK, dtype=np.int16)
    loud, quiet = np.full(BLOCK, 9000, dtype=np.int16), np.zeros(BLOCK, dtype=np.int16)
    for _ in range(MOST_LEAD):
        ring.write(quiet)
    leads = []
    for beat in range(3000):
        ring.read_into(target)
        ring.keep_up(quiet if beat % 100 == 99 else loud)
        leads.append(ring.lead)
    assert leads[400] == MOST_LEAD
    assert leads[-1] == LEAD
    assert ring.missed == 0


def test_the_lead_has_a_bound() -> None:
    ring = BlockRing()
    for _ in range(20):
        ring.keep_up(_block(1))
    assert ring.lead == MOST_LEAD
