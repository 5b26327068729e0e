"""The application as a person starts it: a process of its own, on a display of its own, with settings of its own.

async with Application("join", link, "--name", "ada", "--no-prejoin", env=server.environment) as app:
    ...
app.status, app.said, app.report
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.helpers.xvfb import Xvfb
from visio_desktop.system.clock import epoch_ms

_END_TIMEOUT_S = 40.0
_FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


class Application:
    """One run. Leaving the context waits for its end; what it wrote can be read afterwards."""

    def __init__(self, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self.started_epoch_ms = 0.0
        self.status: int | None = None
        self.said = ""
        self._arguments = arguments
        self._env = dict(env or {})
        self._folder = tempfile.TemporaryDirectory(prefix="application-", ignore_cleanup_errors=True)
        self._display = Xvfb()
        self._process: asyncio.subprocess.Process | None = None
        self.report: dict[str, Any] = {}
        self.screenshot: bytes = b""

    @property
    def pid(self) -> int:
        """The root of its process tree."""
        assert self._process is not None
        return self._process.pid

    @property
    def display(self) -> str:
        """The name of its display."""
        return self._display.name

    def _path(self, name: str) -> Path:
        return Path(self._folder.name) / name

    async def __aenter__(self) -> Self:
        self._display.__enter__()
        files = ["--report", str(self._path("report.json")), "--screenshot", str(self._path("window.png"))]
        written = files if self._arguments[:1] and self._arguments[0] in ("join", "demo") else []
        homes = dict.fromkeys(_FOLDERS, self._folder.name)
        self.started_epoch_ms = epoch_ms()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "visio_desktop",
            *self._arguments,
            *written,
            env={**os.environ, **homes, **self._env, **self._display.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        try:
            if kind is not None:
                self._process.terminate()
            _, said = await asyncio.wait_for(self._process.communicate(), _END_TIMEOUT_S)
            self.said = said.decode(errors="replace")
            self.status = self._process.returncode
            if self._path("report.json").exists():
                self.report = json.loads(self._path("report.json").read_text(encoding="utf-8"))
            if self._path("window.png").exists():
                self.screenshot = self._path("window.png").read_bytes()
        finally:
            if self._process.returncode is None:
                self._process.kill()
                await self._process.wait()
            self._display.__exit__(kind, error, trace)
            self._folder.cleanup()
