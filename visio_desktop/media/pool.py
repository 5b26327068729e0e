"""A few threads that decode for all streams: each stream's work is done in order, different streams' side by side.

A stream whose pictures take unusually long never gets the last free thread, so that somebody who sends what is hard to
decode slows down nobody else. Threads are daemons, so that a decoder that never returns cannot keep the program from
ending.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from visio_desktop.system.clock import Clock

type Job = Callable[[], None]

_HEAVY_MS = 15.0
_SMOOTHING = 0.1


def _nothing() -> None:
    """Stands for a job that was cleared."""


def thread_ms() -> float:
    """The processor time this thread has used."""
    return time.thread_time_ns() / 1e6


class Lane:
    """The work of one stream, done in the order it came, by one thread at a time."""

    def __init__(self, ready: Callable[[Lane], None], clock: Clock = thread_ms) -> None:
        self.is_heavy = False
        self._ready, self._clock = ready, clock
        self._job_ms = 0.0
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
            began_ms = self._clock()
            job()
            self._job_ms += _SMOOTHING * (self._clock() - began_ms - self._job_ms)
            self.is_heavy = self._job_ms > _HEAVY_MS
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

    def __init__(self, threads: int, clock: Clock = thread_ms) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._ready: deque[Lane] = deque()
        self._closed = False
        self._heavy_running = 0
        self._most_heavy = max(1, threads - 1)
        self._threads = [self._start() for _ in range(threads)]

    def lane(self) -> Lane:
        """A new lane served by this pool."""
        return Lane(self._put, self._clock)

    def close(self) -> None:
        """End the threads once they are done with their present job; waiting jobs are forgotten."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads to end; whether they all did."""
        for thread in self._threads:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._threads)

    def _put(self, lane: Lane) -> None:
        with self._changed:
            self._ready.append(lane)
            self._changed.notify()

    def _take(self) -> tuple[Lane, bool] | None:
        """The next lane and whether it counts as heavy; None when there is none for this thread."""
        for lane in self._ready:
            if not lane.is_heavy or self._heavy_running < self._most_heavy:
                self._ready.remove(lane)
                self._heavy_running += lane.is_heavy
                return lane, lane.is_heavy
        return None

    def _next(self) -> tuple[Lane, bool] | None:
        """Wait for work; None at the end."""
        with self._changed:
            while not self._closed:
                taken = self._take()
                if taken is not None:
                    return taken
                self._changed.wait()
        return None

    def _start(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name="decode", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        ended = False
        try:
            while (taken := self._next()) is not None:
                self._serve(*taken)
            ended = True
        finally:
            if not ended:
                # A job raised, against the rules; `threading.excepthook` tells of it. The streams go on.
                self._threads.append(self._start())

    def _serve(self, lane: Lane, heavy: bool) -> None:
        try:
            lane.run_one()
        finally:
            if heavy:
                with self._changed:
                    self._heavy_running -= 1
                    self._changed.notify()
