"""The templates by name, and where each lies in a folder of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from visio_desktop.settings.policy_sources import BUNDLE
from visio_desktop.settings.templates.admx import CULTURES, NAME, adml, admx
from visio_desktop.settings.templates.profile import profile
from visio_desktop.settings.templates.sample import sample
from visio_desktop.settings.templates.table import table
from visio_desktop.system.texts import LANGUAGES

FORMATS: Final[Mapping[str, tuple[str, Callable[[], str]]]] = {
    "admx": (f"{NAME}.admx", admx),
    **{f"adml-{code}": (f"{CULTURES[code]}/{NAME}.adml", partial(adml, code)) for code in LANGUAGES},
    "mobileconfig": (f"{BUNDLE}.mobileconfig", profile),
    "json": ("policies.json", sample),
    "markdown": ("policies.md", table),
}


def make(name: str) -> str:
    """The template of this name."""
    return FORMATS[name][1]()


def write_all(folder: Path) -> tuple[Path, ...]:
    """Write every template into a folder, which is made; the files. Raises `OSError`."""
    written = []
    for name, (place, _) in FORMATS.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(make(name), encoding="utf-8", newline="\n")
        written.append(path)
    return tuple(written)
