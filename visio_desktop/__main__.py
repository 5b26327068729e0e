"""Start-up: reads the command line before anything heavy is imported."""

from __future__ import annotations

import sys

from visio_desktop.cli import parse


def main() -> int:
    """Run the program; answers the exit status."""
    command = parse(sys.argv[1:])
    from visio_desktop.app import run  # noqa: PLC0415 - a wrong command line need not wait for the rest

    return run(command)


if __name__ == "__main__":
    sys.exit(main())
