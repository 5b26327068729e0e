"""Files of the profile for what a device keeps: written whole or not at all, readable by their owner alone."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from visio_desktop.servers.matrix.crypto.shelf import MAX_CHARACTERS
from visio_desktop.system.log import get_logger

_ENDING: Final = ".keys"
_MOST: Final = 40

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """A `KeyStore` in a folder of its own. A disk that takes nothing costs the keys of this run.

    Every guest and every login has files of its own: those longest unused go where they are too many.
    """

    folder: Path

    async def load(self, name: str) -> str:
        """See `KeyStore`."""
        return await asyncio.to_thread(self._read, name)

    async def save(self, name: str, kept: str) -> None:
        """See `KeyStore`."""
        await asyncio.to_thread(self._write, name, kept)

    def _read(self, name: str) -> str:
        try:
            with (self.folder / f"{name}{_ENDING}").open(encoding="ascii") as file:
                return file.read(MAX_CHARACTERS)
        except FileNotFoundError:
            return ""
        except (OSError, ValueError) as error:
            _log.warning("matrix_keys_unreadable", error=type(error).__name__)
            return ""

    def _write(self, name: str, kept: str) -> None:
        path = self.folder / f"{name}{_ENDING}"
        part = path.with_name(path.name + ".part")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
                file.write(kept)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            self._prune()
        except OSError as error:
            _log.warning("matrix_keys_not_written", error=error.strerror or "")

    def _prune(self) -> None:
        files = list(self.folder.glob(f"*{_ENDING}"))
        if len(files) > _MOST:
            min(files, key=lambda file: file.stat().st_mtime_ns).unlink(missing_ok=True)
