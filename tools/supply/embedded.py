"""Lists of parts that wheels bring themselves (`*.dist-info/sboms/`): what auditwheel took in, what Rust linked in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Final
from urllib.parse import unquote

_TYPES: Final = frozenset({"application", "framework", "library"})
_MAX_BYTES: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Embedded:
    """A part that a wheel says it holds; `licence` is "" where the wheel does not say."""

    name: str
    version: str
    purl: str
    licence: str


def embedded(files: Mapping[str, Path]) -> tuple[Embedded, ...]:
    """The parts that the lists among a package's files name, each once, without the package itself."""
    found: dict[str, Embedded] = {}
    for name, path in files.items():
        parts = PurePath(name).parts
        if "sboms" in parts and path.suffix == ".json" and ".dist-info" in parts[0]:
            for part in parse(path):
                if not part.purl.lower().startswith("pkg:pypi/"):
                    found.setdefault(part.purl, part)
    return tuple(found[purl] for purl in sorted(found))


def parse(path: Path) -> tuple[Embedded, ...]:
    """The parts of a CycloneDX file; what is none has no parts."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return ()
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    components = content.get("components") if isinstance(content, dict) else None
    rows = components if isinstance(components, list) else []
    return tuple(part for row in rows if isinstance(row, dict) and (part := _part(row)) is not None)


def _part(row: dict[str, Any]) -> Embedded | None:
    name, version, purl = (str(row.get(key) or "") for key in ("name", "version", "purl"))
    if str(row.get("type")) not in _TYPES or not name or not purl.startswith("pkg:"):
        return None
    # What follows are places on the machine of whoever built the wheel.
    return Embedded(name, version, unquote(purl).partition("?")[0].partition("#")[0], _licence(row.get("licenses")))


def _licence(licences: object) -> str:
    rows = [row for row in licences if isinstance(row, dict)] if isinstance(licences, list) else []
    return " AND ".join(name for row in rows if (name := _name(row)))


def _name(row: dict[str, Any]) -> str:
    named = row.get("license")
    ids: Iterable[object] = (row.get("expression"), *((named.get("id"),) if isinstance(named, dict) else ()))
    return next((text for text in ids if isinstance(text, str)), "")
