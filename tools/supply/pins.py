"""What `requirements/*.txt` pin: names, versions, hashes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.shell import ROOT

REQUIREMENTS: Final = ROOT / "requirements"
_PIN: Final = re.compile(r"([\w.-]+)==([^\s;\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package: any of the files it may be installed from has one of these SHA-256 digests."""

    name: str
    version: str
    hashes: tuple[str, ...]


def canonical(name: str) -> str:
    """A package's name as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parse(text: str) -> dict[str, Pin]:
    """The pins of a requirements file by canonical name."""
    found: dict[str, Pin] = {}
    for line in text.replace("\\\n", " ").splitlines():
        pin = _PIN.match(line)
        if pin is not None:
            name = canonical(pin[1])
            found[name] = Pin(name, pin[2], tuple(sorted(_HASH.findall(line))))
    return found


def pinned(names: Iterable[str] = ("runtime",)) -> dict[str, Pin]:
    """The pins of these files."""
    pins: dict[str, Pin] = {}
    for name in names:
        pins |= parse((REQUIREMENTS / f"{name}.txt").read_text(encoding="utf-8"))
    return pins


def locks() -> tuple[Path, ...]:
    """All files that pin what we build from."""
    return tuple(sorted(REQUIREMENTS.glob("*.txt")))
