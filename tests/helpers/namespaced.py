"""A helper of the tests as a process in a network namespace: it says "ready", and ends with its input."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from tests.helpers.link import End


def started(end: End, module: str, arguments: Sequence[str] = ()) -> subprocess.Popen[str]:
    """`python -m tests.helpers.MODULE` over there, once it is ready."""
    pipe = subprocess.PIPE
    command = [*end.prefix, sys.executable, "-m", f"tests.helpers.{module}", *arguments]
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process
