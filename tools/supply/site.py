"""The packages in a folder, and which file there is whose.

Packages say that themselves in their `RECORD`, which bundles leave out. Without it a file belongs to the package that
it is of here, where this runs, or that has the same folder; `name.libs` tells by its name.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path, PurePath
from typing import Final

from tools.supply import natives
from tools.supply.pins import canonical
from visio_desktop.system.notices import holds_licence

_INFO: Final = ".dist-info"
_LIBS: Final = ".libs"


@dataclass(frozen=True, slots=True)
class Installed:
    """A package; `files` are those that are there and matter: in its metadata, natively compiled, or a licence."""

    distribution: metadata.Distribution
    files: Mapping[str, Path]


def installed(site: Path) -> dict[str, Installed]:
    """The packages of a folder by their canonical names, their files by their path in it."""
    found = {canonical(one.name): one for one in metadata.distributions(path=[str(site)]) if one.name}
    recorded = {name: _recorded(one) for name, one in found.items()}
    without = {name for name, files in recorded.items() if files is None}
    owned = _guess(site, without) if without else {}
    for name, files in recorded.items():
        if files is not None:
            owned[name] = {file: site / file for file in files if _matters(file) and (site / file).is_file()}
    return {name: Installed(one, owned[name]) for name, one in found.items()}


def _recorded(distribution: metadata.Distribution) -> list[str] | None:
    """The files that a package names; None where it does not. Read without asking for each whether it is there."""
    record = distribution.read_text("RECORD")
    return None if record is None else [row[0] for row in csv.reader(record.splitlines()) if row]


def _matters(file: str) -> bool:
    return _INFO in file or natives.is_native(file) or holds_licence(PurePath(file))


def _guess(site: Path, names: set[str]) -> dict[str, dict[str, Path]]:
    exact, tops = _here()
    owned: dict[str, dict[str, Path]] = {name: {} for name in names}
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        inside = path.relative_to(site)
        owner = _by_name(inside) or exact.get(inside.as_posix()) or tops.get(inside.parts[0], "")
        if owner in owned and _matters(inside.as_posix()):
            owned[owner][inside.as_posix()] = path
    return owned


def _by_name(inside: PurePath) -> str:
    """The owner that a folder's name tells; "" for other folders."""
    top = inside.parts[0]
    if top.endswith(_INFO):
        return canonical(top.removesuffix(_INFO).rpartition("-")[0])
    return canonical(top.removesuffix(_LIBS)) if top.endswith(_LIBS) else ""


@cache
def _here() -> tuple[dict[str, str], dict[str, str]]:
    """Whose the files, and the folders they are in, are of the packages this runs with."""
    exact: dict[str, str] = {}
    tops: dict[str, str] = {}
    named = {canonical(one.name or ""): one for one in metadata.distributions()}
    for name in sorted(named):
        for file in _recorded(named[name]) or ():
            exact[file] = name
            tops.setdefault(file.partition("/")[0], name)
    return exact, tops
