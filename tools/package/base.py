"""What every kind of package has in common: names, version, time, and where they are written."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.shell import CACHE, ROOT
from visio_desktop import __version__
from visio_desktop.settings.policy_sources import BUNDLE

DIST: Final = ROOT / "dist"
WORK: Final = CACHE / "package"
"""What is fetched and unpacked on the way: kept, so that the next package is made faster."""

EARLIEST: Final = 315_532_800
"""1980: neither zip archives nor MSI files know earlier times."""


@dataclass(frozen=True, slots=True)
class Product:
    """The names by which systems know the program."""

    id: str = "visio-desktop"
    name: str = "Visio Desktop"
    bundle: str = BUNDLE
    appstream: str = "org.visio_desktop.VisioDesktop"
    """As AppStream and Flatpak want it: no hyphen before the last part."""

    summary: str = "Join meetings on self-hosted servers"
    maintainer: str = "The Visio Desktop developers <visio-desktop@localhost>"
    licence: str = "GPL-3.0-or-later"
    """Of the bundle: x264 and x265 lie in PyAV's wheel. The source is MIT."""

    scheme: str = "visio"


PRODUCT: Final = Product()

INSTALLED: Final = f"/usr/lib/{PRODUCT.id}"
"""Where packages for Linux put the bundle."""


def version() -> str:
    """The version that is packed."""
    return __version__


def epoch_s() -> int:
    """The time that everything packed bears, in seconds since 1970: `SOURCE_DATE_EPOCH`, else the last commit's."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdigit():
        return max(int(given), EARLIEST)
    told = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=False, capture_output=True, text=True)
    return max(int(told.stdout) if told.stdout.strip().isdigit() else 0, EARLIEST)


def out(name: str) -> Path:
    """Where a finished package of this file name is written; the folder is made."""
    DIST.mkdir(exist_ok=True)
    return DIST / name


def finish(folder: Path) -> None:
    """The same rights and times for everything below a folder, whoever builds it and when."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    set_times(folder, epoch_s())


def set_times(folder: Path, at_s: int) -> None:
    """Give all files and folders below, and the folder, the same time."""
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (at_s, at_s), follow_symlinks=False)
