"""`.deb` packages: the program, and the web engine of its login as one of its own."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.package import linux, login, onedir
from tools.package.base import INSTALLED, PRODUCT, WORK, epoch_s, finish, out, version
from tools.package.finished import finished, now
from tools.shell import must_run

ARCHITECTURE: Final = "amd64"
COMPRESSIONS: Final = {
    "xz": ("-Zxz", "-z9", "--threads-max=1"),
    "zstd": ("-Zzstd", "-z3", "--threads-max=1"),
}
"""The smaller one to hand out, the faster one to try. With more threads the bytes would be the machine's."""

_DESCRIPTION: Final = """\
Description: {product.summary}
 A native client for video meetings on La Suite Meet, LiveKit and other servers of an
 organisation's own. It brings its Python and its libraries along.
"""
_LOGIN_DESCRIPTION: Final = """\
Description: {product.summary}: logging in
 The web engine that shows the login page of an organisation.
 Without it one joins as a guest, and uses all the rest.
"""
# Started by root, the program keeps there what makes its next start faster.
_POSTRM: Final = f"""\
#!/bin/sh
set -e
if [ "$1" = remove ] || [ "$1" = purge ]; then
    rm -rf {INSTALLED}
fi
"""


@dataclass(frozen=True, slots=True)
class Package:
    """What the control file says; sizes in KiB."""

    name: str
    version: str
    depends: Sequence[str]
    recommends: Sequence[str]
    installed_kib: int
    description: str

    def control(self) -> str:
        """The control file (Debian Policy, 5.3)."""
        fields = {
            "Package": self.name,
            "Version": self.version,
            "Architecture": ARCHITECTURE,
            "Maintainer": PRODUCT.maintainer,
            "Installed-Size": str(self.installed_kib),
            "Depends": ", ".join(self.depends),
            "Recommends": ", ".join(self.recommends),
            "Section": "net",
            "Priority": "optional",
        }
        return "".join(f"{key}: {value}\n" for key, value in fields.items() if value) + self.description


def main(arguments: Sequence[str]) -> int:
    """Build the bundle and its package into `dist/`."""
    parser = argparse.ArgumentParser(prog="./dev package deb", description=__doc__)
    parser.add_argument("--compression", choices=COMPRESSIONS, default="xz")
    chosen = parser.parse_args(arguments)
    bundle, engine, started = WORK / "onedir", WORK / "login", now()
    onedir.build(bundle)
    login.build(engine)
    for made in (
        build(bundle, out(file_name(version())), version(), chosen.compression),
        build_login(engine, out(file_name(version(), login.NAME)), version(), chosen.compression),
    ):
        finished(made, "deb", started)
    return 0


def file_name(release: str, name: str = PRODUCT.id) -> str:
    """What the package of this version is called."""
    return f"{name}_{release}_{ARCHITECTURE}.deb"


def build(bundle: Path, target: Path, release: str, compression: str = "xz") -> Path:
    """Wrap a bundle as this file and version. Raises `SetUpError`."""
    root = bundle.with_name(f"{target.name}.root")
    linux.lay_out(bundle, root, release)
    package = Package(
        PRODUCT.id,
        release,
        [*linux.debian(linux.required(bundle)), "ca-certificates"],
        ["xdg-desktop-portal", "gnome-keyring | kwalletmanager"],
        kib(root),
        _DESCRIPTION.format(product=PRODUCT),
    )
    return write(package, root, target, compression, postrm=_POSTRM)


def build_login(engine: Path, target: Path, release: str, compression: str = "xz") -> Path:
    """Wrap the web engine as this file and version. Raises `SetUpError`."""
    root = engine.with_name(f"{target.name}.root")
    linux.lay_out_login(engine, root)
    package = Package(
        login.NAME,
        release,
        [f"{PRODUCT.id} (= {release})", *linux.debian(login.required(engine))],
        [],
        kib(root),
        _LOGIN_DESCRIPTION.format(product=PRODUCT),
    )
    return write(package, root, target, compression)


def write(package: Package, root: Path, target: Path, compression: str, *, postrm: str = "") -> Path:
    """The package of what lies below `root`, which is gone afterwards; `postrm` is run once it was removed."""
    control = root / "DEBIAN"
    control.mkdir()
    (control / "control").write_text(package.control(), encoding="utf-8")
    if postrm:
        (control / "postrm").write_text(postrm, encoding="utf-8")
        (control / "postrm").chmod(0o755)
    finish(root)
    options = ("--root-owner-group", *COMPRESSIONS[compression])
    must_run(["dpkg-deb", *options, "-b", root, target], env={"SOURCE_DATE_EPOCH": str(epoch_s())})
    shutil.rmtree(root)
    return target


def kib(root: Path) -> int:
    """What lies below a folder takes so much, in KiB (Debian Policy, 5.6.20)."""
    files = [path for path in root.rglob("*") if not path.is_dir()]
    return sum(-(-path.lstat().st_size // 1024) for path in files)
