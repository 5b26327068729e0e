"""What a program said on its standard error last, of bounded length, without what may be secret."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from typing import Final

MOST_BYTES: Final = 16 * 1024
"""So much is kept, of the end."""
MOST_LINES: Final = 30
_LONGEST_LINE: Final = 300
_READ_OF_A_LINE: Final = 1_000
_GRACE_S: Final = 0.5
_PIECE_BYTES: Final = 4_096
_OF_A_PAGE: Final = "js:"
"""Lines that a page in the web engine wrote: they may hold anything."""
_AFTER_THE_PATH: Final = re.compile(r"(\w[\w+.-]*://[^\s?#\"'<>]*)[?#][^\s\"'<>]*")
_SECRETS: Final = "code|token|session|cookie|secret|password|state|nonce|csrf"
_NAMED: Final = re.compile(rf"(?i)\b([\w-]*(?:{_SECRETS})[\w-]*)=[^\s;&,]+")
_RANDOM: Final = re.compile(r"(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{24,}")


class LastWords:
    """`descriptor` is what the program writes to; `begin` once it has it, or `forget` where it was never started.

    Read in a thread of its own, until nobody holds the other end any more.
    """

    def __init__(self) -> None:
        self._end, self.descriptor = os.pipe()
        self._kept = bytearray()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._listen, name="last words", daemon=True)

    def begin(self) -> None:
        """The program has its end: ours is not needed any more."""
        os.close(self.descriptor)
        self._thread.start()

    def forget(self) -> None:
        """There is no program."""
        os.close(self.descriptor)
        os.close(self._end)

    async def said(self) -> str:
        """What it said, once the program has ended."""
        await asyncio.to_thread(self._thread.join, _GRACE_S)
        with self._lock:
            return harmless(bytes(self._kept).decode(errors="replace"))

    def _listen(self) -> None:
        with os.fdopen(self._end, "rb", buffering=0) as pipe:
            while piece := pipe.read(_PIECE_BYTES):
                with self._lock:
                    self._kept += piece
                    del self._kept[:-MOST_BYTES]


def harmless(text: str) -> str:
    """The last lines, without what pages wrote, what stands behind an address, and what looks like a key."""
    lines = [_line(line) for line in text.splitlines() if line.strip() and not line.lstrip().startswith(_OF_A_PAGE)]
    return "\n".join(lines[-MOST_LINES:])


def _line(line: str) -> str:
    line = line[:_READ_OF_A_LINE]
    line = _AFTER_THE_PATH.sub(r"\1?[hidden]", line)
    line = _NAMED.sub(r"\1=[hidden]", line)
    line = _RANDOM.sub("[hidden]", line)
    return "".join(sign for sign in line if sign.isprintable())[:_LONGEST_LINE]
