"""`./dev test`: set up the other side of the end-to-end tests, then run pytest.

In CI a second run goes on beside the first, at a low priority: the packages, built and installed, and then every kind
of server, which mostly waits. Elsewhere packages are built only where they are asked for.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from tools import livekit, machine, portal, studio, synapse, talk, web
from tools.shell import ROOT, SetUpError, run, say
from tools.system import TEST_PROGRAMS, need_kerberos, need_programs, need_screen_reader

PACKAGES = "tests/packages"
BESIDE = (PACKAGES, "tests/contract")
_ALONE = ("tests/unit", "tests/architecture", PACKAGES)
_LOW = 10
_LONGEST_S = 25 * 60


def main(arguments: Sequence[str]) -> int:
    """Run pytest with `arguments`; unit tests alone need nothing set up."""
    named = [a for a in arguments if a.startswith("tests")]
    if not named or not all(a.startswith(_ALONE) for a in named):
        try:
            set_up_peers()
        except SetUpError as error:
            say(str(error))
            if os.environ.get("CI"):
                return 1
            say("tests that need it are skipped")
    if named or not (ROOT / PACKAGES).is_dir():
        return run(["pytest", *arguments])
    if not os.environ.get("CI"):
        say(f"packages are not built here; ./dev test {PACKAGES} does")
        return run(["pytest", f"--ignore={PACKAGES}", *arguments])
    with beside(["pytest", *BESIDE, *arguments]) as others:
        status = run(["pytest", *(f"--ignore={each}" for each in BESIDE), *arguments])
    return status or others.status


@dataclass(slots=True)
class Beside:
    """How a run beside another one ended."""

    status: int = 1


@contextmanager
def beside(command: Sequence[str], *, cwd: Path = ROOT, longest_s: float = _LONGEST_S) -> Iterator[Beside]:
    """Run a program at a low priority meanwhile; what it says comes at the end, whole."""
    ended = Beside()
    with TemporaryFile() as said:
        low = ["nice", "-n", str(_LOW), *command]
        with subprocess.Popen(low, cwd=cwd, stdin=subprocess.DEVNULL, stdout=said, stderr=said) as program:
            try:
                yield ended
                ended.status = program.wait(longest_s)
            except subprocess.TimeoutExpired:
                say(f"given up: {' '.join(command)}")
            finally:
                program.kill()
        said.seek(0)
        sys.stdout.write(said.read().decode(errors="replace"))
        sys.stdout.flush()


def set_up_peers() -> None:
    """Servers and the browser page; those that are there already cost nothing. Raises `SetUpError`."""
    need_programs(TEST_PROGRAMS)
    need_screen_reader()
    need_kerberos()
    with ThreadPoolExecutor() as pool:
        others = [pool.submit(one.set_up) for one in (web, studio, talk, synapse, portal, machine)]
        for version in livekit.VERSIONS:
            livekit.set_up(version)
        for other in others:
            other.result()
