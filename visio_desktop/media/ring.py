"""Mixed blocks on their way to the output, in memory allocated once: one thread writes, one reads, nobody waits."""

from __future__ import annotations

from typing import Final

import numpy as np

from visio_desktop.media.samples import BLOCK, Pcm

SLOTS: Final = 64
LEAD: Final = 2
"""Blocks written ahead of the reader at first."""

MOST_LEAD: Final = 4
_WINDOW: Final = 500
_QUIET: Final = 100


class BlockRing:
    """A ring of 10 ms blocks. A block stays readable by its number for a while after it was played."""

    def __init__(self) -> None:
        self._slots = np.zeros((SLOTS, BLOCK), dtype=np.int16)
        self.written = 0
        self.read = 0
        self.missed = 0
        """Blocks the reader wanted and did not get."""
        self._beats = 0
        self._lowest = SLOTS
        self._spare = False

    @property
    def lead(self) -> int:
        """Blocks written and not yet read."""
        return self.written - self.read

    def write(self, block: Pcm) -> None:
        """Add a block; the writer keeps the lead small itself."""
        self._slots[self.written % SLOTS] = block
        self.written += 1

    def keep_up(self, block: Pcm) -> None:
        """Add a block unless the lead is long enough without it; dropped is only what nobody would hear.

        A reader that came too early has lengthened the lead; once it has long been more than needed, it is cut again.
        """
        self._beats += 1
        self._lowest = min(self._lowest, self.lead)
        if self._beats == _WINDOW:
            self._spare = self._lowest >= LEAD
            self._beats, self._lowest = 0, SLOTS
        if self.lead >= MOST_LEAD:
            return
        if self._spare and int(block.max()) < _QUIET:
            self._spare = False
            return
        self.write(block)

    def read_into(self, target: Pcm) -> bool:
        """Copy the next block into `target`, or silence (and False) when there is none."""
        if self.read >= self.written:
            target[:] = 0
            self.missed += 1
            return False
        target[:] = self._slots[self.read % SLOTS]
        self.read += 1
        return True

    def played(self, number: int) -> Pcm:
        """A block read less than `SLOTS` minus the lead blocks ago."""
        slot: Pcm = self._slots[number % SLOTS]
        return slot
