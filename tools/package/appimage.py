"""AppImage (type 2): one file that is run as it is; a small program in front of a squashfs archive.

The program (`packaging/linux/runtime.c`) is compiled here from Debian's libraries: no package carries one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.package import linux, onedir
from tools.package.base import PRODUCT, WORK, epoch_s, finish, out, version
from tools.package.finished import finished, now
from tools.package.system import need_compiler, need_squashfs
from tools.shell import ROOT, must_run

ARCHITECTURE: Final = "x86_64"
MAGIC: Final = b"AI\x02"
"""At `MAGIC_AT`, where ELF has padding: what tells desktops that this is an AppImage, and of which type."""

MAGIC_AT: Final = 8
_RUNTIME: Final = ROOT / "packaging" / "linux" / "runtime.c"
_LIBRARIES: Final = ("squashfuse_ll", "fuse3", "zstd", "z", "lzma", "lzo2", "lz4", "pthread")


def main(arguments: Sequence[str]) -> int:
    """Build the bundle and its image into `dist/`."""
    parser = argparse.ArgumentParser(prog="./dev package appimage", description=__doc__)
    parser.add_argument("--level", type=int, default=19, help="how hard to compress, 1 to 22")
    chosen = parser.parse_args(arguments)
    bundle, started = WORK / "onedir", now()
    onedir.build(bundle)
    finished(build(bundle, out(file_name(version())), version(), chosen.level), "appimage", started)
    return 0


def file_name(release: str) -> str:
    """What the image of this version is called; the program knows itself by how that begins."""
    return f"{PRODUCT.id}-{release}-{ARCHITECTURE}.AppImage"


def build(bundle: Path, target: Path, release: str, level: int) -> Path:
    """Wrap a bundle as this file. Raises `SetUpError`."""
    need_compiler()
    need_squashfs()
    with tempfile.TemporaryDirectory(dir=bundle.parent) as name:
        folder = Path(name) / "AppDir"
        lay_out(bundle, folder, release)
        archive = Path(name) / "archive"
        must_run(
            [
                *("mksquashfs", folder, archive, "-quiet", "-no-progress", "-noappend", "-root-owned", "-no-xattrs"),
                *("-comp", "zstd", "-Xcompression-level", str(level), "-reproducible"),
            ],
            env={"SOURCE_DATE_EPOCH": str(epoch_s())},
        )
        runtime = Path(name) / "runtime"
        compile_runtime(runtime)
        with target.open("wb") as image:
            image.write(marked(runtime.read_bytes()))
            with archive.open("rb") as content:
                shutil.copyfileobj(content, image)
    target.chmod(0o755)
    return target


def lay_out(bundle: Path, folder: Path, release: str) -> None:
    """The folder that the image shows: the bundle, and beside it what a desktop reads."""
    shutil.copytree(bundle, folder, copy_function=os.link)
    (folder / "AppRun").symlink_to(PRODUCT.id)
    files = linux.desktop_files(release)
    told = {
        f"{PRODUCT.id}.desktop": files[f"usr/share/applications/{PRODUCT.id}.desktop"],
        f"{PRODUCT.id}.svg": files[f"usr/share/icons/hicolor/scalable/apps/{PRODUCT.id}.svg"],
        linux.METAINFO.replace(".metainfo.xml", ".appdata.xml"): files[linux.METAINFO],
        "copyright": files[f"usr/share/doc/{PRODUCT.id}/copyright"],
    }
    for place, text in told.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
    (folder / ".DirIcon").symlink_to(f"{PRODUCT.id}.svg")
    finish(folder)


def compile_runtime(target: Path) -> None:
    """The program in front of the archive, without any library of the system that it runs on."""
    flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-static", "-s", "-Wl,--build-id=none"]
    defined = ["-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-DFUSE_USE_VERSION=32"]
    include = ["-I/usr/include/squashfuse", "-I/usr/include/fuse3"]
    must_run(
        ["gcc", *flags, *defined, *include, "-o", target, _RUNTIME, *(f"-l{name}" for name in _LIBRARIES)],
    )


def marked(program: bytes) -> bytes:
    """The program with the mark of an AppImage."""
    return program[:MAGIC_AT] + MAGIC + program[MAGIC_AT + len(MAGIC) :]
