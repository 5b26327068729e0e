"""Memory for pictures, used again once nobody looks at the picture any more: fresh pages cost more than the pixels."""

from __future__ import annotations

import weakref
from collections import deque

import numpy as np

from visio_desktop.media.raw import Plane


class Buffers:
    """Lends byte arrays. A loan ends by itself when its last reader is gone; then the memory is lent again."""

    def __init__(self, keep: int = 4) -> None:
        self._free: deque[Plane] = deque(maxlen=keep)
        self._loans: dict[int, weakref.ref[Plane]] = {}

    def lend(self, size: int) -> Plane:
        """A flat array of `size` bytes with any content. Readers must keep this very array, or a memoryview of it.

        NumPy lets a view of a view refer to the owner of the memory, so `array[a:b]` does not prolong the loan.
        """
        memory = self._take(size)
        loan = memory[:]
        key = id(loan)

        def give_back(_dead: weakref.ref[Plane]) -> None:
            self._free.append(memory)
            self._loans.pop(key, None)

        self._loans[key] = weakref.ref(loan, give_back)
        return loan

    def _take(self, size: int) -> Plane:
        try:
            memory = self._free.pop()
        except IndexError:
            return np.empty(size, np.uint8)
        if memory.size == size:
            return memory
        # Pictures are of another size now: what is kept for the old one would never be lent again.
        self._free.clear()
        return np.empty(size, np.uint8)
