"""What all packages for Linux have in common: where they put what the desktop reads, and what they require."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Final

from tools.package import elf
from tools.package.base import INSTALLED, PRODUCT, epoch_s, finish
from tools.shell import ROOT, SetUpError
from tools.system import LIBRARIES

_DATA: Final = ROOT / "packaging" / "linux"
_DESKTOP: Final = ROOT / "resources" / "desktop"

FILES: Final = {
    f"usr/share/applications/{PRODUCT.id}.desktop": _DESKTOP / f"{PRODUCT.id}.desktop",
    f"usr/share/icons/hicolor/scalable/apps/{PRODUCT.id}.svg": _DESKTOP / f"{PRODUCT.id}.svg",
    f"usr/share/doc/{PRODUCT.id}/copyright": _DATA / "copyright",
}
"""Where a desktop looks, and what it finds there."""

METAINFO: Final = f"usr/share/metainfo/{PRODUCT.appstream}.metainfo.xml"

AUTOSTART: Final = f"usr/share/{PRODUCT.id}/autostart/{PRODUCT.id}.desktop"
"""Starts with every session once it is linked into /etc/xdg/autostart: off until somebody decides that."""

OPENED: Final = ("libportaudio.so.2", "libpulse.so.0", "libXrandr.so.2", "libxcb-shape.so.0")
"""Libraries that no file of the bundle names: they are opened by name at run time."""

DEBIAN: Final = {
    **LIBRARIES,
    "libX11.so.6": "libx11-6",
    "libXext.so.6": "libxext6",
    "libXfixes.so.3": "libxfixes3",
    "libasound.so.2": "libasound2",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libc.so.6": "libc6 (>= 2.35)",
    "libexpat.so.1": "libexpat1",
    "libgcc_s.so.1": "libgcc-s1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "liblzma.so.5": "liblzma5",
    "libnssutil3.so": "libnss3",
    "libsmime3.so": "libnss3",
    "libstdc++.so.6": "libstdc++6",
    "libudev.so.1": "libudev1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-dri3.so.0": "libxcb-dri3-0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb.so.1": "libxcb1",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
"""The Debian packages of the libraries that a system has to bring."""

_OF_LIBC: Final = (
    "ld-linux-x86-64.so.2",
    "libdl.so.2",
    "libm.so.6",
    "libmvec.so.1",
    "libpthread.so.0",
    "libresolv.so.2",
    "librt.so.1",
)


def lay_out(bundle: Path, root: Path, release: str) -> None:
    """The files of a package below `root`: the bundle, a link on the PATH, and what the desktop reads."""
    installed = root / INSTALLED.lstrip("/")
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(bundle, installed, copy_function=os.link)
    link = root / "usr" / "bin" / PRODUCT.id
    link.parent.mkdir(parents=True)
    link.symlink_to(f"../lib/{PRODUCT.id}/{PRODUCT.id}")
    for place, text in desktop_files(release).items():
        path = root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
    finish(root)


def lay_out_login(engine: Path, root: Path) -> None:
    """The files of the login component below `root`: they lie among those of the bundle."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(engine, root / INSTALLED.lstrip("/"), copy_function=os.link)
    text = FILES[f"usr/share/doc/{PRODUCT.id}/copyright"].read_text(encoding="utf-8")
    path = root / f"usr/share/doc/{PRODUCT.id}-login/copyright"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
    finish(root)


def desktop_files(release: str) -> dict[str, str]:
    """What the desktop reads, by its place."""
    found = {place: source.read_text(encoding="utf-8") for place, source in FILES.items()}
    about = (_DATA / Path(METAINFO).name).read_text(encoding="utf-8")
    entry = found[f"usr/share/applications/{PRODUCT.id}.desktop"]
    return {**found, METAINFO: metainfo(about, release, epoch_s()), AUTOSTART: autostart(entry)}


def metainfo(text: str, release: str, at_s: int) -> str:
    """AppStream's description with the release that this is."""
    day = time.strftime("%Y-%m-%d", time.gmtime(at_s))
    told = f'  <releases>\n    <release version="{release}" date="{day}"/>\n  </releases>\n'
    return text.replace("</component>", f"{told}</component>")


def autostart(entry: str) -> str:
    """The desktop entry as one that starts the program in the background."""
    lines = [line for line in entry.splitlines() if not line.startswith("MimeType=")]
    return "\n".join(line.replace("%u", "--background") if line.startswith("Exec=") else line for line in lines) + "\n"


def required(folder: Path) -> list[str]:
    """The libraries that files below a folder ask for, or open, and that the system has to bring; in their order."""
    return sorted({*missing(folder), *OPENED})


def missing(folder: Path) -> set[str]:
    """The libraries that files below a folder ask for, and that do not lie there."""
    files = elf.libraries(folder)
    asked = {name for names in elf.needed(files).values() for name in names}
    return asked - {file.name for file in files}


def debian(libraries: list[str]) -> list[str]:
    """The Debian packages of these libraries. Raises `SetUpError` for one that is not known."""
    if unknown := [name for name in libraries if name not in DEBIAN and name not in _OF_LIBC]:
        raise SetUpError(f"which Debian packages have these libraries? see tools/package/linux.py: {unknown}")
    return sorted({DEBIAN[name] for name in libraries if name in DEBIAN})
