"""How the C library hands out memory.

glibc gives each new thread a heap of its own, up to eight a core. Pictures are made in one thread and freed in another,
so that all those heaps fill with holes, which a long meeting with many comings and goings shows as memory that grows
(13 MB a minute in the practice meeting) though nothing is held. With two heaps it does not grow.
"""

from __future__ import annotations

import ctypes
import sys

_M_ARENA_MAX = -8  # malloc.h
_HEAPS = 2


def bound_heaps() -> bool:
    """Share two heaps among all threads that are begun from now on; elsewhere than with glibc nothing is done."""
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, _HEAPS))
