"""A practice meeting of a few seconds in a process of its own: the last check of the self-test.

The window opens on the display there is, or on none; nothing of the person's is read or written.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from visio_desktop.diagnostics.selftest import Broken

DURATIONS_S: Final = (5, 20, 60)
"""A machine that is busy gets more time."""

_STARTING_S: Final = 120
_LAST_WORDS: Final = 300
_FOLDERS: Final = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_REACHED: Final = ("window_shown", "first_remote_video_frame", "first_remote_audio_frame")
"""What is sent is left out: an organisation may have decided that nothing is, to begin with."""


def call(command: Sequence[str], environment: Mapping[str, str]) -> str:
    """Join and leave; what the report says of it. `command` starts the program. Raises `Broken`."""
    for duration_s in DURATIONS_S:
        report = _run(command, environment, duration_s)
        if not missing(report):
            return told(report)
    raise Broken(f"not reached: {', '.join(missing(report))}")


def missing(report: Mapping[str, Any]) -> list[str]:
    """What a meeting that went well has reached and this one has not, and what went wrong in it."""
    return [*(name for name in _REACHED if report.get(name) is None), *report.get("errors", [])]


def told(report: Mapping[str, Any]) -> str:
    """The moments of a report, milliseconds since the start of the process."""
    return ", ".join(f"{name} {report[name]:.0f} ms" for name in _REACHED)


def _run(command: Sequence[str], environment: Mapping[str, str], duration_s: int) -> Mapping[str, Any]:
    with tempfile.TemporaryDirectory(prefix="visio-desktop-") as folder:
        report = Path(folder) / "report.json"
        words = [*command, "demo", "--duration", str(duration_s), "--report", str(report)]
        own = {**environment, **dict.fromkeys(_FOLDERS, folder)}
        if os.name == "posix" and not any(environment.get(name) for name in _DISPLAYS):
            own["QT_QPA_PLATFORM"] = "offscreen"
        try:
            ended = subprocess.run(  # noqa: S603 - ourselves
                words, env=own, check=False, capture_output=True, timeout=duration_s + _STARTING_S
            )
        except subprocess.TimeoutExpired as expired:
            raise Broken(f"the meeting does not end: {_last_words(expired.stderr)}") from None
        try:
            value = json.loads(report.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise Broken(f"exit status {ended.returncode}: {_last_words(ended.stderr)}") from None
        return value if isinstance(value, dict) else {}


def _last_words(said: bytes | None) -> str:
    return (said or b"").decode(errors="replace").strip()[-_LAST_WORDS:]
