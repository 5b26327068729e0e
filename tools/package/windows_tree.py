r"""The bundle for Windows: one folder that holds everything and can lie anywhere.

Visio.exe            the launcher; visio-desktop.exe the same for consoles
python313.dll        Python; python313._pth says where the rest is, and that nothing else counts (isolated)
python313.zip        its library, compiled
DLLs\                its compiled modules
site-packages\       the program and what it imports
"""

from __future__ import annotations

import argparse
import re
import shutil
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tools import supply
from tools.package import elf, login, payload, qt, windows_launcher, windows_pe
from tools.package.base import PRODUCT, WORK, epoch_s, out, set_times, version
from tools.package.maven import MINOR, cpython
from tools.package.trimming import LIBRARIES, PYTHON, leave_out, remove
from tools.shell import SetUpError, must_run, say

PLATFORM: Final = "x86_64-pc-windows-msvc"
_TAG: Final = f"python{MINOR.replace('.', '')}"

LEFT_OUT: Final = {
    "_sounddevice_data/**/*arm64*": "for other computers",
    "_sounddevice_data/**/*32bit*": "as above",
    "_sounddevice_data/**/*asio*": "a way to sound cards of studios, under terms of its own",
    "_sounddevice_data/**/*.dylib": "for macOS",
    "cv2/opencv_videoio_ffmpeg*.dll": "films from files, which PyAV reads; cameras come another way",
}
"""What is left out of the libraries on Windows, and why."""

PLUGINS: Final = {
    "platforms/qwindows.dll": "Windows",
    "platforms/qoffscreen.dll": "the self-test",
    "styles/qmodernwindowsstyle.dll": "how Windows 11 looks",
    "iconengines/qsvgicon.dll": "our icons",
    "imageformats/qsvg.dll": "our icons, emoji",
    "imageformats/qjpeg.dll": "backgrounds, pictures of people",
    "imageformats/qwebp.dll": "pictures of people",
    "imageformats/qgif.dll": "as above",
    "imageformats/qico.dll": "icons of servers",
}
"""Plugins of Qt that are kept, and what for."""

LOGIN_PARTS: Final = {
    "QtWebEngineProcess.exe": "what shows pages, apart from the rest",
    "resources/icudtl.dat": "scripts of the world",
    "resources/qtwebengine_resources.pak": "its own pages",
    "resources/qtwebengine_resources_[12]00p.pak": "as above",
    "resources/v8_context_snapshot.bin": "JavaScript",
    "translations/qtwebengine_locales/*.pak": "its own texts",
}
"""What of the web engine is kept beside its libraries, and what for."""

_BESIDE: Final = ("qt6", "pyside6", "shiboken6", "python3", "msvcp140", "vcruntime140")
"""Libraries with such names lie in the bundle."""

_QT_PYTHON: Final = ("__init__.py", "_config.py", "_git_pyside_version.py", "support", "pyside6.abi3.dll")
_RUNTIME: Final = ("msvcp140.dll", "msvcp140_1.dll", "msvcp140_2.dll", "msvcp140_codecvt_ids.dll")
_DLLS: Final = ("_asyncio", "_bz2", "_ctypes", "_decimal", "_elementtree", "_hashlib", "_lzma", "_multiprocessing")
_MORE_DLLS: Final = ("_overlapped", "_queue", "_socket", "_ssl", "_uuid", "_wmi", "_zoneinfo", "pyexpat", "select")
_LAST_DLLS: Final = ("unicodedata", "winsound")
_DLL_LIBRARIES: Final = ("libcrypto-3.dll", "libffi-8.dll", "libssl-3.dll", "zlib1.dll")
_OF_WINDOWS: Final = re.compile(
    r"(api-ms-win-|ext-ms-win-|d3d|dx|mf)[\w-]*\.dll|"
    r"(advapi32|authz|avicap32|avrt|bcrypt|bthprops|bcryptprimitives|cfgmgr32|comctl32|comdlg32|credui|crypt32|cryptui|dbghelp|"
    r"dcomp|dhcpcsvc|dnsapi|dwmapi|dwrite|d2d1|evr|gdi32|gdiplus|fontsub|hid|icuuc|imm32|iphlpapi|kernel32|kernelbase|ksuser|"
    r"mmdevapi|mpr|mscms|msdmo|msimg32|msvcrt|msvfw32|ncrypt|netapi32|ntdll|ole32|oleacc|oleaut32|opengl32|pdh|"
    r"powrprof|propsys|psapi|rpcrt4|runtimeobject|secur32|sensapi|setupapi|shcore|shell32|shlwapi|strmiids|sspicli|"
    r"ucrtbase|uiautomationcore|urlmon|user32|userenv|usp10|uxtheme|version|vfw32|wevtapi|winhttp|winmm|winspool|"
    r"wintrust|winusb|wldap32|wlanapi|ws2_32|wsock32|wtsapi32)\.(dll|drv|cpl)"
)


