"""One's recordings: listed and downloaded (`core/api/viewsets.py`, `RecordingViewSet`)."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from visio_desktop.meeting.accounts import FileState, OwnRecording
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.net.web import Download
from visio_desktop.servers.accounts import Progress
from visio_desktop.servers.fields import Fields, is_id
from visio_desktop.servers.lasuite.api import Api, NotUnderstood, TooLarge
from visio_desktop.servers.lasuite.rooms import is_slug, listed

MOST_BYTES: Final = 64 * 2**30
KEPT_FREE_BYTES: Final = 256 * 2**20
"""A disk that is full to the brim is nothing a person wished for."""
LOOK_EVERY_BYTES: Final = 32 * 2**20
_STATES: Final = {
    "initiated": FileState.RUNNING,
    "active": FileState.RUNNING,
    "stopped": FileState.SAVING,
    "saved": FileState.READY,
    "notification_succeeded": FileState.READY,
}
_KINDS: Final = {kind.value: kind for kind in RecordingKind}
ENDINGS: Final = {RecordingKind.SCREEN: "mp4", RecordingKind.TRANSCRIPT: "ogg"}


type Free = Callable[[Path], int]


def free_bytes(folder: Path) -> int:
    """How much room there is for this person's files. Blocks. Raises `OSError`."""
    return shutil.disk_usage(folder).free


async def all_recordings(api: Api) -> tuple[OwnRecording, ...]:
    """The latest first; those that cannot be read are left out. Raises `ApiError`."""
    recordings = (parse_recording(fields) for fields in await listed(api, "/recordings/"))
    found = [recording for recording in recordings if recording is not None]
    return tuple(sorted(found, key=lambda recording: recording.created_at_ms, reverse=True))


async def fetch(api: Api, recording: OwnRecording, path: Path, progress: Progress, free: Free = free_bytes) -> None:
    """Download a file beside its place, then put it there; however it ends nothing else is left.

    Raises `ApiError`, and `OSError`: with `ENOSPC` where the disk would not keep some room besides.
    """
    part = path.with_name(path.name + ".part")
    try:
        with await asyncio.to_thread(part.open, "wb") as file:
            async with api.download(f"/media/recordings/{recording.id}.{ENDINGS[recording.kind]}") as download:
                await _write(api.host, download, _Target(file, path, free), progress)
        await asyncio.to_thread(part.replace, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where the pieces go. Its methods block."""

    file: BinaryIO
    path: Path
    free: Free

    def need(self, size: int) -> None:
        """Raise `OSError` unless the disk has room for so much, and some to spare."""
        if self.free(self.path.parent) < size + KEPT_FREE_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))


async def _write(host: str, download: Download, target: _Target, progress: Progress) -> None:
    """What a server says of the size is not relied on: what comes is counted, and the disk is looked at on the way."""
    total = download.total_bytes
    if total > MOST_BYTES:
        raise TooLarge(host, f"{total} bytes")
    await asyncio.to_thread(target.need, total)
    received = looked_at = 0
    async for piece in download.pieces():
        received += len(piece)
        if received > MOST_BYTES:
            raise TooLarge(host, f"more than {MOST_BYTES} bytes")
        if received - looked_at >= LOOK_EVERY_BYTES:
            looked_at = received
            await asyncio.to_thread(target.need, 0)
        await asyncio.to_thread(target.file.write, piece)
        progress(received, total)
    if total and received != total:
        raise NotUnderstood(host, f"{received} of {total} bytes")


def parse_recording(fields: Fields) -> OwnRecording | None:
    """A recording of the API, None for what is none."""
    key, kind, created_at_ms = fields.text("id"), _KINDS.get(fields.text("mode")), _epoch_ms(fields.text("created_at"))
    if not is_id(key) or kind is None or created_at_ms is None:
        return None
    state = _STATES.get(fields.text("status"), FileState.FAILED)
    room = fields.object("room").text("slug")
    return OwnRecording(
        id=key,
        room=room if is_slug(room) else "",
        kind=kind,
        state=FileState.EXPIRED if fields.flag("is_expired") else state,
        created_at_ms=created_at_ms,
        expires_at_ms=_epoch_ms(fields.text("expired_at")),
    )


def _epoch_ms(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp() * 1000
    except (ValueError, OverflowError, OSError):
        return None
