"""The meeting of the self-test: tried for longer where a machine is slow, and what it has not reached is named."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from visio_desktop.diagnostics.practice_call import DURATIONS_S, call, missing, told
from visio_desktop.diagnostics.selftest import Broken

GOOD = '{"window_shown": 300.4, "first_remote_video_frame": 900, "first_remote_audio_frame": 800, "errors": []}'
LATE = '{"window_shown": 300.4, "first_remote_video_frame": null, "errors": []}'
# Stands in for the program: writes a report according to how long it may last.
PROGRAM = """
import os, pathlib, sys
words = sys.argv[1:]
assert words[0] == "demo" and os.environ["XDG_CONFIG_HOME"] != os.environ["OURS"], words
longest = float(words[words.index("--duration") + 1])
text = os.environ["GOOD"] if longest >= float(os.environ["FROM"]) else os.environ["LATE"]
pathlib.Path(words[words.index("--report") + 1]).write_text(text)
"""


def _called(tmp_path: Path, **given: str) -> str:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    usual = {"OURS": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "FROM": "0", "GOOD": GOOD, "LATE": LATE}
    return call([sys.executable, str(program)], {**os.environ, **usual, **given})


def test_what_was_reached_is_told(tmp_path: Path) -> None:
    assert "window_shown 300 ms" in _called(tmp_path)


def test_a_slow_machine_gets_more_time(tmp_path: Path) -> None:
    assert "first_remote_video_frame 900 ms" in _called(tmp_path, FROM=str(DURATIONS_S[-1]))


def test_what_is_never_reached_is_named(tmp_path: Path) -> None:
    with pytest.raises(Broken, match="first_remote_video_frame, first_remote_audio_frame"):
        _called(tmp_path, FROM="1000")


@pytest.mark.parametrize("report", ["", "no JSON"])
def test_no_report_tells_of_the_end_of_the_process(tmp_path: Path, report: str) -> None:
    with pytest.raises(Broken, match="exit status 0"):
        _called(tmp_path, GOOD=report)


def test_errors_count() -> None:
    assert missing({"window_shown": 1, "errors": ["no camera"]})[-1] == "no camera"
    assert told({"window_shown": 1.4, "first_remote_video_frame": 2, "first_remote_audio_frame": 3}).startswith(
        "window"
    )
