"""The practice meeting's process: words over standard input and output."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

from visio_desktop.system.compiled import Compiled
from visio_desktop.system.packed import Packed

if __name__ == "__main__":  # what a start of the program has kept saves a quarter of loading the rest
    Packed().begin()
    Compiled().begin()

from visio_desktop.practice.meeting import PracticeMeeting
from visio_desktop.servers.practice.wire import LONGEST_LINE, Message, WireError, decode, encode
from visio_desktop.system.log import get_logger
from visio_desktop.system.memory import bound_heaps

_log = get_logger(__name__)


async def _messages() -> AsyncIterator[Message]:
    async for line in _lines():
        try:
            yield decode(line)
        except WireError as error:
            _log.warning("line_not_understood", error=str(error))


async def _lines() -> AsyncIterator[bytes]:
    if sys.platform == "win32":  # its loop waits for no pipe that another process has made
        while line := await asyncio.to_thread(sys.stdin.buffer.readline, LONGEST_LINE):
            yield line
        return
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield line


def _say(message: Message) -> None:
    sys.stdout.buffer.write(encode(message))
    sys.stdout.buffer.flush()


async def _main() -> None:
    await PracticeMeeting(_say).serve(_messages())


if __name__ == "__main__":
    bound_heaps()
    asyncio.run(_main())
