"""What is left on this computer when the program ends otherwise than it should. Nothing is sent anywhere.

A run keeps a file of its own open: the version, each error that was logged with its traceback (supervised tasks, Qt's
slots and adapters that cannot be loaded end there, and so does what ends the program), and, written by `faulthandler`,
where every thread was when a library crashed. A run that ends in order removes it. The next one finds what was left,
by whom nobody is any more, and offers it once.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
from pathlib import Path
from typing import IO, Final

from visio_desktop import __version__
from visio_desktop.system.log import as_json_lines

FOLDER: Final = "crashes"
"""Its name within the state's folder."""
MOST_KEPT: Final = 5
MOST_ERRORS: Final = 50
_RUNNING, _CRASHED, _TOLD = "running-", "crash-new-", "crash-"


class Crashes:
    """One for a run of the window; `begin` first, `end` where it ended in order. All lies in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / f"{_RUNNING}{os.getpid()}.txt"
        self._file: IO[str] | None = None
        self._errors: _Errors | None = None
        self.is_news = False

    def begin(self) -> None:
        """Look for what was left, and leave something should this run end badly, if it can be written."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._gather()
            self._open()
        except OSError as error:
            logging.getLogger(__name__).warning("crashes_not_kept: %s", error.strerror)

    def answered(self) -> None:
        """The person has been told: the next start does not tell them again."""
        self.is_news = False
        for path in self.folder.glob(f"{_CRASHED}*.txt"):
            _rename(path, path.with_name(path.name.replace(_CRASHED, _TOLD, 1)))

    def end(self) -> None:
        """The run ended in order."""
        if self._file is None:
            return
        if self._errors is not None:
            logging.getLogger().removeHandler(self._errors)
        faulthandler.disable()
        self._file.close()
        self._path.unlink(missing_ok=True)
        self._file = None

    def _gather(self) -> None:
        for path in self.folder.glob(f"{_RUNNING}*.txt"):
            if not _is_held(path):
                _rename(path, path.with_name(path.name.replace(_RUNNING, _CRASHED, 1)))
        kept = sorted(self.folder.glob(f"{_TOLD}*.txt"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-MOST_KEPT]:
            path.unlink(missing_ok=True)
        self.is_news = any(path.name.startswith(_CRASHED) for path in kept[-MOST_KEPT:])

    def _open(self) -> None:
        file = self._file = os.fdopen(
            os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+", encoding="utf-8"
        )
        _hold(file)
        file.write(f"visio-desktop {__version__} {sys.platform} python {sys.version.split()[0]}\n")
        file.flush()
        faulthandler.enable(file, all_threads=True)
        self._errors = _Errors(file)
        logging.getLogger().addHandler(self._errors)


class _Errors(logging.StreamHandler[IO[str]]):
    """Keeps the first errors of a run, redacted as the log is."""

    def __init__(self, file: IO[str]) -> None:
        super().__init__(file)
        self._left = MOST_ERRORS
        self.setLevel(logging.ERROR)
        self.setFormatter(as_json_lines())

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it, while there are not too many."""
        if self._left > 0:
            self._left -= 1
            super().emit(record)


def _hold(file: IO[str]) -> None:
    """Let others see that this run is alive: by a lock, which the system takes back however we end."""
    if sys.platform == "win32":
        return  # an open file cannot be renamed there, which says the same
    import fcntl  # noqa: PLC0415 - does not exist on Windows

    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_held(path: Path) -> bool:
    if sys.platform == "win32":
        return False  # found out when it is renamed
    import fcntl  # noqa: PLC0415 - as above

    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def _rename(path: Path, to: Path) -> None:
    """Under a name that is free; what a run that is alive holds stays as it is."""
    number = 1
    wanted = to
    while wanted.exists():
        number += 1
        wanted = to.with_stem(f"{to.stem}-{number}")
    try:
        path.rename(wanted)
    except OSError:
        return
