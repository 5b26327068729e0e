"""Where artefacts come from: an in-toto statement with SLSA's provenance, and the check that artefacts are those.

Who builds, and when, is what is passed in; everything else follows from the artefacts, the commit and the files that
pin what is built from. The statement is not signed here: that is a step of its own, as it is for the artefacts.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools.shell import ROOT
from tools.supply.inventory import SupplyError
from tools.supply.pins import locks
from tools.supply.writing import sha256
from visio_desktop import __version__

PROVENANCE: Final = "provenance.json"
STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://slsa.dev/provenance/v1"
LOCAL: Final = "urn:visio-desktop:builder:local"
"""Somebody's own machine: nobody vouches for it."""
_BUILD: Final = "urn:visio-desktop:build:1"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MAX_BYTES: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Build:
    """What is known of a build: times as RFC 3339 writes them; `commit` of git, "" asks it, and `dirty` is asked then.

    Where git cannot be asked nothing is said of a commit.
    """

    kind: str
    builder: str = LOCAL
    commit: str = ""
    dirty: bool | None = None
    run: str = ""
    started: str = ""
    finished: str = ""
    epoch_s: int | None = None


def statement(artefacts: Iterable[Path], build: Build) -> dict[str, Any]:
    """The statement about files, named by their names alone. Raises `SupplyError` for two of the same name."""
    subjects = sorted((path.name, sha256(path)) for path in artefacts)
    names = [name for name, _ in subjects]
    if not names or len(set(names)) != len(names):
        raise SupplyError("a statement is about files that differ in their names")
    commit, dirty = _source(build)
    source: dict[str, Any] = {"uri": "git+file:visio-desktop"}
    if commit:
        source |= {"digest": {"gitCommit": commit}, "annotations": {"changed": dirty}}
    pinned = [{"name": f"requirements/{path.name}", "digest": {"sha256": sha256(path)}} for path in locks()]
    times = {"invocationId": build.run, "startedOn": build.started, "finishedOn": build.finished}
    return {
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in subjects],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": _BUILD,
                "externalParameters": {"kind": build.kind, "version": __version__},
                "internalParameters": {} if build.epoch_s is None else {"SOURCE_DATE_EPOCH": build.epoch_s},
                "resolvedDependencies": [source, *pinned],
            },
            "runDetails": {
                "builder": {"id": build.builder},
                "metadata": {name: value for name, value in times.items() if value},
            },
        },
    }


def faults(stated: object, artefacts: Sequence[Path]) -> list[str]:
    """What of these files is not as stated, one sentence each; all that is stated has to be there."""
    subjects = _subjects(stated)
    if subjects is None:
        return ["this is no statement about where artefacts come from"]
    given = {path.name: path for path in artefacts}
    missing = [f"{name}: not there" for name in sorted(subjects.keys() - given.keys())]
    foreign = [f"{name}: nothing is stated about it" for name in sorted(given.keys() - subjects.keys())]
    found = {name: given[name] for name in sorted(given.keys() & subjects.keys())}
    gone = [f"{name}: not there" for name, path in found.items() if not path.is_file()]
    there = {name: path for name, path in found.items() if path.is_file()}
    return missing + foreign + gone + [f"{n}: not what was built" for n, p in there.items() if sha256(p) != subjects[n]]


def read(path: Path) -> object:
    """The content of a file that may be a statement, None where it is no JSON."""
    try:
        with path.open("rb") as file:
            return json.loads(file.read(_MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return None


def beside(path: Path, stated: object) -> list[Path]:
    """Where the artefacts of a statement are when they lie beside its file."""
    return [path.with_name(name) for name in sorted(_subjects(stated) or {})]


def _subjects(stated: object) -> dict[str, str] | None:
    """Names and digests; None for what is no such statement, as for a name that leads elsewhere."""
    match stated:
        case {"_type": str(kind), "predicateType": str(predicate), "subject": [*rows]} if rows:
            pairs = [pair for row in rows if (pair := _subject(row)) is not None]
            good = kind == STATEMENT and predicate == PREDICATE and len(pairs) == len(rows) == len(dict(pairs))
            return dict(pairs) if good else None
        case _:
            return None


def _subject(row: object) -> tuple[str, str] | None:
    match row:
        case {"name": str(name), "digest": {"sha256": str(digest)}} if _DIGEST.fullmatch(digest) and _is_name(name):
            return name, digest
        case _:
            return None


def _is_name(name: str) -> bool:
    return bool(name) and name.isprintable() and Path(name).name == name and "\\" not in name


def _source(build: Build) -> tuple[str, bool]:
    """The commit, and whether there was more than it in the folder."""
    commit = build.commit or _git("rev-parse", "HEAD")
    dirty = bool(_git("--no-optional-locks", "status", "--porcelain")) if build.dirty is None else build.dirty
    return commit, dirty


def _git(*arguments: str) -> str:
    told = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    return told.stdout.strip() if told.returncode == 0 else ""
