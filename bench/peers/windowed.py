"""The whole program with its window as a client (`bench.peers.window` is its process), on a display of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from bench.peers.wire import ClientProcess
from tests.helpers.xvfb import Xvfb

EVERYWHERE = "BENCH_EVERYWHERE"
"""Set where the server is not on this machine although signalling goes through loopback."""

_FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


class Window(ClientProcess):
    """The client as the bench has it: a process on a display of its own, with settings of its own."""

    def __init__(self, prefix: Sequence[str] = (), env: Mapping[str, str] | None = None) -> None:
        self._display = Xvfb()
        self._folder = tempfile.TemporaryDirectory(prefix="bench-window-", ignore_cleanup_errors=True)
        homes = dict.fromkeys(_FOLDERS, self._folder.name)
        super().__init__("ours", "bench.peers.window", prefix=prefix, env={**homes, **(env or {})})

    async def __aenter__(self) -> Self:
        self._display.__enter__()
        self._env |= self._display.environment
        return await super().__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await super().__aexit__(kind, error, trace)
        finally:
            self._display.__exit__(kind, error, trace)
            self._folder.cleanup()
