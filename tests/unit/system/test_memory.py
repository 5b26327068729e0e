"""Heaps of the C library, counted by glibc itself in a process of its own."""

from __future__ import annotations

import asyncio
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from visio_desktop.system import memory

COUNT = """
import ctypes, sys, threading
from visio_desktop.system.memory import bound_heaps
if sys.argv[1] == "bound":
    assert bound_heaps()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.fopen.restype = ctypes.c_void_p, ctypes.c_void_p
together = threading.Barrier(6)
def allocate():
    libc.malloc(ctypes.c_size_t(1000))
    together.wait()
threads = [threading.Thread(target=allocate) for _ in range(6)]
[t.start() for t in threads]
[t.join() for t in threads]
file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""

HOLES = """
import ctypes
from pathlib import Path
from visio_desktop.system.memory import give_back
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.mallopt(-3, 1 << 30)  # M_MMAP_THRESHOLD: everything comes out of the heap
blocks = [libc.malloc(ctypes.c_size_t(64 * 1024)) for _ in range(1000)]
for block in blocks:
    ctypes.memset(block, 1, 64 * 1024)
for block in blocks[:-1]:
    libc.free(ctypes.c_void_p(block))
def held_bytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
before = held_bytes()
assert give_back()
print(before - held_bytes())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="speaks of glibc")
def test_threads_share_heaps_once_they_are_bound(tmp_path: Path) -> None:
    heaps = {}
    for how in ("bound", "free"):
        file = tmp_path / how
        subprocess.run([sys.executable, "-c", COUNT, how, str(file)], check=True, cwd=Path(__file__).parents[3])
        heaps[how] = file.read_text(encoding="utf-8").count("<heap nr=")
    assert heaps["bound"] <= 2
    assert heaps["free"] > 2


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="speaks of glibc")
def test_holes_are_given_back_to_the_system() -> None:
    command = [sys.executable, "-c", HOLES]
    done = subprocess.run(command, check=True, cwd=Path(__file__).parents[3], capture_output=True, text=True)
    assert int(done.stdout) > 50_000_000


async def test_they_are_given_back_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    thrice = asyncio.Event()

    def count() -> bool:
        given.append(1)
        if len(given) == 3:
            loop.call_soon_threadsafe(thrice.set)
        return True

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(memory, "give_back", count)
    giving = asyncio.gather(memory.keep_giving_back(0.0))
    async with asyncio.timeout(5):
        await thrice.wait()
    giving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await giving
