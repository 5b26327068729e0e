"""What of the Windows bundle is compiled here: the launchers, and `python3.dll`, which this build of CPython lacks.

mingw's compiler of Debian makes both; nothing of it is linked in but its start-up code.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tools.package import icons
from tools.package.base import PRODUCT
from tools.package.windows_pe import read
from tools.shell import ROOT, must_run
from tools.system import need_programs

SOURCES: Final = ROOT / "packaging" / "windows"
COMPILER: Final = "x86_64-w64-mingw32-gcc"
RESOURCES: Final = "x86_64-w64-mingw32-windres"
WINDOWED: Final = "Visio.exe"
CONSOLE: Final = "visio-desktop.exe"
_SAFE: Final = ("-Wl,--dynamicbase", "-Wl,--nxcompat", "-Wl,--high-entropy-va", "-Wl,--no-insert-timestamp")


def need_compiler() -> None:
    """Install the compiler where it is missing; raises `SetUpError`."""
    need_programs({COMPILER: "gcc-mingw-w64-x86-64-win32", RESOURCES: "binutils-mingw-w64-x86-64"})


def launchers(folder: Path, work: Path, version: str, python: str) -> None:
    """Both launchers for this library of Python ("python313.dll"), into a folder. Raises `SetUpError`."""
    (work / "visio.ico").write_bytes(icons.ico())
    (work / "launcher.manifest").write_bytes((SOURCES / "launcher.manifest").read_bytes())
    for name in (WINDOWED, CONSOLE):
        (work / "launcher.rc").write_text(resource(name, version), encoding="utf-8")
        must_run([RESOURCES, "--codepage=65001", "launcher.rc", "launcher.o"], cwd=work)
        must_run(compile_command(name, python, folder), cwd=work)


def compile_command(name: str, python: str, folder: Path) -> list[str | Path]:
    """The compiler's words for one launcher."""
    kind = ("-mwindows", "-DWINDOWED") if name == WINDOWED else ("-mconsole",)
    return [
        *(COMPILER, "-Os", "-s", "-Wall", "-Wextra", "-Werror", "-municode", "-DUNICODE", "-D_UNICODE"),
        *("-D_WIN32_WINNT=0x0A00", f'-DPYTHON=L"{python}"', *kind, *_SAFE, "-o", folder / name),
        *(SOURCES / "launcher.c", "launcher.o", "-lkernel32"),
    ]


def resource(name: str, version: str) -> str:
    """The resources of a launcher: icon, manifest, and what Windows shows of its version."""
    numbers = ",".join((*version.split("."), "0", "0", "0", "0")[:4])
    texts = {
        "CompanyName": PRODUCT.name,
        "FileDescription": PRODUCT.name,
        "FileVersion": version,
        "InternalName": PRODUCT.id,
        "LegalCopyright": f"{PRODUCT.licence}; see the folder of licences",
        "OriginalFilename": name,
        "ProductName": PRODUCT.name,
        "ProductVersion": version,
    }
    values = "\n".join(f'      VALUE "{key}", "{text}"' for key, text in texts.items())
    return f"""1 ICON "visio.ico"
1 24 "launcher.manifest"
1 VERSIONINFO
FILEVERSION {numbers}
PRODUCTVERSION {numbers}
FILEOS 0x40004
FILETYPE 1
BEGIN
  BLOCK "StringFileInfo"
  BEGIN
    BLOCK "040904B0"
    BEGIN
{values}
    END
  END
  BLOCK "VarFileInfo"
  BEGIN
    VALUE "Translation", 0x0409, 1200
  END
END
"""


def forwarder(folder: Path, work: Path, python: Path) -> None:
    """`python3.dll`: every name of Python's stable interface, each answered by `python` itself. Raises `SetUpError`.

    Modules built for all versions of Python 3 (Qt's, PyAV, OpenCV, cryptography) ask for it.
    """
    (work / "python3.def").write_text(definition(python.stem, read(python).exports), encoding="ascii")
    made = str(folder / "python3.dll")
    must_run([COMPILER, "-shared", "-nostdlib", "-s", *_SAFE, "-Wl,--entry=0", "-o", made, "python3.def"], cwd=work)


def definition(library: str, names: Iterable[str]) -> str:
    """The linker's list of names that lead to the same ones of another library."""
    ours = (name for name in names if name.startswith(("Py", "_Py")))
    return "LIBRARY python3.dll\nEXPORTS\n" + "".join(f"  {name}={library}.{name}\n" for name in sorted(ours))
