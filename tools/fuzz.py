"""`./dev fuzz [--minutes N] [--seed N] [PATH...]`: hostile bytes into every parser, other ones each time.

The tests of `tests/fuzz` go over whole paths; those of the parsers, which use hypothesis, get five times their usual
budget in each round.
"""

from __future__ import annotations

import argparse
import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from tools.shell import ROOT, run, say

_TIMES = 3
_EXAMPLES = 500
_PATHS = ("tests/fuzz", "tests/unit/rtc", "tests/unit/servers", "tests/unit/net")


def with_hypothesis(folders: Sequence[str]) -> list[str]:
    """The test files that fuzz: all of `tests/fuzz`, elsewhere those that use hypothesis."""
    files = (file for folder in folders for file in sorted(ROOT.joinpath(folder).rglob("test_*.py")))
    return [str(file.relative_to(ROOT)) for file in files if _fuzzes(file)]


def _fuzzes(file: Path) -> bool:
    return "fuzz" in file.parts or "from hypothesis import" in file.read_text(encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Run until something fails or the time is over; a run that has begun is finished."""
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, help="of the first round; told in each, to come back to it")
    parser.add_argument("paths", nargs="*", default=_PATHS)
    chosen = parser.parse_args(arguments)
    files = with_hypothesis(chosen.paths)
    until_s = time.monotonic() + 60 * chosen.minutes
    seed = chosen.seed if chosen.seed is not None else secrets.randbelow(1 << 31)
    command = ["pytest", "-q", "-x", "-p", "no:cacheprovider", "--timeout", "1800", f"--hypothesis-seed={seed}"]
    while True:
        say(f"seed {seed}: {len(files)} files, {max(0.0, until_s - time.monotonic()) / 60:.0f} minutes left")
        env = {"FUZZ_TIMES": str(_TIMES), "FUZZ_SEED": str(seed), "FUZZ_EXAMPLES": str(_EXAMPLES)}
        command[-1] = f"--hypothesis-seed={seed}"
        if status := run([*command, *files], env=env):
            say(f"failed with seed {seed}: ./dev fuzz --seed {seed}")
            return status
        if time.monotonic() >= until_s:
            return 0
        seed += 1
