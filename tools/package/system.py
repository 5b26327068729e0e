"""The programs that packages are made, looked at and tried with, and the Debian packages that bring them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tools.package.linux import DEBIAN
from tools.shell import install_packages
from tools.system import missing_libraries, need_programs

COMPILER: Final = {"gcc": "gcc", **dict.fromkeys(("readelf", "nm", "strip"), "binutils")}

SQUASHFS: Final = {
    "include/squashfuse/ll.h": "libsquashfuse-dev",
    "include/fuse3/fuse_lowlevel.h": "libfuse3-dev",
    "include/zstd.h": "libzstd-dev",
    "include/zlib.h": "zlib1g-dev",
    "include/lzma.h": "liblzma-dev",
    "include/lzo/lzo1x.h": "liblzo2-dev",
    "include/lz4.h": "liblz4-dev",
}
"""What the program in front of an AppImage's archive is compiled from."""

DESKTOP: Final = {"desktop-file-validate": "desktop-file-utils", "appstreamcli": "appstream"}
"""What judges the files that desktops read."""

PACKAGING: Final = {
    "rpmbuild": "rpm",
    "mksquashfs": "squashfs-tools",
    **DESKTOP,
    "dpkg-deb": "dpkg",
    "gio": "libglib2.0-bin",
    "cpio": "cpio",
}


def need_compiler() -> None:
    """What the launcher is compiled with; raises `SetUpError`."""
    need_programs(COMPILER)
    if not Path("/usr/include/stdio.h").exists():  # gcc comes without where only what is required is installed
        install_packages(["libc6-dev"])


def need_squashfs() -> None:
    """What an AppImage is made of and with; raises `SetUpError`."""
    need_programs({"mksquashfs": "squashfs-tools"})
    if missing := [package for file, package in SQUASHFS.items() if not Path("/usr", file).exists()]:
        install_packages(missing)


def need_flatpak() -> None:
    """What reads Flatpak manifests and the files they name; raises `SetUpError`."""
    need_programs({"flatpak-builder": "flatpak-builder", **DESKTOP})


def need_packaging() -> None:
    """What packages are made and tried with; raises `SetUpError`."""
    need_compiler()
    need_programs(PACKAGING)
    if missing := missing_libraries(DEBIAN):
        install_packages([name.split()[0] for name in missing])
