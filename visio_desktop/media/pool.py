"""A few threads that decode for all streams: each stream's work is done in order, different streams' side by side.

Threads are daemons, so that a decoder that never returns cannot keep the program from ending.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

type Job = Callable[[], None]


def _nothing() -> None:
    """Stands for a job that was cleared."""


class Lane:
    """The work of one stream, done in the order it came, by one thread at a time."""

    def __init__(self, ready: Callable[[Lane], None]) -> None:
        self._ready = ready
        self._jobs: deque[Job] = deque()
        self._lock = threading.Lock()
        self._queued = False

    @property
    def waiting(self) -> int:
        """How many jobs wait, the one under way not counted."""
        return len(self._jobs)

    def add(self, job: Job) -> None:
        """Do `job` after all that was added before; it must not raise. Any thread."""
        with self._lock:
            self._jobs.append(job)
            if self._queued:
                return
            self._queued = True
        self._ready(self)

    def clear(self) -> None:
        """Forget what waits."""
        with self._lock:
            self._jobs.clear()

    def run_one(self) -> None:
        """Do the next job; called by the pool's threads."""
        try:
            with self._lock:
                job = self._jobs.popleft() if self._jobs else _nothing
            job()
        finally:
            self._go_on()

    def _go_on(self) -> None:
        with self._lock:
            self._queued = bool(self._jobs)
            if not self._queued:
                return
        self._ready(self)


class DecoderPool:
    """The threads all received streams share."""

    def __init__(self, threads: int) -> None:
        self._ready: SimpleQueue[Lane | None] = SimpleQueue()
        self._threads = [self._start() for _ in range(threads)]

    def lane(self) -> Lane:
        """A new lane served by this pool."""
        return Lane(self._ready.put)

    def close(self) -> None:
        """End the threads once they are done with their present job; waiting jobs are forgotten."""
        for _ in self._threads:
            self._ready.put(None)

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads to end; whether they all did."""
        for thread in self._threads:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._threads)

    def _start(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name="decode", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        ended = False
        try:
            while (lane := self._ready.get()) is not None:
                lane.run_one()
            ended = True
        finally:
            if not ended:
                # A job raised, against the rules; `threading.excepthook` tells of it. The streams go on.
                self._threads.append(self._start())
