"""Supervised tasks: the only place in the program that starts one.

A bare `create_task` may be collected while it runs and keeps its exception to itself; these are kept, named, logged
when they crash and awaited when they are closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, overload

from visio_desktop.system.log import get_logger

_log = get_logger(__name__)


class Tasks:
    """The tasks of one owner, closed together. `on_crash` hears the name and the error of each task that failed."""

    def __init__(self, name: str, on_crash: Callable[[str, BaseException], None] | None = None) -> None:
        self._name = name
        self._on_crash = on_crash
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, coroutine: Coroutine[Any, Any, object], *, name: str) -> asyncio.Task[None]:
        """Start a task on the running loop. It never raises to whoever awaits it, except when cancelled."""
        task = asyncio.get_running_loop().create_task(self._supervise(coroutine, name), name=f"{self._name}.{name}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # A task cancelled before its first step never enters `_supervise`: its coroutine must not warn.
        task.add_done_callback(lambda _: coroutine.close())
        return task

    async def close(self) -> None:
        """Cancel all tasks and wait until each has ended; the caller's own task is left alone."""
        tasks = self._running - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _supervise(self, coroutine: Coroutine[Any, Any, object], name: str) -> None:
        try:
            await coroutine
        except Exception as error:  # noqa: BLE001 - the named boundary: whatever a task dies of ends here, told
            _log.exception("task_crashed", owner=self._name, task=name)
            if self._on_crash is not None:
                self._on_crash(name, error)


@overload
async def together[A, B](one: Coroutine[Any, Any, A], two: Coroutine[Any, Any, B], /) -> tuple[A, B]: ...
@overload
async def together[A, B, C](
    one: Coroutine[Any, Any, A], two: Coroutine[Any, Any, B], three: Coroutine[Any, Any, C], /
) -> tuple[A, B, C]: ...
async def together(*parts: Coroutine[Any, Any, Any]) -> tuple[Any, ...]:
    """What all come to, done at once; none goes on once another has failed, as `asyncio.gather` has them do."""
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(part) for part in parts]
    try:
        return tuple(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
