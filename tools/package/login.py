"""The login component: the web engine, a package of its own that lies among the bundle's files.

The program looks whether it is there (`engine/account_setup`): without it everything but logging in works.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from tools import supply
from tools.package import linux, payload, qt
from tools.package.base import PRODUCT, finish
from tools.package.maven import MINOR
from tools.package.trimming import LIBRARIES, leave_out
from tools.shell import ROOT, say

NAME: Final = f"{PRODUCT.id}-login"
_PACKAGE: Final = "pyside6-webengine"
_BESIDE: Final = ("libQt6", "libpyside6", "libshiboken6", "libicu")
"""Libraries with such names lie in the bundle, and need not come from the system."""


def build(target: Path) -> None:
    """The component as a folder to be laid over the bundle's. Raises `SetUpError`."""
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    say("installing the login's web engine")
    with tempfile.TemporaryDirectory(dir=target.parent) as name:
        site = Path(name) / "site"
        payload.install(site, payload.LINUX, requirements(Path(name) / "requirements.txt"))
        leave_out(site, LIBRARIES)
        package = site / "PySide6"
        qt.keep_only(package, qt.kept_for_login(package))
        kept = target / "lib" / f"python{MINOR}" / "site-packages"
        kept.mkdir(parents=True)
        for folder in (package, *site.glob("*.dist-info")):
            folder.replace(kept / folder.name)
        supply.write_into(target, kept, build=supply.Build("login"), folder=target / "login")
        for folder in kept.glob("*.dist-info"):  # the others lie in the bundle already
            if not folder.name.startswith("pyside6_webengine-"):
                shutil.rmtree(folder)
    finish(target)


def requirements(file: Path) -> Path:
    """Writes what has to be installed for it, with Qt's own packages, which it asks for; answers the file."""
    locked = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    qts = ("pyside6-essentials", "pyside6-addons", "shiboken6", _PACKAGE)
    file.write_text("".join(payload.requirement(locked, package) for package in qts), encoding="utf-8")
    return file


def required(folder: Path) -> list[str]:
    """The libraries that the system has to bring for it beside what the bundle asks for."""
    return sorted(name for name in linux.missing(folder) if not name.startswith(_BESIDE))
