"""Why an encoder is not used: a word for machines, then what was seen."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with an encoder; its text begins what is kept and told of it."""

    CLOSED = "closed"
    """It cannot be opened: there is no such device, or its driver refuses."""
    SLOWER = "slower"
    """It takes as much of the processor as our own, or is late."""
    WRONG = "wrong"
    """Other pictures came out than went in, or none."""
    DISOBEYS = "disobeys"
    """It does not follow the bitrate, or gives no key frame where one is asked for."""
    CRASHES = "crashes"
    HANGS = "hangs"
    FAILED = "failed"
    """It failed in a meeting, after it had shown that it works."""
    UNKNOWN = "unknown"

    def told(self, detail: str) -> str:
        """The whole problem."""
        return f"{self.value}: {detail}"

    @classmethod
    def of(cls, problem: str) -> Fault:
        """The fault a problem begins with."""
        word = problem.partition(":")[0]
        return next((each for each in cls if each.value == word), cls.UNKNOWN)
