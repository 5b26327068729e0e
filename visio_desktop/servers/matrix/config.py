"""What Element Call's web client is told by its host, `/config.json` (its `ConfigOptions.ts`)."""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.servers.fields import Fields, parse_json

_LEAST_LEAVE_MS, _MOST_LEAVE_MS, _USUAL_LEAVE_MS = 4_000.0, 120_000.0, 18_000.0


@dataclass(frozen=True, slots=True)
class CallConfig:
    """What matters here: the homeserver, the media server where that names none, and how memberships are written.

    `follows_oldest`: all publish where the oldest member does, as before each did on a server of their own.
    `leave_ms`: after so long without a word of ours the homeserver takes our membership away.
    """

    homeserver: str
    server_name: str
    focus: str = ""
    follows_oldest: bool = False
    leave_ms: float = _USUAL_LEAVE_MS


def parse_config(body: bytes) -> CallConfig | None:
    """The configuration in an answer; None for the answer of anything else."""
    fields = Fields(parse_json(body))
    home = fields.object("default_server_config").object("m.homeserver")
    address, name = home.text("base_url").rstrip("/"), home.text("server_name", longest=255)
    if not address:
        return None
    leave_ms = fields.object("matrix_rtc_session").number("delayed_leave_event_delay_ms") or _USUAL_LEAVE_MS
    return CallConfig(
        address,
        name,
        fields.object("livekit").text("livekit_service_url").rstrip("/"),
        follows_oldest=fields.text("matrix_rtc_mode") == "legacy",
        leave_ms=max(_LEAST_LEAVE_MS, min(leave_ms, _MOST_LEAVE_MS)),
    )
