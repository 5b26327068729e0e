"""The two clocks of this machine, in milliseconds. Code that needs time is handed one of them as a `Clock`."""

from __future__ import annotations

import time
from collections.abc import Callable

type Clock = Callable[[], float]


def monotonic_ms() -> float:
    """Milliseconds since an unknown moment; never runs back."""
    return time.monotonic_ns() / 1e6


def epoch_ms() -> float:
    """Milliseconds since 1970-01-01 UTC; may jump when the system's clock is set."""
    return time.time_ns() / 1e6
