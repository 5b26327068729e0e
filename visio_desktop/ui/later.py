"""Work that is done elsewhere, and its outcome on the window's thread, unless what waited for it is gone by then."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from PySide6.QtCore import QObject, QTimer

LOOK_EVERY_MS: Final = 40


def in_thread[T](work: Callable[[], T], name: str) -> Future[T]:
    """Begin work in a thread of its own, which ends with it."""
    executor = ThreadPoolExecutor(1, thread_name_prefix=name)
    try:
        return executor.submit(work)
    finally:
        executor.shutdown(wait=False)


def when_done[T](future: Future[T], parent: QObject, take: Callable[[T], None]) -> None:
    """Call `take` with the outcome once it is there; what went wrong instead is raised then. It ends with `parent`."""
    timer = QTimer(parent)

    def look() -> None:
        if future.done():
            timer.stop()
            timer.deleteLater()
            take(future.result())

    timer.timeout.connect(look)
    timer.start(LOOK_EVERY_MS)
