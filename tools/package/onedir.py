"""The bundle for Linux: one folder that holds everything and can lie anywhere.

visio-desktop                the launcher (`packaging/launcher`)
lib/libpython3.13.so.1.0     Python, its library in lib/python3.13
lib/python3.13/site-packages the program and what it imports
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools import supply
from tools.package import payload, qt, stand_ins, stripping
from tools.package.base import INSTALLED, PRODUCT, finish, out, version
from tools.package.maven import MINOR, cpython
from tools.package.prepare import prepare
from tools.package.system import need_compiler
from tools.package.trimming import PYTHON, leave_out
from tools.shell import ROOT, must_run, say

_CLASSIFIER: Final = "linux-x86_64"
_LAUNCHER: Final = ROOT / "packaging" / "launcher" / "launcher.c"


def main(arguments: Sequence[str]) -> int:
    """Build the folder into `dist/`."""
    del arguments
    target = out(f"{PRODUCT.id}-{version()}-{_CLASSIFIER}")
    build(target)
    say(f"dist/{target.name}")
    return 0


def build(target: Path) -> None:
    """Build the bundle as this folder, in place of what is there. Raises `SetUpError`."""
    need_compiler()
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    library = part / "lib" / f"python{MINOR}"
    add_python(cpython(_CLASSIFIER), library)
    say("installing what the program requires")
    site = library / "site-packages"
    payload.packages(site, payload.LINUX)
    qt.keep_only(site / "PySide6", qt.kept(site / "PySide6"))
    stand_ins.stand_in(site)
    stripping.strip_modules(site)
    compile_launcher(cpython(_CLASSIFIER), part)
    say("compiling")
    compile_modules(part, INSTALLED)
    python = cpython(_CLASSIFIER)
    prepare(part, python / f"python{MINOR}", python)
    supply.write_into(part, site, build=supply.Build("onedir"))
    finish(part)
    shutil.rmtree(target, ignore_errors=True)
    part.replace(target)


def add_python(source: Path, library: Path) -> None:
    """Python and its library."""
    shutil.copytree(source / "lib" / f"python{MINOR}", library)
    leave_out(library, PYTHON)
    shutil.copy2(source / f"libpython{MINOR}.so.1.0", library.parent)
    shutil.copy2(source / "libffi.so.8", library / "lib-dynload")


def compile_launcher(source: Path, folder: Path) -> None:
    """The program that is started."""
    must_run(
        [
            *("gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIE", "-pie", "-s", "-Wl,-z,relro,-z,now"),
            *("-D_FORTIFY_SOURCE=2", "-fstack-protector-strong", f'-DVERSION="{MINOR}"'),
            *(f"-I{source}/include/python{MINOR}", "-o", folder / PRODUCT.id, _LAUNCHER),
            *(f"-L{folder}/lib", f"-l:libpython{MINOR}.so.1.0", "-Wl,-rpath,$ORIGIN/lib", "-Wl,--build-id=none"),
        ]
    )


def compile_modules(folder: Path, installed: str) -> None:
    """Compiled modules, that are not looked after by time: nobody changes what is installed."""
    python = cpython(_CLASSIFIER)
    interpreter = python / f"python{MINOR}"
    interpreter.chmod(0o755)
    must_run(
        [
            *(interpreter, "-S", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"),
            *("-s", folder, "-p", installed, folder / "lib" / f"python{MINOR}"),
        ],
        env={"PYTHONHOME": str(python), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"},
    )
