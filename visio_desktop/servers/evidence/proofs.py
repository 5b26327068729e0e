"""What in an answer proves a kind of server. Each takes any answer whatever; a page for people proves nothing."""

from __future__ import annotations

import json
import re
from typing import Any

from visio_desktop.net import Reply

_OK = (200, 204)
_LOGIN_WANTED = 401
_MATRIX_HOST = "m.homeserver"
# Jitsi's is JavaScript: it is read, never run.
_JITSI_HOSTS = re.compile(rb"\bhosts\s*[:=]\s*\{|\bconfig\.hosts\s*=")
_JITSI_MORE = re.compile(rb"\b(?:muc|bosh|websocket)\s*[:=]")
_ANSWERED = re.compile(rb"<returncode>\s*SUCCESS\s*</returncode>")


def galene(reply: Reply) -> bool:
    """The status of a group (its `galene-protocol.md`)."""
    found = fields(reply)
    return all(isinstance(found.get(name), str) for name in ("name", "location", "endpoint"))


def talk(reply: Reply) -> bool:
    """Nextcloud's capabilities, with Talk's among them."""
    return isinstance(within(fields(reply), "ocs", "data", "capabilities", "spreed"), dict)


def element_call(reply: Reply) -> bool:
    """Element Call's configuration."""
    return isinstance(within(fields(reply), "default_server_config", _MATRIX_HOST), dict)


def opentalk(reply: Reply) -> bool:
    """OpenTalk's description of itself for clients."""
    return isinstance(within(fields(reply), "opentalk_controller", "base_url"), str)


def janus(reply: Reply) -> bool:
    """Janus' description of itself."""
    return fields(reply).get("janus") == "server_info"


def talk_backend(reply: Reply) -> bool:
    """The welcome of Nextcloud Talk's signalling server."""
    found = fields(reply)
    return found.get("nextcloud-spreed-signaling") == "Welcome" and isinstance(found.get("version"), str)


def matrix(reply: Reply) -> bool:
    """A Matrix domain's description of itself."""
    return isinstance(within(fields(reply), _MATRIX_HOST, "base_url"), str)


def jitsi(reply: Reply) -> bool:
    """Jitsi Meet's configuration."""
    is_script = reply.status == _OK[0] and not _is_page(reply)
    return is_script and bool(_JITSI_HOSTS.search(reply.body)) and bool(_JITSI_MORE.search(reply.body))


def big_blue_button(reply: Reply) -> bool:
    """BigBlueButton's answer to whoever asks for its version."""
    is_ours = _ANSWERED.search(reply.body) is not None and b"<version>" in reply.body
    return reply.status == _OK[0] and "html" not in reply.content_type and is_ours


def edumeet(reply: Reply) -> bool:
    """The configuration of eduMEET for its client."""
    is_script = reply.status == _OK[0] and not _is_page(reply)
    return is_script and b"edumeet" in reply.body.lower() and re.search(rb"\bconfig\s*=", reply.body) is not None


def livekit(reply: Reply) -> bool:
    """LiveKit's refusal of somebody without a token."""
    return reply.status == _LOGIN_WANTED and b"no permissions to access the room" in reply.body[:200]


def offers_media(reply: Reply) -> bool:
    """An endpoint of WHIP or WHEP, of which its path says which (RFC 9725, section 4.3)."""
    if reply.status not in _OK or _is_page(reply):
        return False
    if "application/sdp" in reply.headers.get("accept-post", ""):
        return True
    allowed = f"{reply.headers.get('allow', '')},{reply.headers.get('access-control-allow-methods', '')}"
    methods = {method.strip().upper() for method in allowed.split(",")}
    return methods >= {"POST", "PATCH", "DELETE"}


def fields(reply: Reply) -> dict[str, Any]:
    """The JSON object in an answer, empty without one: single-page applications answer anything with a page."""
    if reply.status != _OK[0]:
        return {}
    try:
        found = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def within(found: Any, *names: str) -> Any:
    """What stands in objects within objects, None without."""
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _is_page(reply: Reply) -> bool:
    start = reply.body[:500].lstrip().lower()
    return "html" in reply.content_type or start.startswith((b"<!doctype", b"<html"))
