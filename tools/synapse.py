"""The Matrix server of the tests: Synapse in an environment of its own, `.cache/synapse/`."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.shell import CACHE, ROOT, must_run, say, uv

FOLDER = CACHE / "synapse"
_PINS = ROOT / "tests" / "matrix" / "requirements.txt"
_STAMP = FOLDER / "ready"


def program() -> Path:
    """The Python that runs it."""
    return FOLDER / "bin" / "python"


def is_there() -> bool:
    """Whether it can be started."""
    return _STAMP.exists()


def set_up() -> Path:
    """Install it unless nothing has changed; from wheels alone. Raises `SetUpError`."""
    wanted = _PINS.read_bytes()
    if _STAMP.exists() and _STAMP.read_bytes() == wanted:
        return FOLDER
    say("installing a Matrix server for the tests")
    _STAMP.unlink(missing_ok=True)
    must_run([uv(), "venv", "--quiet", "--clear", "--python", sys.executable, FOLDER])
    install: list[str | Path] = [uv(), "pip", "install", "--quiet", "--python", program(), "--only-binary", ":all:"]
    must_run(["nice", *install, "--compile-bytecode", "--require-hashes", "-r", _PINS])
    _STAMP.write_bytes(wanted)
    return FOLDER
