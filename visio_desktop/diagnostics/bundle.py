"""The log bundle: what a helpdesk wants to see of this computer, in texts that can be read before they are handed on.

Nothing is sent anywhere: the bundle is a file, written where the person says. Every text goes through `redaction`, is
bounded, and can be left out.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from visio_desktop.diagnostics.redaction import Redactor

MOST_CHARACTERS: Final = 500_000
MOST_FILES: Final = 16
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_LOG: Final = "visio-desktop.log"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the bundle."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Where its texts come from. `facts` and `policies` are texts; the values are JSON values, None where unknown."""

    log_dir: Path
    crash_dir: Path
    report_file: Path
    facts: str = ""
    policies: str = ""
    report: Mapping[str, object] | None = None
    check: Iterable[Mapping[str, object]] = ()
    contacts: Iterable[Mapping[str, object]] = ()
    words: tuple[str, ...] = ()
    home: str = field(default="", repr=False)


def collect(sources: Sources, *, hosts: bool) -> tuple[Part, ...]:
    """Its parts, redacted; `hosts`: names of servers may stay. Blocks for as long as reading takes; never raises."""
    redactor = Redactor(sources.words, sources.home, hosts=hosts)
    report = sources.report if sources.report is not None else _json(sources.report_file)
    parts = [
        Part("diagnostics.txt", redactor.text(sources.facts)),
        Part("policies.txt", redactor.text(sources.policies)),
    ]
    for name, value in (("report", report), ("check", list(sources.check)), ("contacts", list(sources.contacts))):
        if value:
            parts.append(Part(f"{name}.json", json.dumps(redactor.value(value), indent=1, ensure_ascii=False) + "\n"))
    parts += _files(sources.crash_dir, "crash-*.txt", redactor.text)
    parts += _files(sources.log_dir, f"{_LOG}*", redactor.lines)
    return tuple(Part(part.name, _bounded(part.text)) for part in parts if part.text.strip())[:MOST_FILES]


def write(path: Path, parts: Iterable[Part]) -> None:
    """Write a zip that only its owner can read, in one step, the same for the same parts. Raises `OSError`."""
    unfinished = path.with_name(path.name + ".part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in parts:
                entry = zipfile.ZipInfo(part.name, _EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, part.text.encode("utf-8", "backslashreplace"))
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def _files(folder: Path, pattern: str, redact: Callable[[str], str]) -> list[Part]:
    """The ends of files, the newest first."""
    found = []
    for path in sorted(folder.glob(pattern), key=_changed, reverse=True)[:4]:
        text = _end_of(path)
        if text:
            found.append(Part(path.name, redact(text)))
    return found


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _end_of(path: Path) -> str:
    """The last of a text, from the beginning of a line on; nothing of what cannot be read."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - MOST_CHARACTERS))
            read = file.read(MOST_CHARACTERS)
    except OSError:
        return ""
    text = read.decode("utf-8", "replace")
    return text if size <= MOST_CHARACTERS else text.partition("\n")[2]


def _json(path: Path) -> object:
    try:
        return json.loads(_end_of(path))
    except (ValueError, RecursionError):
        return None


def _bounded(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[-MOST_CHARACTERS:]
