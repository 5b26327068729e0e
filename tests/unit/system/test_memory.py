"""Heaps of the C library, counted by glibc itself in a process of its own."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="speaks of glibc")
def test_threads_share_heaps_once_they_are_bound(tmp_path: Path) -> None:
    heaps = {}
    for how in ("bound", "free"):
        file = tmp_path / how
        subprocess.run([sys.executable, "-c", COUNT, how, str(file)], check=True, cwd=Path(__file__).parents[3])
        heaps[how] = file.read_text(encoding="utf-8").count("<heap nr=")
    assert heaps["bound"] <= 2
    assert heaps["free"] > 2