def of_windows(library: str) -> bool:
    """Whether every Windows since 10, 1809 has this library; the name in small letters."""
    return _OF_WINDOWS.fullmatch(library) is not None


def main(arguments: Sequence[str]) -> int:
    """Build the folder into `dist/`, so that what is in it can be signed; raises `SetUpError`."""
    parser = argparse.ArgumentParser(prog="./dev package windows")
    parser.add_argument("--login", action="store_true", help="the component for logging in, to be laid over it")
    say(f"dist/{make(with_login=parser.parse_args(arguments).login).name}")
    return 0


def make(*, with_login: bool) -> Path:
    """The folder in `dist/`, built anew: the bundle, or the login component. Raises `SetUpError`."""
    target = out(f"{login.NAME if with_login else PRODUCT.id}-{version()}-windows-x64")
    (build_login if with_login else build)(target)
    return target


def build(target: Path) -> None:
    """Build the bundle as this folder, in place of what is there. Raises `SetUpError`."""
    windows_launcher.need_compiler()
    python = cpython("windows-x86_64")
    part = WORK / f"{target.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    site = part / "site-packages"
    say("installing what the program requires on Windows")
    payload.packages(site, PLATFORM)
    leave_out(site, LEFT_OUT)
    add_python(python, part)
    add_runtime(site / "PySide6", part)
    keep_qt(site / "PySide6", site / "shiboken6")
    own = WORK / "windows-launcher"
    own.mkdir(parents=True, exist_ok=True)
    windows_launcher.launchers(part, own, version(), f"{_TAG}.dll")
    windows_launcher.forwarder(part, own, python / f"{_TAG}.dll")
    compile_modules(site, site.name)
    look_for_missing(part)
    supply.write_into(part, site, build=supply.Build("windows"))
    set_times(part, epoch_s())
    shutil.rmtree(target, ignore_errors=True)
    part.replace(target)


def build_login(target: Path) -> None:
    """Build what the login program needs beside the bundle, as this folder. Raises `SetUpError`."""
    part = WORK / f"{target.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    site = part / "site-packages"
    say("installing the login's web engine")
    payload.install(site, PLATFORM, login.requirements(WORK / "login.txt"))
    leave_out(site, LIBRARIES)
    package = site / "PySide6"
    qt.keep_only(package, kept_for_login(package))
    leave_to_the_bundle(site, "*.dist-info")
    supply.write_into(part, site, build=supply.Build("login"), folder=part / "login")
    leave_to_the_bundle(site)
    look_for_missing(part, _BESIDE)
    set_times(part, epoch_s())
    shutil.rmtree(target, ignore_errors=True)
    part.replace(target)


def leave_to_the_bundle(site: Path, *more: str) -> None:
    """Remove all but the web engine, and what is named like `more`: it lies in the bundle already."""
    for other in list(site.iterdir()):
        if not any(other.match(name) for name in ("PySide6", "pyside6_webengine*", *more)):
            remove(other)


