"""`./dev package app`: the application for macOS on Apple's processors, in a zip archive, unsigned.

    Visio Desktop.app/Contents/MacOS/visio-desktop        the launcher (`packaging/launcher`)
    Visio Desktop.app/Contents/Frameworks/                Python itself
    Visio Desktop.app/Contents/Resources/lib/python3.13/  its library; in site-packages the program and what it imports

Only a Mac can sign it so that others start it: `packaging/macos/sign.sh` (decision 27).
"""

from __future__ import annotations

import plistlib
import shutil
import sys
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from tools import supply
from tools.package import elf, icons, onedir, payload, qt
from tools.package.base import PRODUCT, WORK, epoch_s, out, set_times, version
from tools.package.finished import finished, now
from tools.package.macos_macho import is_program, loads, thin
from tools.package.maven import MINOR, cpython
from tools.package.trimming import PYTHON, leave_out, remove
from tools.shell import ROOT, SetUpError, must_run, say, uv

SOURCES: Final = ROOT / "packaging" / "macos"
COMPILER: Final = SOURCES / "requirements.txt"
LAUNCHER: Final = ROOT / "packaging" / "launcher" / "launcher.c"
_CLASSIFIER: Final = "macosx-arm64"
_OF_MACOS: Final = ("/usr/lib/", "/System/Library/")
_LINK: Final = 0o120777

LEFT_OUT: Final = {
    "site-packages/_sounddevice_data/**/*.dll": "for Windows",
    "site-packages/PyObjCTest": "tests of a library",
    "site-packages/**/*.dSYM": "for looking into modules",
    "lib-dynload/_decimal*": "asks for a library of Homebrew's; Python does without it",
}
"""What is left out of Python and the libraries on macOS, and why."""

PLUGINS: Final = {
    "platforms/libqcocoa.dylib": "macOS",
    "platforms/libqoffscreen.dylib": "the self-test",
    "styles/libqmacstyle.dylib": "how macOS looks",
    "iconengines/libqsvgicon.dylib": "our icons",
    "imageformats/libqsvg.dylib": "our icons, emoji",
    "imageformats/libqjpeg.dylib": "backgrounds, pictures of people",
    "imageformats/libqwebp.dylib": "pictures of people",
    "imageformats/libqgif.dylib": "as above",
    "imageformats/libqico.dylib": "icons of servers",
}
"""Plugins of Qt that are kept, and what for."""

USES: Final = {
    "NSCameraUsageDescription": "So that the others in a meeting can see you, when you turn your camera on.",
    "NSMicrophoneUsageDescription": "So that the others in a meeting can hear you, when you turn your microphone on.",
    "NSLocalNetworkUsageDescription": "To reach a meeting server, and people, within your own network directly.",
}
"""What macOS shows when it asks the person."""


def main(arguments: Sequence[str]) -> int:
    """Build the archive into `dist/`; raises `SetUpError`."""
    del arguments
    archive, started = out(f"{PRODUCT.id}-{version()}-macos-arm64.zip"), now()
    folder = WORK / "macos" / f"{PRODUCT.name}.app"
    build(folder)
    pack(folder, archive)
    finished(archive, "app", started)
    return 0


def build(app: Path) -> None:
    """Build the application as this folder, in place of what is there. Raises `SetUpError`."""
    shutil.rmtree(app, ignore_errors=True)
    contents, python = app / "Contents", cpython(_CLASSIFIER)
    library = contents / "Resources" / "lib" / f"python{MINOR}"
    shutil.copytree(python / "lib" / f"python{MINOR}", library)
    leave_out(library, PYTHON)
    site = library / "site-packages"
    say("installing what the program requires on macOS")
    payload.packages(site, payload.MACOS)
    leave_out(library, LEFT_OUT)
    thin_all(site)
    qt.keep_only(site / "PySide6", kept(site / "PySide6"))
    (contents / "Frameworks").mkdir()
    shutil.copy2(python / f"libpython{MINOR}.dylib", contents / "Frameworks")
    compile_launcher(python, contents)
    onedir.compile_modules(contents / "Resources", f"/Applications/{app.name}/Contents/Resources")
    furnish(contents, version())
    for framework in (site / "PySide6" / "Qt" / "lib").glob("*.framework"):
        link(framework)
    look_for_missing(app)
    supply.write_into(contents / "Resources", site, build=supply.Build("app"), with_unknown=True)
    set_times(app, epoch_s())


def look_for_missing(app: Path) -> None:
    """Raises `SetUpError` where a library is asked for that neither the application nor macOS has."""
    found = _programs(app)
    there = {path.name for path in found}
    asked = {name for path in found for name in loads(path.read_bytes()) if not name.startswith(_OF_MACOS)}
    if lost := sorted(name for name in asked if Path(name).name not in there):
        raise SetUpError(f"the application for macOS lacks libraries: {lost}")


