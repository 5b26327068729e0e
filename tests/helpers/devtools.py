"""Chromium's DevTools protocol over its pipe: no port, and it works out of any network namespace."""

from __future__ import annotations

import asyncio
import fcntl
import itertools
import json
import os
from typing import Any

_TIMEOUT_S = 30.0
_LIMIT = 64 * 1024 * 1024
# Chromium reads from 3 and writes to 4; a shell moves our ends there.
_REDIRECT = ["bash", "-c", 'exec 3<&"$0" 4>&"$1"; shift; exec "$@"']


class DevTools:
    """A started browser that is spoken to; `page()` attaches to its first page."""

    def __init__(self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: int) -> None:
        self.process = process
        self._reader = reader
        self._writer = writer
        self._ids = itertools.count(1)
        self._session: str | None = None

    @classmethod
    async def start(cls, command: list[str], env: dict[str, str]) -> DevTools:
        """Start `command`, a browser with `--remote-debugging-pipe`."""
        browser_reads, we_write = os.pipe()
        we_read, browser_writes = os.pipe()
        given = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (browser_reads, browser_writes)]
        process = await asyncio.create_subprocess_exec(
            *_REDIRECT,
            *map(str, given),
            *command,
            pass_fds=given,
            env=env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            process_group=0,
        )
        for end in (*given, browser_reads, browser_writes):
            os.close(end)
        reader = asyncio.StreamReader(limit=_LIMIT)
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(we_read, "rb"))
        return cls(process, reader, we_write)

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method and answer its result; raises `RuntimeError` where the browser reports an error."""
        number = next(self._ids)
        message = {"id": number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._writer, json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads((await asyncio.wait_for(self._reader.readuntil(b"\0"), _TIMEOUT_S))[:-1])
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(answer["error"])
                result: dict[str, Any] = answer["result"]
                return result

    async def attach(self) -> None:
        """Speak to the page from now on."""
        while True:
            targets = (await self.call("Target.getTargets"))["targetInfos"]
            if pages := [t["targetId"] for t in targets if t["type"] == "page"]:
                break
            await asyncio.sleep(0.05)
        answer = await self.call("Target.attachToTarget", targetId=pages[0], flatten=True)
        self._session = answer["sessionId"]

    async def evaluate(self, code: str) -> Any:
        """The value of an expression in the page, awaited where it is a promise."""
        answer = await self.call(
            "Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(json.dumps(answer["exceptionDetails"])[:500])
        return answer["result"].get("value")

    def close(self) -> None:
        """Let go of the pipe, whereupon the browser ends by itself."""
        os.close(self._writer)
