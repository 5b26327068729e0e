"""The LiveKit room's metadata: a JSON object that repeats what changed since the meeting began, "" before that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from visio_desktop.meeting.rooms import Access, Recording, RecordingKind, RecordingState
from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.lasuite.room import parse_access

_MAX_CHARACTERS = 65_536
_KINDS = {kind.value: kind for kind in RecordingKind}
_STATES = {state.value: state for state in RecordingState}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What it says; None for what it does not speak of."""

    access: Access | None = None
    configuration: dict[str, Any] | None = None
    recording: Recording | None = None


def parse_metadata(text: str, *, is_recorded: bool = False) -> Metadata:
    """What a room's metadata say; `is_recorded` is LiveKit's own word that something is being recorded."""
    fields = Fields(parse_json(text) if len(text) <= _MAX_CHARACTERS else None)
    configuration = fields.object("configuration").plain() if "configuration" in fields else None
    return Metadata(parse_access(fields), configuration, _recording(fields, is_recorded=is_recorded))


def _recording(fields: Fields, *, is_recorded: bool) -> Recording | None:
    kind = _KINDS.get(fields.text("recording_mode"))
    state = _STATES.get(fields.text("recording_status"))
    # What failed once is still said while something else is recorded: then that is what everybody must see.
    if kind is not None and state is not None and not (is_recorded and state is RecordingState.FAILED):
        return Recording(kind, state)
    return Recording(kind or RecordingKind.SCREEN, RecordingState.STARTED) if is_recorded else None
