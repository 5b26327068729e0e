"""How often somebody may do something that everybody sees."""

from __future__ import annotations

from visio_desktop.meeting.rooms import Pace


def paced(pace: Pace, who: str, at_ms: float, *, most: int, within_ms: float) -> Pace | None:
    """The pace with one more of `who`; None where they did it `most` times already within that time."""
    recent = tuple((one, when) for one, when in pace if abs(at_ms - when) < within_ms)
    if sum(one == who for one, _ in recent) >= most:
        return None
    return (*recent, (who, at_ms))
