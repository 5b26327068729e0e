"""A session in which programs can be read as a screen reader reads them, through AT-SPI."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.helpers.needs import need, need_program

SYSTEM_PYTHON = "/usr/bin/python3"
_SIDE = Path(__file__).with_name("reader_side.py")
_PROBE = "import gi; gi.require_version('Atspi', '2.0')"
_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Node:
    """One thing on the screen, as it is told."""

    role: str
    name: str
    focused: bool
    focusable: bool
    text: str


def need_screen_reader() -> None:
    """Go on only where AT-SPI can be spoken with."""
    need_program("dbus-daemon")
    probe = subprocess.run([SYSTEM_PYTHON, "-c", _PROBE], check=False, capture_output=True)
    need(probe.returncode == 0, "gir1.2-atspi-2.0")


class ScreenReader:
    """`environment` brings programs into the session; `read` tells what `application` shows."""

    def __init__(self, application: str, environment: Mapping[str, str]) -> None:
        self.environment = {**environment, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        self._application = application
        self._bus: asyncio.subprocess.Process | None = None
        self._side: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        self._bus = await asyncio.create_subprocess_exec(
            "dbus-daemon",
            "--session",
            "--nofork",
            "--print-address",
            env=self.environment,
            stdout=pipe,
            stderr=nothing,
        )
        assert self._bus.stdout is not None
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = (await self._bus.stdout.readline()).decode().strip()
        self._side = await asyncio.create_subprocess_exec(
            SYSTEM_PYTHON, str(_SIDE), env=self.environment, stdin=pipe, stdout=pipe, stderr=nothing, limit=2**22
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in (self._side, self._bus):
            if process is not None:
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
                await process.wait()

    def beside(self, application: str) -> ScreenReader:
        """Another program of this session."""
        other = ScreenReader(application, self.environment)
        other._side = self._side
        return other

    async def read(self) -> list[Node]:
        """Everything that shows now."""
        assert self._side is not None
        assert self._side.stdin is not None
        assert self._side.stdout is not None
        self._side.stdin.write(f"{self._application}\n".encode())
        return [Node(**told) for told in json.loads(await self._side.stdout.readline())]

    async def until(self, holds: Callable[[list[Node]], bool], what: str, timeout_s: float = 20.0) -> list[Node]:
        """What shows when the condition holds first; fails after the time."""
        seen: list[Node] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not holds(seen := await self.read()):
                    await asyncio.sleep(_EVERY_S)
                return seen
        raise AssertionError(f"{what}: not among {[(n.role, n.name, n.text, n.focused) for n in seen if n.name]}")

    async def until_named(self, name: str) -> Node:
        """The thing of this name, once it shows."""
        seen = await self.until(lambda nodes: any(n.name == name for n in nodes), name)
        return next(n for n in seen if n.name == name)

    async def until_focused(self, name: str) -> None:
        """Wait for the keyboard to be there."""
        await self.until(lambda nodes: any(n.focused and n.name == name for n in nodes), f"focus on {name}")
