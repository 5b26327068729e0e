"""One run of the program without a window on any display: what it said, wrote, and left running.

outcome = await run("join", link, "--name", "Ada", "--no-prejoin", home=tmp_path)
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
TEST_MEDIA = ("--camera", "test", "--microphone", "test", "--speaker", "null")
_TIMEOUT_S = 60.0
_START = "import sys; from visio_desktop.__main__ import main; sys.exit(main())"
FOLDERS = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR")
_NO_SOUND_SERVER = {"PULSE_SERVER": "unix:/nowhere", "PIPEWIRE_REMOTE": "/nowhere"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended. `log` is everything written to its log files, `left` what still ran after its end."""

    status: int
    said: str
    printed: str
    report: dict[str, Any]
    log: str
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A run under way: `finish` waits for its end."""

    process: asyncio.subprocess.Process
    home: Path

    async def finish(self) -> Outcome:
        """Wait for the end; whatever is left of it is ended too."""
        try:
            printed, said = await asyncio.wait_for(self.process.communicate(), _TIMEOUT_S)
        finally:
            left = _of_session(self.process.pid)
            if left:
                os.killpg(self.process.pid, signal.SIGKILL)
        assert self.process.returncode is not None
        report = self.home / "report.json"
        return Outcome(
            self.process.returncode,
            said.decode(errors="replace"),
            printed.decode(errors="replace"),
            json.loads(report.read_text(encoding="utf-8")) if report.exists() else {},
            "".join(p.read_text(encoding="utf-8") for p in sorted(self.home.rglob("*.log*"))),
            left,
        )


async def start(*arguments: str, home: Path, env: Mapping[str, str] | None = None, before: str = "") -> Run:
    """Begin a run with settings of its own in `home`; `before` is Python the program runs first."""
    os.makedirs(home, exist_ok=True)  # noqa: PTH103 - pathlib is frowned upon in coroutines
    files = ("--report", str(home / "report.json")) if arguments[0] in ("join", "demo") else ()
    own = {**dict.fromkeys(FOLDERS, str(home)), "LANG": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen", **_NO_SOUND_SERVER}
    base = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LIVEKIT_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        f"{before}\n{_START}",
        *arguments,
        *files,
        cwd=ROOT,
        env={**base, **own, **(env or {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    return Run(process, home)


async def run(*arguments: str, home: Path, env: Mapping[str, str] | None = None) -> Outcome:
    """A whole run."""
    return await (await start(*arguments, home=home, env=env)).finish()


def _of_session(session: int) -> tuple[str, ...]:
    """The processes of a session that still run."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) == session and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except (psutil.Error, ProcessLookupError):
            continue
    return tuple(found)
