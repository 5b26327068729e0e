"""`./dev test`: set up the other side of the end-to-end tests, then run pytest."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tools import livekit, web
from tools.shell import SetUpError, run, say
from tools.system import TEST_PROGRAMS, need_kerberos, need_programs, need_screen_reader

_ALONE = ("tests/unit", "tests/architecture")


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
    return run(["pytest", *arguments])


def set_up_peers() -> None:
    """Servers and the browser page; those that are there already cost nothing. Raises `SetUpError`."""
    need_programs(TEST_PROGRAMS)
    need_screen_reader()
    need_kerberos()
    with ThreadPoolExecutor() as pool:
        bundle = pool.submit(web.set_up)
        for version in livekit.VERSIONS:
            livekit.set_up(version)
        bundle.result()
