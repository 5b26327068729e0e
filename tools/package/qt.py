"""What is kept of Qt on Linux: the modules that the program imports, some plugins, and what these load."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tools.package import elf
from tools.package.trimming import remove
from tools.shell import ROOT

_IMPORTS: Final = re.compile(r"^\s*(?:from|import) PySide6\.(Qt\w+)", re.MULTILINE)

PLUGINS: Final = {
    "platforms/libqxcb.so": "X11",
    "platforms/libqwayland.so": "Wayland",
    "platforms/libqoffscreen.so": "the self-test, and meetings without a display",
    "platformthemes/libqxdgdesktopportal.so": "dialogs and dark style of any desktop (the one of GTK needs all of GTK)",
    "platforminputcontexts/libcomposeplatforminputcontextplugin.so": "dead keys",
    "platforminputcontexts/libibusplatforminputcontextplugin.so": "other scripts",
    "xcbglintegrations/*.so": "what X11 draws with",
    "wayland-shell-integration/libxdg-shell.so": "windows on Wayland",
    "wayland-decoration-client/*.so": "their frames, where the desktop draws none",
    "wayland-graphics-integration-client/libqt-plugin-wayland-egl.so": "what Wayland draws with",
    "iconengines/libqsvgicon.so": "our icons",
    "imageformats/libqsvg.so": "our icons, emoji",
    "imageformats/libqjpeg.so": "backgrounds, pictures of people",
    "imageformats/libqwebp.so": "pictures of people",
    "imageformats/libqgif.so": "as above",
    "imageformats/libqico.so": "icons of servers",
}
"""Plugins that are kept, and what for."""

PYTHON_PARTS: Final = ("__init__.py", "_config.py", "_git_pyside_version.py", "support", "libpyside6.abi3.so*")

LOGIN: Final = "login"
"""The part of the program that imports the web engine."""

LOGIN_MODULES: Final = ("QtWebChannel", "QtPrintSupport", "QtPositioning")
"""What the web engine's modules import in turn."""

LOGIN_PARTS: Final = {
    "Qt/libexec/QtWebEngineProcess": "what shows pages, apart from the rest",
    "Qt/resources/icudtl.dat": "scripts of the world",
    "Qt/resources/qtwebengine_resources*.pak": "its own pages",
    "Qt/resources/v8_context_snapshot.bin": "JavaScript",
    "Qt/translations/qtwebengine_locales/en-US.pak": "its texts in our languages",
    "Qt/translations/qtwebengine_locales/fr.pak": "as above",
    "Qt/plugins/tls/libqcertonlybackend.so": "what a certificate says",
}
"""Files of the web engine that are kept, and what for; not those for looking into pages."""


def imported(source: Path = ROOT / "visio_desktop", *, login: bool = False) -> set[str]:
    """The modules of Qt that the program imports anywhere but in its login program; or there alone."""
    files = (path for path in source.rglob("*.py") if (LOGIN in path.relative_to(source).parts[:1]) is login)
    return {name for file in files for name in _IMPORTS.findall(file.read_text(encoding="utf-8"))}


def kept(package: Path) -> set[Path]:
    """The files of the PySide6 package that the program needs."""
    roots = {path for pattern in PYTHON_PARTS for path in _files(package, pattern)}
    roots |= {package / f"{name}.abi3.so" for name in imported()}
    roots |= {path for pattern in PLUGINS for path in _files(package / "Qt" / "plugins", pattern)}
    return _with_libraries(package, roots)


def kept_for_login(package: Path) -> set[Path]:
    """The files that the web engine needs beside those."""
    roots = {package / f"{name}.abi3.so" for name in (*LOGIN_MODULES, *imported(login=True))}
    roots |= {path for pattern in LOGIN_PARTS for path in _files(package, pattern)}
    return _with_libraries(package, roots) - kept(package)


def keep_only(package: Path, files: set[Path]) -> None:
    """Remove everything else from a package, and folders that are empty then."""
    for path in sorted(package.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in files:
            remove(path)


def _with_libraries(package: Path, roots: set[Path]) -> set[Path]:
    asked = elf.needed([*package.glob("*.so*"), *(package / "Qt" / "lib").glob("*.so*"), *roots])
    return elf.closure(roots, asked)


def _files(folder: Path, pattern: str) -> list[Path]:
    found = list(folder.glob(pattern))
    return [file for path in found for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()]
