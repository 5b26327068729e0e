"""Calls that may hang, such as opening a device, kept off the loop and bounded in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread

from visio_desktop.media.errors import MediaError


class _Call[T]:
    """One call in a daemon thread: should it hang for ever, neither the loop nor the program's end waits for it."""

    def __init__(self, call: Callable[[], T], undo: Callable[[T], None]) -> None:
        self._call = call
        self._undo = undo
        self._loop = asyncio.get_running_loop()
        self.done: asyncio.Future[T] = self._loop.create_future()

    def run(self) -> None:
        try:
            result = self._call()
        except MediaError as error:
            self._tell(self.done.set_exception, error)
            return
        if not self._tell(self.done.set_result, result):
            self._undo(result)

    def _tell[V](self, deliver: Callable[[V], None], value: V) -> bool:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(deliver, value)
            return True
        return False

    def abandon(self) -> None:
        """Whatever comes now comes too late, or came in the same moment."""
        self.done.add_done_callback(self._undo_late)

    def _undo_late(self, done: asyncio.Future[T]) -> None:
        if done.exception() is None:
            Thread(target=self._undo, args=(done.result(),), name="undo", daemon=True).start()


async def call_bounded[T](
    call: Callable[[], T], timeout_s: float, *, name: str, undo: Callable[[T], None] = lambda _: None
) -> T:
    """The result of `call`, run in a thread. Raises its `MediaError`, or `TimeoutError`: a late result is undone."""
    running = _Call(call, undo)
    Thread(target=running.run, name=name, daemon=True).start()
    try:
        return await asyncio.wait_for(asyncio.shield(running.done), timeout_s)
    except (TimeoutError, asyncio.CancelledError):
        running.abandon()
        raise
