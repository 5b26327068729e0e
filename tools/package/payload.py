"""The packages of a bundle: what the program requires at run time, for any system, and the program itself."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final

from tools.package.maven import MINOR
from tools.package.trimming import LIBRARIES, leave_out
from tools.shell import ROOT, SetUpError, must_run, uv

RUNTIME: Final = ROOT / "requirements" / "runtime.txt"
LINUX: Final = "x86_64-manylinux_2_34"
"""PySide6 asks for this C library, of 2021, or a later one."""

MACOS: Final = "aarch64-apple-darwin"
MACOS_VERSION: Final = "14.7"
"""What our CPython was built for. Without it uv would take older libraries for an older macOS."""


def install(site: Path, platform: str, requirements: Path = RUNTIME) -> None:
    """Install locked packages for a platform (uv's name of it) into a folder. Raises `SetUpError`."""
    must_run(
        [
            *(uv(), "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"),
            *("--python-platform", platform, "--python-version", MINOR, "--link-mode", "copy"),
            *("--target", site, "-r", requirements),
        ],
        env={"MACOSX_DEPLOYMENT_TARGET": MACOS_VERSION},
    )


def requirement(text: str, name: str) -> str:
    """The lines of a requirements file, with hashes, that are one package's."""
    found = re.search(rf"(?m)^{re.escape(name)}==(?:.*\\\n)*.*\n", text)
    if found is None:
        raise SetUpError(f"{name} is not locked")
    return found[0]


def add_program(site: Path) -> None:
    """The program, as its wheel has it: resources lie within the package."""
    package = site / "visio_desktop"
    shutil.copytree(ROOT / "visio_desktop", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "resources", package / "resources")


def packages(site: Path, platform: str) -> None:
    """Everything that a bundle imports beside Python's own, without what is left out on every system."""
    install(site, platform)
    leave_out(site, LIBRARIES)
    add_program(site)
