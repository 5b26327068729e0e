"""The practice meeting's process: started, spoken with over its pipes, ended."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from visio_desktop.servers.practice.wire import LONGEST_LINE, Message, WireError, decode, encode
from visio_desktop.system.log import get_logger

END_TIMEOUT_S = 2.0
_log = get_logger(__name__)


class Child:
    """A running process. Its standard error goes where ours goes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, command: tuple[str, ...]) -> Child:
        """Start the process. Raises `OSError`."""
        pipe = asyncio.subprocess.PIPE
        return cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=LONGEST_LINE))

    def send(self, message: Message) -> None:
        """Say something; to a process that is gone nothing is said."""
        if self._process.stdin is not None and not self._process.stdin.is_closing():
            self._process.stdin.write(encode(message))

    async def messages(self) -> AsyncIterator[Message]:
        """What the process says, until it ends."""
        while (message := await self.next_message()) is not None:
            yield message

    async def next_message(self) -> Message | None:
        """The next thing the process says, None once it has ended or says what cannot be read to its end."""
        while line := await self._line():
            try:
                return decode(line)
            except WireError as error:
                _log.warning("practice_line_not_understood", error=str(error))
        return None

    async def _line(self) -> bytes:
        if self._process.stdout is None:
            return b""
        try:
            return await self._process.stdout.readline()
        except ValueError:
            _log.warning("practice_line_too_long")
            return b""

    async def end(self) -> None:
        """End the process: by closing its input, and by force if it does not follow."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            async with asyncio.timeout(END_TIMEOUT_S):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
