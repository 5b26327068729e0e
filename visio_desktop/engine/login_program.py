"""The login program: started, spoken with over its pipes, ended. At most one runs for each login."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from visio_desktop.engine.last_words import LastWords
from visio_desktop.login.wire import (
    LONGEST_LINE,
    Begin,
    Done,
    Failed,
    Failure,
    Message,
    Shown,
    WireError,
    decode,
    encode,
)
from visio_desktop.system.log import get_logger

SILENT_S: Final = 25.0
PERSON_S: Final = 11 * 60.0
END_S: Final = 3.0
_log = get_logger(__name__)


class LoginFailed(Exception):  # noqa: N818 - reads as a finding
    """Nobody was logged in; `why` says why. `certificate` is the one that was not trusted, as PEM, and `host` its."""

    def __init__(self, why: Failure, host: str = "", certificate: str = "") -> None:
        super().__init__(why.value)
        self.why = why
        self.host = host
        self.certificate = certificate


class LoginWindow(Protocol):
    """Whatever lets a person log in."""

    async def run(self, begin: Begin, shown: Callable[[], None]) -> Mapping[str, str]:
        """The server's cookies afterwards. Raises `LoginFailed`; cancelled, it closes the window."""


class LoginProgram:
    """`LoginWindow` as a process of its own. Where it fails, its standard error is logged, without secrets."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command

    async def run(self, begin: Begin, shown: Callable[[], None]) -> Mapping[str, str]:
        """See `LoginWindow`."""
        words = LastWords()
        process = await self._start(words)
        try:
            return await _converse_in_time(process, begin, shown)
        except LoginFailed as failed:
            await _end(process)
            if failed.why is not Failure.CANCELLED:
                _log.warning("login_program_failed", why=failed.why.value, said=await words.said())
            raise
        finally:
            await _end(process)

    async def _start(self, words: LastWords) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(words.forget)
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._command, stdin=pipe, stdout=pipe, stderr=words.descriptor, limit=LONGEST_LINE
                )
            except OSError as error:
                _log.warning("login_program_missing", error=error.strerror or "")
                raise LoginFailed(Failure.NO_ENGINE) from error
            on_failure.pop_all()
        words.begin()
        return process


async def _converse_in_time(
    process: asyncio.subprocess.Process, begin: Begin, shown: Callable[[], None]
) -> Mapping[str, str]:
    try:
        async with asyncio.timeout(SILENT_S if begin.silent else PERSON_S):
            return await _converse(process, begin, shown)
    except TimeoutError:
        raise LoginFailed(Failure.TIMED_OUT) from None


async def _converse(process: asyncio.subprocess.Process, begin: Begin, shown: Callable[[], None]) -> Mapping[str, str]:
    if process.stdin is None or process.stdout is None:
        raise LoginFailed(Failure.CRASHED)
    process.stdin.write(encode(begin))
    while (message := await _next(process.stdout)) is not None:
        match message:
            case Done(cookies):
                return cookies
            case Failed(why, host, certificate):
                raise LoginFailed(why, host, certificate)
            case Shown(sandboxed):
                if not sandboxed:
                    _log.warning("login_without_sandbox")
                shown()
            case Begin():
                continue
    raise LoginFailed(Failure.CRASHED)


async def _next(stream: asyncio.StreamReader) -> Message | None:
    """What is said next, None at the end; what cannot be read is passed over."""
    while True:
        try:
            line = await stream.readline()
            return decode(line) if line else None
        except WireError:
            _log.warning("login_line_not_understood")
        except ValueError:
            _log.warning("login_line_too_long")
            return None


async def _end(process: asyncio.subprocess.Process) -> None:
    """By closing its input, and by force if it does not follow."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(END_S):
            await process.wait()
    except TimeoutError:
        await _kill(process)
    except asyncio.CancelledError:  # the program ends: nobody waits for manners
        await _kill(process)
        raise


async def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.communicate()  # what it said last is read away, or its pipe would stay open
