"""Start-up: reads the command line before anything heavy is imported."""

from __future__ import annotations

import gc
import os
import sys

from visio_desktop.cli import parse


def main() -> int:
    """Run the program; answers the exit status."""
    # What is imported stays: looking through it for garbage again and again costs a tenth of the start.
    gc.disable()
    # The window's thread waits this long for the interpreter when another one is busy; the usual 5 ms would be seen.
    sys.setswitchinterval(0.001)
    # numpy's linear algebra is not used: its threads need not be started.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    command = parse(sys.argv[1:])
    from visio_desktop.app import run  # noqa: PLC0415 - a wrong command line need not wait for the rest

    return run(command)


if __name__ == "__main__":
    sys.exit(main())
