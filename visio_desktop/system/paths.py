"""Where things lie on this machine. Folders for writing are made on the first call, readable by their owner only."""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import PlatformDirs

_PACKAGE = Path(__file__).resolve().parent.parent
_DIRS = PlatformDirs("visio-desktop", appauthor=False)


def resources() -> Path:
    """The folder of translations, icons and sounds: beside the package in the repository, inside it once installed."""
    installed = _PACKAGE / "resources"
    return installed if installed.is_dir() else _PACKAGE.parent / "resources"


def config_dir() -> Path:
    """The settings' folder."""
    return _own(Path(_DIRS.user_config_dir))


def state_dir() -> Path:
    """The folder for what outlives a run but is no setting."""
    return _own(Path(_DIRS.user_state_dir))


def log_dir() -> Path:
    """The folder of the log files."""
    return _own(Path(_DIRS.user_log_dir))


def runtime_dir() -> Path:
    """The folder of sockets: that of the person's session where there is one, else the state's."""
    session = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if session.is_absolute() and session.is_dir() and os.access(session, os.W_OK | os.X_OK):
        return _own(session / "visio-desktop")
    return state_dir()


def _own(path: Path) -> Path:
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
