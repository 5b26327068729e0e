"""What the Linux desktop knows of this program: its entry, the links it opens, and whether it starts with the session.

Nothing here happens by itself: `register` is a command, `set_autostart` a setting. Files are the person's own
(Desktop Entry, Association and Autostart Specifications of freedesktop.org); `unregister` removes exactly those.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from visio_desktop.system.deep_links import SCHEME
from visio_desktop.system.log import get_logger
from visio_desktop.system.paths import resources

NAME: Final = "visio-desktop.desktop"
MIME: Final = f"x-scheme-handler/{SCHEME}"
_SECTION: Final = "[Default Applications]"
_RESERVED: Final = " \t\n\"'\\><~|&;$*?#()`"
_REFRESH_S: Final = 20
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Places:
    """The person's folders of data and configuration (XDG Base Directory Specification)."""

    data: Path
    config: Path

    @property
    def entry(self) -> Path:
        """The program's entry."""
        return self.data / "applications" / NAME

    @property
    def icon(self) -> Path:
        """The program's icon."""
        return self.data / "icons" / "hicolor" / "scalable" / "apps" / "visio-desktop.svg"

    @property
    def defaults(self) -> Path:
        """Which program opens what."""
        return self.config / "mimeapps.list"

    @property
    def autostart(self) -> Path:
        """The entry that starts the program with the session."""
        return self.config / "autostart" / NAME


def is_possible() -> bool:
    """Whether this system knows such files; others are told by their installers."""
    return sys.platform == "linux"


def places(environment: Mapping[str, str]) -> Places:
    """Where the person's files are; relative paths do not count (as the specification says)."""
    home = Path(environment.get("HOME") or Path.home())

    def folder(variable: str, usual: str) -> Path:
        given = Path(environment.get(variable, ""))
        return given if given.is_absolute() else home / usual

    return Places(folder("XDG_DATA_HOME", ".local/share"), folder("XDG_CONFIG_HOME", ".config"))


def own_command() -> tuple[str, ...]:
    """How this program was started, so that others can."""
    program = Path(sys.argv[0])
    if program.name.startswith("visio-desktop") and program.is_absolute() and os.access(program, os.X_OK):
        return (str(program),)
    return (sys.executable, "-m", "visio_desktop")


def quoted(words: tuple[str, ...]) -> str:
    """A command as the Exec key holds it."""
    return " ".join(_quoted(word) for word in words)


def entry(command: tuple[str, ...], *, arguments: str) -> str:
    """The desktop entry with this command; `arguments` stand after it as they are."""
    template = (resources() / "desktop" / NAME).read_text(encoding="utf-8")
    lines = [
        f"Exec={quoted(command)} {arguments}" if line.startswith("Exec=") else line for line in template.splitlines()
    ]
    return "\n".join(lines) + "\n"


def register(where: Places, command: tuple[str, ...]) -> tuple[Path, ...]:
    """Make this program the one that opens `visio://`; the files written. Raises `OSError`."""
    _write(where.entry, entry(command, arguments="%u"))
    _write(where.icon, (resources() / "desktop" / "visio-desktop.svg").read_text(encoding="utf-8"))
    _write(where.defaults, with_default(_read(where.defaults), NAME))
    _refresh(where)
    return (where.entry, where.icon, where.defaults)


def unregister(where: Places) -> tuple[Path, ...]:
    """Take back what `register` wrote; the files removed or changed. Raises `OSError`."""
    changed = [path for path in (where.entry, where.icon) if path.exists()]
    for path in changed:
        path.unlink()
    before = _read(where.defaults)
    after = with_default(before, None)
    if after != before:
        _write(where.defaults, after)
        changed.append(where.defaults)
    _refresh(where)
    return tuple(changed)


def set_autostart(where: Places, command: tuple[str, ...], *, on: bool) -> None:
    """Start with the session, in the background, or no longer. Raises `OSError`."""
    if on:
        _write(where.autostart, entry(command, arguments="--background"))
    else:
        where.autostart.unlink(missing_ok=True)


def with_default(text: str, program: str | None) -> str:
    """A mimeapps.list in which `program` opens our links; None: not ours any more, whoever else may."""
    lines = text.splitlines()
    ours = [line for line in lines if line.partition("=")[0].strip() == MIME]
    if program is None:
        lines = [line for line in lines if line not in ours or NAME not in line]
        return "\n".join(lines) + "\n" if lines else ""
    lines = [line for line in lines if line not in ours]
    if _SECTION not in lines:
        lines += [*([""] if lines else []), _SECTION]
    lines.insert(lines.index(_SECTION) + 1, f"{MIME}={program}")
    return "\n".join(lines) + "\n"


def _quoted(word: str) -> str:
    """Quoted as the Desktop Entry Specification wants it: for the command first, then as any text of the file."""
    safe = word.replace("%", "%%")
    if not any(sign in _RESERVED for sign in safe):
        return safe
    for sign in '\\"`$':
        safe = safe.replace(sign, f"\\{sign}")
    return '"' + safe.replace("\\", "\\\\") + '"'


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _refresh(where: Places) -> None:
    """Let the desktop look at once where it keeps a list of its own; without this it looks at the next start."""
    program = shutil.which("update-desktop-database")
    if program is None:
        return
    try:
        subprocess.run(  # noqa: S603 - found on the PATH, with a folder of ours
            [program, "-q", str(where.entry.parent)], check=False, timeout=_REFRESH_S, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _log.info("desktop_database_not_refreshed", error=str(error))
