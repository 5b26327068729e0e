"""What a group says of itself before one joins (`.status`), and where that leads."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import NetError, Reply, Web
from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.galene.link import Address
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.unreachable import unreachable

STATUS_TIMEOUT_S = 10.0
_MAX_BYTES = 64 * 1024
_OK, _NOT_FOUND = 200, 404
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True)
class Status:
    """`endpoint` is the WebSocket's address, `auth_server` and `auth_portal` are "" without one."""

    endpoint: str
    title: str
    location: str
    auth_server: str = ""
    auth_portal: str = ""


async def ask_status(web: Web, address: Address) -> Status:
    """Ask the group. Raises `JoinError`."""
    try:
        reply = await web.get(address.status, timeout_s=STATUS_TIMEOUT_S, max_bytes=_MAX_BYTES)
    except NetError as error:
        raise JoinError(unreachable(error), str(error)) from error
    return parse_status(reply, address)


def parse_status(reply: Reply, address: Address) -> Status:
    """What it answered. Raises `JoinError`."""
    page = address.base if address.secure else ""
    if reply.status == _NOT_FOUND or reply.status in _REDIRECTS:
        # A group that was moved says where to; whoever wants to follow does that in a browser.
        raise JoinError(Problem(ProblemCode.ROOM_NOT_FOUND, address.host, page), f"status {reply.status}")
    fields = Fields(parse_json(reply.body)) if reply.status == _OK else Fields(None)
    endpoint = _here(fields.text("endpoint"), address)
    if not endpoint:
        raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, address.host), f"status {reply.status}")
    return Status(
        endpoint,
        fields.text("displayName") or address.group,
        fields.text("location") or address.base,
        fields.text("authServer"),
        fields.text("authPortal"),
    )


def _here(endpoint: str, address: Address) -> str:
    """The WebSocket's address, as safe as the link; "" for one at another host: nobody has named that."""
    try:
        parts = urlsplit(endpoint)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"ws", "wss"} or host != address.host or "@" in parts.netloc:
        return ""
    return urlunsplit(("wss" if address.secure else parts.scheme, parts.netloc, parts.path, "", ""))
