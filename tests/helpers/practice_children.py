"""Processes that stand in for the practice meeting's, each with something wrong with it."""

from __future__ import annotations

import sys

PRACTICE = (sys.executable, "-m", "visio_desktop.practice")
MISSING = ("/nowhere/to/be/found",)


def running(code: str) -> tuple[str, ...]:
    """A process that runs these lines; `said` is what it was told first."""
    return (sys.executable, "-S", "-c", f"import sys, time\nsaid = sys.stdin.readline()\n{code}")


def saying(*lines: str) -> tuple[str, ...]:
    """A process that answers the first line with these, and ends with its input."""
    told = "".join(f"{line}\n" for line in lines)
    return running(f"sys.stdout.write({told!r})\nsys.stdout.flush()\nsys.stdin.read()")


WELCOME = '{"is": "Welcome", "id": "you", "title": "Practice"}'
ENDS_AT_ONCE = running("")
SILENT = running("sys.stdin.read()")
DEAF = running("time.sleep(60)")
