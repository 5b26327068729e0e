"""`./dev package KIND`: what is installed elsewhere, written into `dist/`.

A bundle is a Python of its own, the packages of `requirements/runtime.txt` without what we do not use, the program and
a launcher (decision 26). Each kind wraps it for one way of installing.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from tools.shell import say

KINDS = {
    "onedir": "tools.package.onedir",
    "deb": "tools.package.deb",
    "rpm": "tools.package.rpm",
    "appimage": "tools.package.appimage",
    "flatpak": "tools.package.flatpak",
    "windows": "tools.package.windows_tree",
    "msi": "tools.package.windows_msi",
    "app": "tools.package.macos",
}
"""Kinds and their modules, each with `main(arguments) -> exit status`; loaded only when asked for."""


def main(arguments: Sequence[str]) -> int:
    """Build the kind named first; raises `SetUpError`."""
    if not arguments or arguments[0] not in KINDS:
        say(f"which kind of package? {', '.join(KINDS)}")
        return 2
    status: int = import_module(KINDS[arguments[0]]).main(arguments[1:])
    return status
