"""Which libraries a library asks for (`readelf -d`), and where of those it finds which."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

_FILE: Final = re.compile(r"^File: (.*)$")
_NEEDED: Final = re.compile(r"\(NEEDED\)\s+Shared library: \[(.*)\]$")


def read_needed(text: str) -> dict[str, set[str]]:
    """The libraries asked for, by file, out of what `readelf -dW FILE FILE...` prints."""
    found: dict[str, set[str]] = {}
    at = ""
    for line in text.splitlines():
        if file := _FILE.match(line):
            at = file[1]
            found[at] = set()
        elif (needed := _NEEDED.search(line)) is not None:
            found.setdefault(at, set()).add(needed[1])
    return found


def needed(files: Iterable[Path]) -> dict[Path, set[str]]:
    """The names of the libraries that each file asks for."""
    names = [str(file) for file in files]
    if not names:
        return {}
    command = ["readelf", "-dW", *names, "/dev/null"]  # of one file alone it does not say the name
    told = subprocess.run(command, check=False, capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin"})
    found = {Path(file): libraries for file, libraries in read_needed(told.stdout).items()}
    return {Path(name): found.get(Path(name), set()) for name in names}


def closure(roots: Iterable[Path], asked: Mapping[Path, set[str]]) -> set[Path]:
    """The roots and everything among the files in `asked` that they ask for, and that asks for in turn."""
    by_name = {file.name: file for file in asked}
    kept: set[Path] = set()
    left = list(roots)
    while left:
        file = left.pop()
        if file not in kept:
            kept.add(file)
            left += [by_name[name] for name in asked.get(file, ()) if name in by_name]
    return kept


def libraries(folder: Path) -> list[Path]:
    """The shared libraries, compiled modules and programs below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return [path for path in files if _is_elf(path)]


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"