def furnish(contents: Path, number: str) -> None:
    """What macOS reads of an application: its description and its icon."""
    (contents / "Resources").mkdir(parents=True, exist_ok=True)
    (contents / "Resources" / f"{PRODUCT.id}.icns").write_bytes(icons.icns())
    (contents / "Info.plist").write_bytes(plistlib.dumps(description(number)))


def description(number: str) -> dict[str, Any]:
    """The property list `Info.plist`."""
    return {
        "CFBundleDevelopmentRegion": "en",
        "CFBundleDisplayName": PRODUCT.name,
        "CFBundleExecutable": PRODUCT.id,
        "CFBundleIconFile": f"{PRODUCT.id}.icns",
        "CFBundleIdentifier": PRODUCT.bundle,
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleLocalizations": ["en", "fr"],
        "CFBundleName": PRODUCT.name,
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": number,
        "CFBundleURLTypes": [{"CFBundleURLName": PRODUCT.bundle, "CFBundleURLSchemes": [PRODUCT.scheme]}],
        "CFBundleVersion": number,
        "LSApplicationCategoryType": "public.app-category.video",
        "LSMinimumSystemVersion": payload.MACOS_VERSION,
        "NSHighResolutionCapable": True,
        **USES,
    }


def compile_launcher(python: Path, contents: Path) -> None:
    """The program that is started, by a compiler that knows macOS from anywhere (PyPI's `ziglang`)."""
    zig = WORK / "zig"
    if not zig.exists():
        must_run([uv(), "pip", "install", "--quiet", "--require-hashes", "--target", zig, "-r", COMPILER])
    (contents / "MacOS").mkdir()
    target: list[str | Path] = ["-target", f"aarch64-macos.{payload.MACOS_VERSION}", "-Os", "-Wall", "-Wextra"]
    parts: list[str | Path] = [f"-I{python}/include/python{MINOR}", f'-DVERSION="{MINOR}"', LAUNCHER]
    links = [f"-L{contents}/Frameworks", f"-lpython{MINOR}", "-Wl,-rpath,@executable_path/../Frameworks"]
    words: list[str | Path] = [
        sys.executable,
        "-m",
        "ziglang",
        "cc",
        *target,
        *parts,
        *links,
        "-o",
        contents / "MacOS" / PRODUCT.id,
    ]
    must_run(words, env={"PYTHONPATH": str(zig), "ZIG_GLOBAL_CACHE_DIR": str(WORK / "zig-cache")})


def thin_all(folder: Path) -> None:
    """Leave the half for Apple's processors in libraries that have one for Intel's as well."""
    for path in _programs(folder):
        path.write_bytes(thin(path.read_bytes()))


def kept(package: Path) -> set[Path]:
    """The files of the PySide6 package that the program needs."""
    names = ("__init__.py", "_config.py", "_git_pyside_version.py", "libpyside6.abi3*.dylib")
    roots = {path for name in names for path in package.glob(name)}
    roots |= {path for path in (package / "support").rglob("*") if path.is_file()}
    roots |= {package / f"{name}.abi3.so" for name in qt.imported()}
    roots |= {package / "Qt" / "plugins" / name for name in PLUGINS}
    asked = {path: {Path(name).name for name in loads(path.read_bytes())} for path in _programs(package)}
    found = elf.closure(roots, asked)
    frameworks = {parent for path in found for parent in path.parents if parent.suffix == ".framework"}
    return found | {path for folder in frameworks for path in folder.rglob("Resources/**/*") if path.is_file()}


def link(framework: Path) -> None:
    """The links that a framework has and that no wheel can hold; without them it cannot be signed."""
    versions = framework / "Versions"
    current = versions / "Current"
    if not versions.is_dir() or current.is_symlink():
        return
    if current.exists():
        remove(current)
    (name,) = (path.name for path in versions.iterdir())
    current.symlink_to(name)
    for part in (versions / name).iterdir():
        above = framework / part.name
        if above.exists():
            remove(above)
        above.symlink_to(Path("Versions") / "Current" / part.name)


def pack(app: Path, archive: Path) -> None:
    """A zip archive of the application, links as links; the same content gives the same bytes."""
    at = datetime.fromtimestamp(epoch_s(), UTC)
    when = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        for path in sorted(app.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                continue
            row = zipfile.ZipInfo((Path(app.name) / path.relative_to(app)).as_posix(), when)
            row.compress_type = zipfile.ZIP_DEFLATED
            row.create_system = 3  # Unix: the rights count
            row.external_attr = (_LINK if path.is_symlink() else 0o100000 | _mode(path, app)) << 16
            file.writestr(row, str(path.readlink()) if path.is_symlink() else path.read_bytes())


def _mode(path: Path, app: Path) -> int:
    return 0o755 if path.parent == app / "Contents" / "MacOS" else 0o644


def _programs(folder: Path) -> Iterable[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink() and is_program(path)]