def add_python(source: Path, folder: Path) -> None:
    """Python, its compiled modules, and its library in one file, where it finds them."""
    for name in (f"{_TAG}.dll", "lib/vcruntime140.dll", "lib/vcruntime140_1.dll"):
        shutil.copy2(source / name, folder)
    (folder / "DLLs").mkdir()
    modules = (f"{name}.pyd" for name in (*_DLLS, *_MORE_DLLS, *_LAST_DLLS))
    for name in (*modules, *_DLL_LIBRARIES):
        shutil.copy2(source / "lib" / name, folder / "DLLs")
    library = folder / "library.part"
    shutil.copytree(source / "lib", library, ignore=shutil.ignore_patterns("*.pyd", "*.dll", "pip*", "__pycache__"))
    leave_out(library, PYTHON)
    compile_modules(library, f"{_TAG}.zip", "-b")
    pack(library, folder / f"{_TAG}.zip")
    remove(library)
    (folder / f"{_TAG}._pth").write_text(f"{_TAG}.zip\nDLLs\nsite-packages\n", encoding="ascii")


def pack(library: Path, archive: Path) -> None:
    """The compiled modules of a folder in an archive; stored, as the package around it is compressed."""
    at = datetime.fromtimestamp(epoch_s(), UTC)
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(library.rglob("*.pyc")):
            name = path.relative_to(library).as_posix()
            row = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
            file.writestr(row, path.read_bytes())


def add_runtime(qt_package: Path, folder: Path) -> None:
    """Microsoft's C++ library, beside the launcher: others than Qt ask for it too, and not every computer has it."""
    for name in _RUNTIME:
        shutil.copy2(qt_package / name, folder)


def keep_qt(package: Path, shiboken: Path) -> None:
    """Of Qt, only the modules that the program imports, the plugins named above, and what these ask for."""
    qt.keep_only(package, kept(package))
    wanted = {*shiboken.glob("*.py"), *shiboken.glob("Shiboken.pyd"), *shiboken.glob("shiboken6.abi3.dll")}
    qt.keep_only(shiboken, wanted)


def kept(package: Path) -> set[Path]:
    """The files of the PySide6 package that the program needs."""
    roots = {path for name in _QT_PYTHON for path in _files(package / name)}
    roots |= {package / f"{name}.pyd" for name in qt.imported()}
    roots |= {package / "plugins" / name for name in PLUGINS}
    return _with_libraries(package, roots)


def kept_for_login(package: Path) -> set[Path]:
    """The files that the login program's web engine needs beside those."""
    roots = {package / f"{name}.pyd" for name in (*qt.LOGIN_MODULES, *qt.imported(login=True))}
    roots |= {path for pattern in LOGIN_PARTS for path in package.glob(pattern)}
    return _with_libraries(package, roots) - kept(package)


def look_for_missing(folder: Path, beside: tuple[str, ...] = ()) -> None:
    """Raises `SetUpError` where a library is asked for that neither the folder, what lies beside, nor Windows has."""
    lost = windows_pe.missing(folder, of_windows)
    if names := {name: asked for name, asked in lost.items() if not name.startswith(beside)}:
        raise SetUpError(f"the bundle for Windows lacks libraries: {names}")


def compile_modules(folder: Path, shown: str, *more: str) -> None:
    """Compile modules, not to be looked after by time: nobody changes them. `shown`: where they say they lie."""
    python = cpython("linux-x86_64")
    interpreter = python / f"python{MINOR}"
    interpreter.chmod(0o755)
    words: list[str | Path] = [interpreter, "-S", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    environment = {"PYTHONHOME": str(python), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    must_run([*words, "-s", folder, "-p", shown, *more, folder], env=environment)


def _with_libraries(package: Path, roots: set[Path]) -> set[Path]:
    by_small_name = {path.name.lower(): path for path in windows_pe.programs(package)}
    asked = {
        path: {by_small_name[name].name for name in windows_pe.read(path).needs if name in by_small_name}
        for path in by_small_name.values()
    }
    return elf.closure(roots, asked)


def _files(path: Path) -> list[Path]:
    return [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
