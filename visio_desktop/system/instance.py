"""One running program per person and display: a second start hands its link to the first one and ends.

The first one listens at a Unix socket in a folder that only its owner can enter, and asks the kernel who calls. A call
is one line of JSON of at most 64 kB, `{"link": ..., "activation": ...}`; `activation` is what the desktop gave the
second start so that a window may come to the front (xdg-activation). The answer is one line. Windows has pipes instead
of such sockets (`instance_pipe`). Where none can be made, every start has its own window.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import struct
import sys
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final

from visio_desktop.system.log import get_logger

LONGEST_CALL_BYTES: Final = 64 * 1024
LONGEST_TEXT: Final = 2_200
ANSWER: Final = b"ok\n"
PATIENCE_S: Final = 5.0
LISTENING_S: Final = 1.0
TRY_AGAIN_S: Final = 0.02
_WAITING_CALLS: Final = 8
_WITHOUT_WINDOW: Final = ("offscreen", "minimal")
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody started the program again, maybe with a link."""

    link: str = ""
    activation: str = ""


def parse_call(line: bytes) -> Call | None:
    """The call in a line, None for anything else; whatever is in it is text of a bearable length."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        return None
    match raw:
        case {"link": str(link), "activation": str(activation)} if _is_bearable(link) and _is_bearable(activation):
            return Call(link, activation)
        case _:
            return None


def _is_bearable(text: str) -> bool:
    return len(text) <= LONGEST_TEXT and text.isprintable()


def place(environment: Mapping[str, str]) -> str:
    """Where a window of this start would be seen, as part of a file's name; "" where it would not be."""
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in _WITHOUT_WINDOW:
        return ""
    names = ("SESSIONNAME",) if sys.platform == "win32" else ("WAYLAND_DISPLAY", "DISPLAY")
    display = next((found for name in names if (found := environment.get(name))), sys.platform)
    return re.sub(r"[^A-Za-z0-9.-]", "_", display)[-40:]


def activation(environment: Mapping[str, str]) -> str:
    """What lets a window come to the front, as the desktop handed it to this start."""
    given = environment.get("XDG_ACTIVATION_TOKEN") or environment.get("DESKTOP_STARTUP_ID") or ""
    return given if _is_bearable(given) else ""


def said(call: Call) -> bytes:
    """The line of a call."""
    return json.dumps(asdict(call)).encode() + b"\n"


type Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[None, None, None]]


def answering(on_call: Callable[[Call], None], is_own: Callable[[asyncio.StreamWriter], bool]) -> Talk:
    """What is done with somebody who calls."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, ValueError):  # whoever does not speak is let go
            async with asyncio.timeout(PATIENCE_S):
                call = parse_call(await reader.readline()) if is_own(writer) else None
                if call is not None:
                    on_call(call)
                    writer.write(ANSWER)
                    await writer.drain()
        writer.close()

    return answer


class Instance:
    """The first one. Without a socket nobody can call it."""

    def __init__(self, listening: socket.socket | None = None, lock: IO[str] | None = None) -> None:
        self._socket = listening
        self._lock = lock
        self._path = "" if listening is None else str(listening.getsockname())

    async def serve(self, on_call: Callable[[Call], None]) -> None:
        """Take calls for as long as it runs; those made before are waiting."""
        if self._socket is None:
            return
        answer = answering(on_call, _is_own)
        server = await asyncio.start_unix_server(answer, sock=self._socket, limit=LONGEST_CALL_BYTES)
        async with server:
            await server.serve_forever()

    def release(self) -> None:
        """The next start is the first one again."""
        if self._socket is not None:
            Path(self._path).unlink(missing_ok=True)
            self._socket.close()
        if self._lock is not None:
            self._lock.close()


def meet(folder: Path, name: str, call: Call) -> Instance | None:
    """Become the first one of this name; None if there is one and it took the call. Waits for seconds at most."""
    if not name:
        return Instance()
    if sys.platform == "win32":
        from visio_desktop.system import instance_pipe  # noqa: PLC0415 - there alone

        return instance_pipe.meet(folder, name, call)
    try:
        _see_to(folder)
        lock = (folder / f"{name}.lock").open("w", encoding="ascii")
    except OSError as error:
        _log.warning("instance_not_claimed", error=str(error))
        return Instance()
    path = folder / f"{name}.socket"
    if _take(lock):
        return Instance(_listen(path), lock)
    lock.close()
    if _hand_over(path, call):
        return None
    _log.warning("instance_does_not_answer")
    return Instance()


def _see_to(folder: Path) -> None:
    """Nobody else may enter. Raises `OSError`."""
    found = folder.stat()
    if found.st_uid != os.getuid():
        raise PermissionError("not our own folder")
    if found.st_mode & 0o077:
        folder.chmod(0o700)


def _take(lock: IO[str]) -> bool:
    import fcntl  # noqa: PLC0415 - not on every system

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _listen(path: Path) -> socket.socket | None:
    try:
        path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX)
    except OSError as error:
        _log.warning("instance_cannot_listen", error=str(error))
        return None
    try:
        listening.setblocking(False)
        listening.bind(str(path))
        listening.listen(_WAITING_CALLS)
    except OSError as error:
        _log.warning("instance_cannot_listen", error=str(error))
        listening.close()
        return None
    return listening


def _hand_over(path: Path, call: Call) -> bool:
    """Whether the first one took it; it may be just about to listen, or busy with its own start."""
    until = time.monotonic() + LISTENING_S
    while True:
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(PATIENCE_S)
                line.connect(str(path))
                line.sendall(said(call))
                return line.recv(len(ANSWER)) == ANSWER
        except OSError:
            if time.monotonic() > until:
                return False
        time.sleep(TRY_AGAIN_S)


def _is_own(writer: asyncio.StreamWriter) -> bool:
    """Whether whoever calls is the same person; the folder says so already where the kernel does not (unix(7))."""
    line = writer.get_extra_info("socket")
    if sys.platform != "linux" or line is None:
        return True
    size = struct.calcsize("=iII")
    _, uid, _ = struct.unpack("=iII", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    return bool(uid == os.getuid())
