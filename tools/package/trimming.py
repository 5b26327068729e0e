"""What is left out of every bundle, and why. The rest stays: what of it is large, and why, stands in decision 26.

Paths are patterns below `site-packages` or Python's own library, with `/` between their parts on every system.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

LIBRARIES: Final = {
    "bin": "commands of libraries",
    "**/*.pyi": "read by type checkers only",
    "**/py.typed": "as above",
    "**/*.px[di]": "sources of compiled modules",
    "**/*.pyx": "as above",
    "**/*.[ch]": "as above",
    "**/*.a": "for linking with",
    "**/*.lib": "as above",
    "**/*.dist-info/RECORD": "written when it was installed, by whom is nobody's business",
    "**/*.dist-info/INSTALLER": "as above",
    "**/*.dist-info/REQUESTED": "as above",
    "**/*.dist-info/direct_url.json": "as above",
    "**/tests": "tests of libraries",
    "google-stubs": "as *.pyi",
    "livekit/rtc/resources/jupyter-html": "for notebooks",
    "numpy/_core/include": "for compiling with",
    "numpy/f2py": "compiles Fortran",
    "types_protobuf-*": "as *.pyi",
}

PYTHON: Final = {
    "site-packages": "pip: nothing is installed into a bundle",
    "__phello__": "a test",
    "config-*": "for linking with",
    "curses": "no terminal is painted on",
    "dbm": "no such files are read",
    "ensurepip": "installs pip",
    "idlelib": "an editor",
    "pydoc_data": "texts of the interactive help",
    "sqlite3": "no such files are read",
    "test": "Python's own tests",
    "tkinter": "windows are Qt's",
    "turtle.py": "as above",
    "turtledemo": "as above",
    "_pyrepl": "typing into Python",
    "lib-dynload/_bz2*": "no such files are read; its library has other names elsewhere",
    "lib-dynload/_curses*": "as curses",
    "lib-dynload/_sqlite3*": "as sqlite3",
    "lib-dynload/_uuid*": "names of computers in identifiers; random ones need none",
    "lib-dynload/_*test*": "Python's own tests",
    "lib-dynload/readline*": "typing into Python",
    "lib-dynload/xx*": "examples",
}


def leave_out(folder: Path, patterns: Iterable[str]) -> None:
    """Remove what the patterns name."""
    for pattern in patterns:
        for path in list(folder.glob(pattern)):
            remove(path)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
