"""Symbols for debuggers are left out of Python's compiled modules: on Linux, wheels bring 45 MB of them.

Libraries beside the modules stay as they came: their makers have moved things about in them, and stripped some of them
cannot be loaded any more. A module that this would happen to stays as it is, too.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tools.package import elf
from tools.supply.natives import LOOSE, is_module

_LOAD: Final = re.compile(r"^ +LOAD +(0x[0-9a-f]+) (0x[0-9a-f]+) .* (0x[0-9a-f]+)$", re.MULTILINE)


def strip_modules(site: Path) -> int:
    """Strip the modules below `site-packages`; answers how many bytes that has saved."""
    return sum(strip(path) for path in modules(site))


def modules(site: Path) -> list[Path]:
    """The compiled modules, without libraries that lie beside them."""
    found = (path for path in elf.libraries(site) if is_module(path.name))
    return [path for path in found if not any(part.endswith(LOOSE) for part in path.relative_to(site).parts)]


def strip(module: Path) -> int:
    """Strip one where it can be loaded as well afterwards; answers how many bytes that has saved."""
    part = module.with_name(f"{module.name}.part")
    done = subprocess.run(
        ["strip", "--strip-unneeded", "--enable-deterministic-archives", "-o", part, module],
        check=False,
        capture_output=True,
    )
    before = module.stat().st_size
    saved = before - part.stat().st_size if done.returncode == 0 else 0
    if saved > 0 and is_loadable(_segments(part)):
        part.chmod(module.stat().st_mode)
        part.replace(module)
        return saved
    part.unlink(missing_ok=True)
    return 0


def is_loadable(segments: Iterable[tuple[int, int, int]]) -> bool:
    """Whether each segment (offset in the file, address, alignment) can be mapped: the first two agree to a page."""
    found = list(segments)
    return bool(found) and all((offset - address) % align == 0 for offset, address, align in found if align > 1)


def read_segments(text: str) -> list[tuple[int, int, int]]:
    """The segments in what `readelf -lW` prints."""
    return [(int(row[1], 16), int(row[2], 16), int(row[3], 16)) for row in _LOAD.finditer(text)]


def _segments(library: Path) -> list[tuple[int, int, int]]:
    told = subprocess.run(
        ["readelf", "-lW", str(library)],
        check=False,
        capture_output=True,
        text=True,
        env={"LC_ALL": "C", "PATH": "/usr/bin"},
    )
    return read_segments(told.stdout)
