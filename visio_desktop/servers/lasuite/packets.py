"""The web client's data packets: JSON objects without a topic (`notifications/NotificationType.ts`, `utils.ts`).

A notice counts only from those who may give it: the words of an ordinary participant change nothing for others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum

from visio_desktop.meeting.events import NoticeReceived, ServerEvent
from visio_desktop.meeting.rooms import Notice, RecordingKind
from visio_desktop.meeting.values import Source
from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.lasuite.config import source_names, sources
from visio_desktop.servers.livekit.dialect import Sender

MAX_BYTES = 4_096
SOMEBODY_WAITS = "participantWaiting"
MUTED = "participantMuted"
SOURCES_REMOVED = "permissionsRemoved"


class From(Enum):
    """Who may say it."""

    SERVER = "server"
    LEADERS = "leaders"
    ANYBODY = "anybody"


@dataclass(frozen=True, slots=True)
class _Kind:
    notice: Notice
    sayable_by: From


_KINDS = {
    "transcriptionStarted": _Kind(Notice.TRANSCRIPT_STARTED, From.LEADERS),
    "transcriptionStopped": _Kind(Notice.TRANSCRIPT_STOPPED, From.LEADERS),
    "transcriptionRequested": _Kind(Notice.TRANSCRIPT_REQUESTED, From.ANYBODY),
    "transcriptionLimitReached": _Kind(Notice.TRANSCRIPT_LIMIT, From.SERVER),
    "screenRecordingStarted": _Kind(Notice.RECORDING_STARTED, From.LEADERS),
    "screenRecordingStopped": _Kind(Notice.RECORDING_STOPPED, From.LEADERS),
    "screenRecordingRequested": _Kind(Notice.RECORDING_REQUESTED, From.ANYBODY),
    "screenRecordingLimitReached": _Kind(Notice.RECORDING_LIMIT, From.SERVER),
    MUTED: _Kind(Notice.MUTED_BY_HOST, From.ANYBODY),
    SOURCES_REMOVED: _Kind(Notice.SOURCES_REMOVED, From.LEADERS),
}
_TYPES = {kind.notice: name for name, kind in _KINDS.items()}
STARTED = {
    RecordingKind.SCREEN: Notice.RECORDING_STARTED,
    RecordingKind.TRANSCRIPT: Notice.TRANSCRIPT_STARTED,
}
STOPPED = {
    RecordingKind.SCREEN: Notice.RECORDING_STOPPED,
    RecordingKind.TRANSCRIPT: Notice.TRANSCRIPT_STOPPED,
}
REQUESTED = {
    RecordingKind.SCREEN: Notice.RECORDING_REQUESTED,
    RecordingKind.TRANSCRIPT: Notice.TRANSCRIPT_REQUESTED,
}


def parse_packet(sender: Sender, payload: bytes, *, anybody_mutes: bool = True) -> list[ServerEvent]:
    """The notice in a packet; nothing for what is unknown, or not for this sender to say."""
    fields = Fields(parse_json(payload) if len(payload) <= MAX_BYTES else None)
    kind = _KINDS.get(fields.text("type"))
    if kind is None or not _may_say(sender, _sayable_by(kind, anybody_mutes=anybody_mutes)):
        return []
    named = fields.object("data").texts("removedSources") if kind.notice is Notice.SOURCES_REMOVED else ()
    return [NoticeReceived(kind.notice, sender.identity, sources(named, frozenset()))]


def says_somebody_waits(sender: Sender, payload: bytes) -> bool:
    """Whether the server tells that somebody wants to be let in."""
    if not sender.is_server or len(payload) > MAX_BYTES:
        return False
    return Fields(parse_json(payload)).text("type") == SOMEBODY_WAITS


def print_notice(notice: Notice, removed: frozenset[Source] = frozenset()) -> bytes:
    """The payload of a notice, as the web client writes it."""
    packet: dict[str, object] = {"type": _TYPES[notice]}
    if removed:
        packet["data"] = {"removedSources": source_names(removed)}
    return json.dumps(packet).encode()


def _sayable_by(kind: _Kind, *, anybody_mutes: bool) -> From:
    return From.LEADERS if kind.notice is Notice.MUTED_BY_HOST and not anybody_mutes else kind.sayable_by


def _may_say(sender: Sender, sayable_by: From) -> bool:
    match sayable_by:
        case From.SERVER:
            return sender.is_server
        case From.LEADERS:
            return sender.is_server or (sender.person is not None and sender.person.role.leads)
        case From.ANYBODY:
            return sender.is_server or sender.person is not None
