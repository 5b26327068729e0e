from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

from visio_desktop.diagnostics.crashes import MOST_ERRORS, MOST_KEPT, Crashes
from visio_desktop.system.log import get_logger

DIES = """
import sys, ctypes, threading, os
from pathlib import Path
from visio_desktop.diagnostics.crashes import Crashes
from visio_desktop.system.log import get_logger
crashes = Crashes(Path(sys.argv[1]))
crashes.begin()
get_logger("ui").error("slot_failed", token="swordfish", why="cut cable")
{how}
"""
SEGFAULT = "def reach_too_far():\n    ctypes.string_at(0)\nreach_too_far()"
KILLED = "os.kill(os.getpid(), 9)"
IN_ORDER = "crashes.end()"


def die(folder: Path, how: str) -> int:
    program = DIES.format(how=how)
    return subprocess.run(
        [sys.executable, "-c", program, str(folder)], timeout=120, capture_output=True, check=False
    ).returncode


def files(folder: Path) -> list[str]:
    return sorted(path.name.partition("-")[0] for path in folder.iterdir())


def test_a_program_that_dies_in_a_library_leaves_where_it_was(tmp_path: Path) -> None:
    assert die(tmp_path, SEGFAULT) == -signal.SIGSEGV
    crashes = Crashes(tmp_path)
    crashes.begin()
    assert crashes.is_news
    [left] = tmp_path.glob("crash-new-*.txt")
    text = left.read_text(encoding="utf-8")
    assert "Segmentation fault" in text
    assert "reach_too_far" in text
    assert "slot_failed" in text
    assert "cut cable" in text
    assert "swordfish" not in text
    assert left.stat().st_mode & 0o077 == 0
    crashes.end()


def test_a_program_that_is_killed_is_missed_too_and_told_of_once(tmp_path: Path) -> None:
    assert die(tmp_path, KILLED) == -signal.SIGKILL
    crashes = Crashes(tmp_path)
    crashes.begin()
    assert crashes.is_news
    crashes.end()
    again = Crashes(tmp_path)
    again.begin()
    assert again.is_news, "nobody has answered yet"
    again.answered()
    assert not again.is_news
    again.end()
    last = Crashes(tmp_path)
    last.begin()
    assert not last.is_news
    last.end()
    assert files(tmp_path) == ["crash"]


def test_a_program_that_ends_in_order_leaves_nothing(tmp_path: Path) -> None:
    assert die(tmp_path, IN_ORDER) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_is_alive_is_left_alone(tmp_path: Path) -> None:
    one, other = Crashes(tmp_path), Crashes(tmp_path)
    one.begin()
    (tmp_path / f"running-{os.getpid()}.txt").rename(tmp_path / "running-1.txt")
    other.begin()
    assert not other.is_news
    assert sorted(path.name for path in tmp_path.iterdir()) == ["running-1.txt", f"running-{os.getpid()}.txt"]
    other.end()
    (tmp_path / "running-1.txt").rename(tmp_path / f"running-{os.getpid()}.txt")
    one.end()
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_is_bounded(tmp_path: Path) -> None:
    for number in range(MOST_KEPT + 4):
        path = tmp_path / f"crash-{number}.txt"
        path.write_text("x", encoding="utf-8")
        os.utime(path, (number, number))
    crashes = Crashes(tmp_path)
    crashes.begin()
    for _ in range(MOST_ERRORS * 2):
        get_logger("test").error("again")
    logging.getLogger().handlers[-1].flush()
    own = (tmp_path / f"running-{os.getpid()}.txt").read_text(encoding="utf-8")
    assert own.count('"again"') == MOST_ERRORS
    assert sorted(path.name for path in tmp_path.glob("crash-*")) == [f"crash-{n}.txt" for n in range(4, MOST_KEPT + 4)]
    crashes.end()


def test_a_file_in_place_of_the_folder_is_coped_with(tmp_path: Path) -> None:
    (tmp_path / "crashes").write_text("", encoding="utf-8")
    crashes = Crashes(tmp_path / "crashes")
    crashes.begin()
    assert not crashes.is_news
    crashes.end()
