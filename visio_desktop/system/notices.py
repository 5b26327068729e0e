"""Whose software this program is made of, and under which licences: the file that lies beside an installed program.

`render` writes it when a package is made, `parse` reads it for the window that shows it. A part is a heavy line, three
lines for name, version and licence, a light line, and the text:

    ===============...
    Name: aiohttp
    Version: 3.14.5
    Licence: Apache-2.0 AND MIT
    ---------------...
    ...
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path, PurePath
from typing import Final

from visio_desktop.system.paths import resources

NOTICES: Final = "THIRD-PARTY-NOTICES.txt"
MAX_BYTES: Final = 16_000_000
"""More than that is read of no file."""
_HEAVY: Final = "=" * 79
_LIGHT: Final = "-" * 79
_TITLES: Final = ("Name: ", "Version: ", "Licence: ")
_LICENCE_FILES: Final = ("licen", "copying", "notice")


@dataclass(frozen=True, slots=True)
class Notice:
    """One part: `licence` is an SPDX expression where it came from a package, `text` all there is to read."""

    name: str
    version: str
    licence: str
    text: str


def render(preface: str, notices: Iterable[Notice]) -> str:
    """The file; no line of a text is taken for a part's beginning."""
    parts = [_lines(preface)]
    for notice in notices:
        heads = zip(_TITLES, (notice.name, notice.version, notice.licence), strict=True)
        head = "\n".join(title + " ".join(value.split()) for title, value in heads)
        parts.append(f"{_HEAVY}\n{head}\n{_LIGHT}\n{_lines(notice.text)}")
    return "\n".join(parts) + "\n"


def parse(text: str) -> tuple[Notice, ...]:
    """The parts of a file in their order; what does not look like one is passed over."""
    parts = ("\n" + text).split(f"\n{_HEAVY}\n")[1:]
    return tuple(notice for part in parts if (notice := _parse_one(part)) is not None)


def find() -> Path | None:
    """The file beside this program; None in a checkout."""
    program = Path(sys.executable).parent
    # In the order of where bundles have it: beside the program, on macOS among its resources.
    folders = (program, program.parent, program.parent / "Resources", Path(sys.prefix), resources().parent)
    return next((found for folder in folders if (found := folder / NOTICES).is_file()), None)


def read(path: Path | None) -> tuple[Notice, ...]:
    """The parts of the file; without one, or where it cannot be read, the packages that Python knows of. Takes time."""
    if path is None:
        return installed()
    try:
        with path.open("rb") as file:
            return parse(file.read(MAX_BYTES).decode("utf-8", errors="replace").replace("\r\n", "\n"))
    except OSError:
        return installed()


def installed() -> tuple[Notice, ...]:
    """What Python finds installed, by name, with the licence files that came with it."""
    found = {one.name: one for one in metadata.distributions() if one.name}
    return tuple(_notice(found[name]) for name in sorted(found, key=str.casefold))


def holds_licence(file: PurePath) -> bool:
    """Whether a file of a package, by its path among all packages, holds a licence."""
    in_metadata = ".dist-info" in file.parts[0] and "licenses" in file.parts
    return (in_metadata or file.name.lower().startswith(_LICENCE_FILES)) and file.suffix not in {".py", ".pyc"}


def text_of(files: Iterable[Path]) -> str:
    """What stands in a package's licence files, those of its own first, and the same text once."""
    there = (path for path in sorted(set(files), key=lambda p: (len(p.parts), p)) if path.is_file())
    texts = [path.read_text(encoding="utf-8", errors="replace").strip() for path in there]
    return "\n\n".join(dict.fromkeys(texts))


def _notice(distribution: metadata.Distribution) -> Notice:
    told = distribution.metadata
    licence = told.get("License-Expression") or (told.get("License") or "").partition("\n")[0]
    files = (Path(str(file.locate())) for file in distribution.files or () if holds_licence(file))
    return Notice(distribution.name, distribution.version, licence, text_of(files))


def _parse_one(part: str) -> Notice | None:
    head, found, text = part.partition(f"\n{_LIGHT}\n")
    lines = head.split("\n")
    if not found or len(lines) != len(_TITLES):
        return None
    if not all(line.startswith(title) for line, title in zip(lines, _TITLES, strict=True)):
        return None
    name, version, licence = (line.removeprefix(title) for line, title in zip(lines, _TITLES, strict=True))
    return Notice(name, version, licence, text.strip("\n"))


def _lines(text: str) -> str:
    """A text's lines without what `parse` would stumble over."""
    lines = (line.rstrip() for line in text.replace("\r\n", "\n").replace("\f", "\n").split("\n"))
    return "\n".join(f" {line}" if line == _HEAVY else line for line in lines).strip("\n") + "\n"
