"""Ending around threads that do not come back."""

from __future__ import annotations

import subprocess
import sys
import threading

from visio_desktop.system import ending

PROGRAM = """
import atexit, sys, threading
from visio_desktop.system.ending import Ending
ending = Ending()
ending.arrange()
atexit.register(lambda: print("others first"))
ending.status = 4
threading.Thread(target={wait}, daemon=True, name="driver").start()
print("left")
sys.exit(4)
"""


def end_with(wait: str) -> tuple[int, list[str]]:
    code = PROGRAM.format(wait=wait)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    return done.returncode, done.stdout.splitlines()


def test_a_thread_that_stays_changes_neither_the_status_nor_what_was_said() -> None:
    assert end_with("threading.Event().wait") == (4, ["left", "others first"])


def test_without_one_python_ends_as_it_always_does() -> None:
    assert end_with("str") == (4, ["left", "others first"])


def test_only_threads_nobody_waits_for_are_stuck() -> None:
    over = threading.Event()
    waited_for = threading.Thread(target=over.wait, name="waited for")
    driver = threading.Thread(target=over.wait, name="driver", daemon=True)
    waited_for.start()
    driver.start()
    try:
        assert "driver" in ending.stuck()
        assert "waited for" not in ending.stuck()
    finally:
        over.set()
        waited_for.join()
        driver.join()
