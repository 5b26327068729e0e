"""One's recordings: listed and downloaded (`core/api/viewsets.py`, `RecordingViewSet`)."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from visio_desktop.meeting.accounts import FileState, OwnRecording
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.net.web import Download
from visio_desktop.servers.accounts import Progress
from visio_desktop.servers.lasuite.api import Api
from visio_desktop.servers.lasuite.fields import Fields
from visio_desktop.servers.lasuite.rooms import is_id, is_slug, listed

_STATES: Final = {
    "initiated": FileState.RUNNING,
    "active": FileState.RUNNING,
    "stopped": FileState.SAVING,
    "saved": FileState.READY,
    "notification_succeeded": FileState.READY,
}
_KINDS: Final = {kind.value: kind for kind in RecordingKind}
ENDINGS: Final = {RecordingKind.SCREEN: "mp4", RecordingKind.TRANSCRIPT: "ogg"}


async def all_recordings(api: Api) -> tuple[OwnRecording, ...]:
    """The latest first; those that cannot be read are left out. Raises `ApiError`."""
    recordings = (parse_recording(fields) for fields in await listed(api, "/recordings/"))
    found = [recording for recording in recordings if recording is not None]
    return tuple(sorted(found, key=lambda recording: recording.created_at_ms, reverse=True))


async def fetch(api: Api, recording: OwnRecording, path: Path, progress: Progress) -> None:
    """Download a file beside its place, then put it there. Raises `ApiError` and `OSError`."""
    part = path.with_name(path.name + ".part")
    try:
        with await asyncio.to_thread(part.open, "wb") as file:
            async with api.download(f"/media/recordings/{recording.id}.{ENDINGS[recording.kind]}") as download:
                await _write(download, file, progress)
        await asyncio.to_thread(part.replace, path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


async def _write(download: Download, file: BinaryIO, progress: Progress) -> None:
    received = 0
    async for piece in download.pieces():
        await asyncio.to_thread(file.write, piece)
        received += len(piece)
        progress(received, download.total_bytes)


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
