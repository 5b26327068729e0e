"""How a second start reaches the first one on Windows: by a pipe whose name stands where only this person can read it.

The first one holds a lock in its folder, which Windows opens to nobody else, and writes there the name of a pipe that
nobody could guess and take before. Others of the computer may see the pipe, and may not write to it: Windows gives that
to its owner, to administrators and to the system. What is said is the same as on other systems (`instance`).
"""

from __future__ import annotations

import asyncio
import re
import secrets
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from io import RawIOBase
from pathlib import Path
from typing import IO, Any, Final

from visio_desktop.system.instance import (
    ANSWER,
    LONGEST_CALL_BYTES,
    PATIENCE_S,
    TRY_AGAIN_S,
    Call,
    Instance,
    answering,
    said,
)
from visio_desktop.system.log import get_logger

PREFIX: Final = "\\\\.\\pipe\\visio-desktop-"
LISTENING_S: Final = 10.0
"""The pipe is there once the first one's window is: longer than a socket, which waits from the beginning."""

_NAME: Final = re.compile(re.escape(PREFIX) + "[0-9a-f]{32}")
_LONGEST_NAME: Final = 100
_ANYBODY: Final = -1
_log = get_logger(__name__)

type OpenPipe = Callable[[str], RawIOBase]


def meet(folder: Path, name: str, call: Call) -> Instance | None:
    """As `instance.meet`."""
    try:
        lock = (folder / f"{name}.lock").open("w", encoding="ascii")
    except OSError as error:
        _log.warning("instance_not_claimed", error=str(error))
        return Instance()
    path = folder / f"{name}.pipe"
    if _take(lock):
        return PipeInstance(path, lock)
    lock.close()
    if hand_over(path, call):
        return None
    _log.warning("instance_does_not_answer")
    return Instance()


class PipeInstance(Instance):
    """The first one on Windows."""

    def __init__(self, path: Path, lock: IO[str]) -> None:
        super().__init__(lock=lock)
        self._file = path
        self.name = written(path)

    async def serve(self, on_call: Callable[[Call], None]) -> None:
        """See `Instance`."""
        loop: Any = asyncio.get_running_loop()
        if not self.name or not hasattr(loop, "start_serving_pipe"):  # Windows' own loop alone has it
            return
        answer = answering(on_call, lambda _writer: True)

        def make() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(asyncio.StreamReader(LONGEST_CALL_BYTES), answer)

        servers = await loop.start_serving_pipe(make, self.name)
        try:
            await asyncio.Event().wait()
        finally:
            for server in servers:
                server.close()

    def release(self) -> None:
        """See `Instance`."""
        self._file.unlink(missing_ok=True)
        super().release()


def written(path: Path) -> str:
    """A name nobody can guess, written to this file; "" where it cannot be."""
    name = f"{PREFIX}{secrets.token_hex(16)}"
    try:
        path.write_text(name, encoding="ascii")
    except OSError as error:
        _log.warning("instance_cannot_listen", error=str(error))
        return ""
    return name


def read(path: Path) -> str:
    """The name in a file, "" where there is none."""
    with suppress(OSError, UnicodeDecodeError), path.open(encoding="ascii") as file:
        text = file.read(_LONGEST_NAME)
        return text if _NAME.fullmatch(text) else ""
    return ""


def hand_over(path: Path, call: Call, open_pipe: OpenPipe | None = None) -> bool:
    """Whether the first one took it; it may be just about to listen, or busy with its own start."""
    until_s = time.monotonic() + LISTENING_S
    while True:
        if name := read(path):
            with suppress(OSError):
                return _ask(name, call, open_pipe or _open)
        if time.monotonic() > until_s:
            return False
        time.sleep(TRY_AGAIN_S)


def _ask(name: str, call: Call, open_pipe: OpenPipe) -> bool:
    """Whether it was answered. In a thread of its own, as pipes of Windows wait for ever. Raises `OSError`."""
    pipe, heard = open_pipe(name), list[bytes | None]()

    def talk() -> None:
        with suppress(OSError):
            pipe.write(said(call))
            heard.append(pipe.read(len(ANSWER)))

    thread = threading.Thread(target=talk, name="second start", daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    if not thread.is_alive():
        pipe.close()
    return heard == [ANSWER]


def _open(name: str) -> RawIOBase:
    """Raises `OSError` where nobody listens yet, or somebody is being listened to."""
    _let_come_to_the_front()
    return open(name, "r+b", buffering=0)  # noqa: PTH123 - a pipe is no file


def _let_come_to_the_front() -> None:
    """Who was just started by a click may show its window; the first one may then, too."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - here alone

        ctypes.windll.user32.AllowSetForegroundWindow(_ANYBODY)


def _take(lock: IO[str]) -> bool:
    if sys.platform != "win32":
        return False
    import msvcrt  # noqa: PLC0415 - there on Windows only

    try:
        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True
