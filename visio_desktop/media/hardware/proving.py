"""Tries encoders one after the other, each in a child of its own with a time it has to be done in.

A driver that crashes ends its child; one that hangs is ended with it. Whatever a child says is bounded and read as what
it is: the word of somebody who may be broken.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from visio_desktop.media.hardware.candidates import Candidate, likely
from visio_desktop.media.hardware.faults import Fault
from visio_desktop.system.log import get_logger

COMMAND: Final = (sys.executable, "-m", "visio_desktop.media.hardware.probe")
LONGEST_S: Final = 20.0
_MOST_SAID: Final = 4_096
_LONGEST_REASON: Final = 200
_MOST_MS: Final = 10_000.0
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one trial; `problem` is "" where the encoder is to be used."""

    name: str
    problem: str
    hardware_ms: float = 0.0
    software_ms: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether it has proven itself."""
        return not self.problem

    @property
    def share(self) -> float | None:
        """The share of our own encoder's processor time that it takes; None where it did not come to that."""
        return round(self.hardware_ms / self.software_ms, 2) if self.hardware_ms > 0 < self.software_ms else None


def prove(
    candidates: Iterable[Candidate] | None = None,
    command: Sequence[str] = COMMAND,
    longest_s: float = LONGEST_S,
    *,
    every: bool = False,
) -> tuple[Verdict, ...]:
    """Try each until one holds, or `every` one; takes `longest_s` for each at most. Blocks."""
    verdicts: list[Verdict] = []
    for candidate in likely() if candidates is None else candidates:
        verdict = _tried(candidate.name, command, longest_s)
        _log.info("encoder_tried", name=verdict.name, problem=verdict.problem, hardware_ms=verdict.hardware_ms)
        verdicts.append(verdict)
        if verdict.holds and not every:
            break
    return tuple(verdicts)


def _tried(name: str, command: Sequence[str], longest_s: float) -> Verdict:
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [*command, name], check=False, capture_output=True, timeout=longest_s, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        return Verdict(name, Fault.HANGS.told(f"no answer within {longest_s:g} s"))
    except OSError as error:
        return Verdict(name, Fault.UNKNOWN.told(f"not tried: {error}")[:_LONGEST_REASON])
    if done.returncode:
        return Verdict(name, Fault.CRASHES.told(f"status {done.returncode}"))
    return _read(name, done.stdout[-_MOST_SAID:])


def _read(name: str, said: bytes) -> Verdict:
    lines = said.decode(errors="replace").splitlines()
    try:
        told: Any = json.loads(lines[-1]) if lines else None
    except ValueError:
        told = None
    match told:
        case {"problem": str(problem), "hardware_ms": float(hardware_ms), "software_ms": float(software_ms)} if (
            0 <= hardware_ms < _MOST_MS and 0 <= software_ms < _MOST_MS
        ):
            return Verdict(name, problem[:_LONGEST_REASON], hardware_ms, software_ms)
        case {"problem": str(problem)} if problem:
            return Verdict(name, problem[:_LONGEST_REASON])
        case _:
            return Verdict(name, Fault.UNKNOWN.told("says nothing that makes sense"))
