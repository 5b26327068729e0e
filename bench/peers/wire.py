"""Speaking with a client's process: commands in, answers out, as JSON lines. The process ends with its input."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from bench.peers.port import Camera
from bench.timeline import Told
from tools.shell import ROOT

_ANSWER_S = 30.0
_END_S = 4.0
_LINE_BYTES = 64 * 1024 * 1024


class ClientError(Exception):
    """A client did not do what it was asked."""


class ClientProcess:
    """A client that is a Python module; `prefix` runs it elsewhere, for instance `link.b.prefix`."""

    def __init__(
        self, name: str, module: str, *arguments: str, prefix: Sequence[str] = (), env: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._command = [*prefix, sys.executable, "-m", module, *arguments]
        self._env = {**os.environ, "PYTHONWARNINGS": "ignore", **(env or {})}
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The root of its process tree."""
        assert self._process is not None
        return self._process.pid

    async def join(self, url: str, token: str, camera: Camera | None = None, tone_hz: float = 0.0) -> None:
        """See `Client`."""
        sent = None if camera is None else asdict(camera)
        await self.ask("join", url=url, token=token, camera=sent, tone_hz=tone_hz)

    async def told(self) -> Told:
        """See `Client`."""
        return Told.read(await self.ask("told"))

    async def leave(self) -> None:
        """See `Client`."""
        await self.ask("leave")

    async def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Give a command and wait for its answer. Raises `ClientError`."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": command, **arguments}).encode() + b"\n")
            line = await asyncio.wait_for(self._process.stdout.readline(), _ANSWER_S)
        except (TimeoutError, ConnectionError, ValueError) as error:
            raise ClientError(f"{self.name} does not answer {command}") from error
        if not line:
            raise ClientError(f"{self.name} ended at {command}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise ClientError(f"{self.name}, {command}: {answer['error']}")
        return answer

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=ROOT,
            env=self._env,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL if not os.environ.get("BENCH_LOUD") else None,
            limit=_LINE_BYTES,
            process_group=0,  # an interrupt is ours to deal with; in our session it has the priority we were given
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _END_S)
        except (TimeoutError, asyncio.CancelledError):
            self._process.kill()
            await self._process.wait()


type Command = Callable[..., Awaitable[dict[str, Any] | None]]


async def serve(commands: Mapping[str, Command]) -> None:
    """The process's side: carry out commands from standard input until it ends."""
    reader = asyncio.StreamReader(limit=_LINE_BYTES)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        arguments = json.loads(line)
        command = commands[arguments.pop("do")]
        try:
            answer = await asyncio.wait_for(command(**arguments), _ANSWER_S - 5)
        except Exception as error:  # noqa: BLE001 - whatever it is, the bench is told and goes on
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        sys.stdout.write(json.dumps(answer or {}) + "\n")
        sys.stdout.flush()
