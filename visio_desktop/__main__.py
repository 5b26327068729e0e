"""Start-up: reads the command line before anything heavy is imported."""

from __future__ import annotations

import gc
import os
import sys

from visio_desktop.system import ahead
from visio_desktop.system.packed import Packed


def main() -> int:
    """Run the program; answers the exit status."""
    ahead.begin()
    Packed().begin()
    from visio_desktop.system.compiled import Compiled  # noqa: PLC0415 - these bring a fifth of the standard library
    from visio_desktop.system.ending import Ending  # noqa: PLC0415 - as above

    # What is imported stays: looking through it for garbage again and again costs a tenth of the start.
    gc.disable()
    # The window's thread waits this long for the interpreter when another one is busy; the usual 5 ms would be seen.
    sys.setswitchinterval(0.001)
    # numpy's linear algebra is not used: its threads need not be started.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    ending, compiled = Ending(), Compiled()
    ending.arrange()
    compiled.begin()
    from visio_desktop.cli import parse  # noqa: PLC0415 - what is compiled is known from here on

    command = parse(sys.argv[1:])
    from visio_desktop.app import run  # noqa: PLC0415 - a wrong command line need not wait for the rest

    try:
        ending.status = run(command)
    finally:
        compiled.keep()
    return ending.status


if __name__ == "__main__":
    sys.exit(main())
