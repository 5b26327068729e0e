"""The commands of `./dev`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from tools import bench, check, demo, fuzz, kinds, lock, machine, package, system, test
from tools.package import signing_command
from tools.shell import SetUpError, say
from tools.supply import commands as supply

_COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "bench": bench.main,
    "check": lambda _: check.main(),
    "demo": demo.main,
    "fuzz": fuzz.main,
    "kinds": lambda _: kinds.main(),
    "licences": supply.licences,
    "lock": lambda _: lock.main(),
    "machine": machine.main,
    "package": package.main,
    "provenance": supply.provenance,
    "sbom": supply.sbom,
    "sign": signing_command.main,
    "system": lambda _: system.main(),
    "test": test.main,
}


def main() -> int:
    """Run the command named first; the exit status is its own."""
    try:
        return _COMMANDS[sys.argv[1]](sys.argv[2:])
    except SetUpError as error:
        say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main())
