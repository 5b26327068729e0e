"""Whether a list of parts keeps to CycloneDX's schema; asked of the reference implementation, in a place of its own.

It comes with two dozen packages that neither the program nor its tests need: they are installed into `.cache/supply/`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tools.shell import CACHE, ROOT, must_run, say, uv

_PINS: Final = ROOT / "requirements" / "supply.txt"
_CHECK: Final = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.buffer.read().decode("utf-8"))
sys.stdout.write("" if fault is None else str(fault)[:500])
"""


def set_up() -> Path:
    """The folder of the validator's packages, installed unless nothing has changed; raises `SetUpError`."""
    folder = CACHE / "supply"
    stamp = folder / "stamp"
    digest = hashlib.sha256(_PINS.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return folder
    say("fetching CycloneDX's validator")
    shutil.rmtree(folder, ignore_errors=True)
    install = [uv(), "pip", "install", "--quiet", "--require-hashes", "--python", sys.executable]
    must_run([*install, "--target", folder, "-r", _PINS])
    stamp.write_text(digest, encoding="ascii")
    return folder


def fault(sbom: Path) -> str:
    """What is wrong with a list of parts, "" where nothing is. Raises `SetUpError`, `CalledProcessError`."""
    done = subprocess.run(
        [sys.executable, "-c", _CHECK],
        input=sbom.read_bytes(),
        env={**os.environ, "PYTHONPATH": str(set_up())},
        check=True,
        capture_output=True,
    )
    return done.stdout.decode("utf-8")
