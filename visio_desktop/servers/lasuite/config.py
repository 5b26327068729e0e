"""What a server says of itself at `/config/` (its `core/api/__init__.py`); every field may be missing."""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.meeting.rooms import EVERY_SOURCE, RecordingKind
from visio_desktop.meeting.values import Source
from visio_desktop.servers.fields import Fields, parse_json

SOURCES = {
    "camera": Source.CAMERA,
    "microphone": Source.MICROPHONE,
    "screen_share": Source.SCREEN,
    "screen_share_audio": Source.SCREEN_AUDIO,
}
_KINDS = {kind.value: kind for kind in RecordingKind}


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """What matters here of a server's configuration; None and "" where it says nothing."""

    livekit_url: str
    force_wss: bool = False
    default_sources: frozenset[Source] = EVERY_SOURCE
    recordings: frozenset[RecordingKind] = frozenset()
    recordings_kept_days: int | None = None
    longest_recording_ms: float | None = None
    phone: str = ""
    captions: bool = False
    connection_test: bool = False
    silent_login: bool = False
    names_editable: bool = True
    idle_warning_ms: float | None = None
    most_for_sounds: int | None = None
    mute_on_join_above: int | None = None
    default_access: str = ""
    transcription_destination: str = ""
    documentation_url: str = ""
    language: str = ""


def parse_config(body: bytes) -> ServerConfig | None:
    """The configuration in an answer; None for the answer of any other server."""
    fields = Fields(parse_json(body))
    livekit, recording, phone = fields.object("livekit"), fields.object("recording"), fields.object("telephony")
    url = livekit.text("url")
    if not url:
        return None
    return ServerConfig(
        url,
        force_wss=livekit.flag("force_wss_protocol"),
        default_sources=sources(livekit.texts("default_sources"), EVERY_SOURCE),
        recordings=_recordings(recording),
        recordings_kept_days=recording.count("expiration_days"),
        longest_recording_ms=recording.number("max_duration"),
        phone=phone.text("international_phone_number", longest=40) if phone.flag("enabled") else "",
        captions=fields.object("subtitle").flag("enabled"),
        connection_test=fields.object("diagnostics").flag("connection_test_enabled"),
        silent_login=fields.flag("is_silent_login_enabled"),
        names_editable=fields.flag("authenticated_users_can_edit_display_name", otherwise=True),
        idle_warning_ms=fields.number("idle_disconnect_warning_delay"),
        most_for_sounds=fields.count("max_participants_for_sound"),
        mute_on_join_above=fields.count("auto_mute_on_join_threshold"),
        default_access=fields.object("resource").text("default_access_level"),
        transcription_destination=_web_only(fields.text("transcription_destination")),
        documentation_url=_web_only(fields.text("documentation_url")),
        language=fields.text("LANGUAGE_CODE", longest=16),
    )


def sources(names: tuple[str, ...] | None, otherwise: frozenset[Source]) -> frozenset[Source]:
    """The sources of these names; unknown names are passed over."""
    return otherwise if names is None else frozenset(SOURCES[name] for name in names if name in SOURCES)


def source_names(chosen: frozenset[Source]) -> list[str]:
    """The names of these sources, in the server's order."""
    return [name for name, source in SOURCES.items() if source in chosen]


def _recordings(recording: Fields) -> frozenset[RecordingKind]:
    if not recording.flag("is_enabled"):
        return frozenset()
    modes = recording.texts("available_modes")
    return frozenset(_KINDS.values()) if modes is None else frozenset(_KINDS[m] for m in modes if m in _KINDS)


def _web_only(url: str) -> str:
    """An address that is shown to be clicked."""
    return url if url.startswith("https://") else ""
