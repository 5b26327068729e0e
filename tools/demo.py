"""`./dev demo`: the practice meeting, on a display of its own where there is none."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tests.helpers.xvfb import Xvfb
from tools.shell import ARTIFACTS, run, say
from tools.system import DISPLAY_PROGRAMS, need_programs


def main(arguments: Sequence[str]) -> int:
    """Run the demo; with a display it stays until the window is closed."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return run(["visio-desktop", "demo", *arguments])
    need_programs(DISPLAY_PROGRAMS)
    return _without_display(arguments)


def _without_display(arguments: Sequence[str]) -> int:
    ARTIFACTS.mkdir(exist_ok=True)
    report, screenshot = ARTIFACTS / "demo-report.json", ARTIFACTS / "demo.png"
    say("no display here: the meeting runs for a while on one of its own")
    usual = ["--duration", "20", "--report", str(report), "--screenshot", str(screenshot)]
    with Xvfb() as display:
        status = run(["visio-desktop", "demo", *usual, *arguments], env=display.environment)
    say(f"what it looked like: artifacts/{screenshot.name}; how it went: artifacts/{report.name}")
    return status
