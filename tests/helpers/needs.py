"""What a test needs of the machine: missing at a developer's it is skipped, missing in CI it fails."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket

import pytest


def need(there: bool, what: str) -> None:
    """Go on only if it is there."""
    if there:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing", pytrace=False)
    pytest.skip(f"{what} is missing; ./dev test sets it up")


def need_program(name: str) -> None:
    """Go on only with this program."""
    need(shutil.which(name) is not None, name)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port nobody has at this moment, below those the system hands out: nobody is given it before it is used."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket(socket.AF_INET, kind) as probe, contextlib.suppress(OSError):
            probe.bind(("", port))
            return port
