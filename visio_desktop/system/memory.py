"""How the C library hands out memory.

glibc gives each new thread a heap of its own, up to eight a core. Pictures are made in one thread and freed in another,
so that all those heaps fill with holes, which a long meeting with many comings and goings shows as memory that grows
(13 MB a minute in the practice meeting) though nothing is held. With two heaps it grows by half a megabyte a minute.

Nor does glibc give back what is free inside a heap: after the start a fifth of all memory was such holes (65 MB in the
practice meeting), and pictures that come and go add to them. Given back every 15 s, which takes 1 to 4 ms, memory is
flat.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys

_M_ARENA_MAX = -8  # malloc.h
_HEAPS = 2
GIVE_BACK_EVERY_S = 15.0


def bound_heaps() -> bool:
    """Share two heaps among all threads that are begun from now on; elsewhere than with glibc nothing is done."""
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, _HEAPS))


def give_back() -> bool:
    """Give the holes in the heaps back to the system; elsewhere than with glibc nothing is done. Blocks for moments."""
    if sys.platform != "linux":
        return False
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return trim is not None and bool(trim(ctypes.c_size_t(0)))


async def keep_giving_back(every_s: float = GIVE_BACK_EVERY_S) -> None:
    """Give holes back again and again, in a thread, until it is cancelled."""
    while True:
        await asyncio.sleep(every_s)
        await asyncio.to_thread(give_back)
