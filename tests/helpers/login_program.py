"""The login program as a test starts it: its messages, its window's picture, fingers on its display."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from visio_desktop.login.wire import Message, decode, encode

COMMAND = (sys.executable, "-m", "visio_desktop.login")
UNSANDBOXED = {"VISIO_DESKTOP_LOGIN_SANDBOX": "off"}
"""Tests run as root, to whom the engine gives no sandbox."""
_WAIT_S = 40.0


class LoginProgram:
    """`with LoginProgram(environment) as program: program.say(Begin(...)); program.next()`."""

    def __init__(self, environment: Mapping[str, str], command: Sequence[str] = COMMAND) -> None:
        self._command = command
        self._environment = {**os.environ, **UNSANDBOXED, **environment}
        self._process: subprocess.Popen[bytes] | None = None
        self._heard: queue.Queue[Message | None] = queue.Queue()

    @property
    def pid(self) -> int:
        """The root of its process tree."""
        return self._its().pid

    def say(self, message: Message) -> None:
        """Say something to it."""
        self.write(encode(message))

    def write(self, line: bytes) -> None:
        """Put bytes into its standard input."""
        assert self._its().stdin is not None
        self._its().stdin.write(line)  # type: ignore[union-attr] # as asserted
        self._its().stdin.flush()  # type: ignore[union-attr] # as asserted

    def hang_up(self) -> None:
        """Close its standard input."""
        assert self._its().stdin is not None
        self._its().stdin.close()  # type: ignore[union-attr] # as asserted

    def next(self) -> Message | None:
        """What it says next, None once it says no more."""
        return self._heard.get(timeout=_WAIT_S)

    def ended(self) -> int:
        """Its exit status once it has ended."""
        return self._its().wait(_WAIT_S)

    def __enter__(self) -> Self:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, env=self._environment)
        threading.Thread(target=self._read, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process = self._its()
        if process.poll() is None:
            process.kill()
        process.wait(10)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()

    def _its(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def _read(self) -> None:
        stream = self._its().stdout
        assert stream is not None
        for line in stream:
            self._heard.put(decode(line))
        self._heard.put(None)
