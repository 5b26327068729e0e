"""What signalling is opened with: by the door every server has, or by the one that leads to a single connection.

`/rtc` takes words of a query, and media goes over two connections; `/rtc/v1` takes a message (client-sdk-js,
`SignalClient.ts`), and media goes both ways over one.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass

from livekit.protocol.models import ClientInfo, ReconnectReason
from livekit.protocol.rtc import ConnectionSettings, JoinRequest, WrappedJoinRequest

# The client protocol version: 16 with two peer connections is understood by every server tried (1.8 to 1.13).
PROTOCOL = 16
_VERSION = "1.0.0"
_CLIENT = {"sdk": "python", "version": _VERSION, "os": "linux", "protocol": str(PROTOCOL), "auto_subscribe": "1"}


@dataclass(frozen=True, slots=True)
class Return:
    """Who comes back, and why (`ReconnectReason`)."""

    participant_sid: str
    reason: ReconnectReason


def plain(token: str, back: Return | None = None) -> dict[str, str]:
    """The query for `/rtc`, and for its validation."""
    query = _CLIENT | {"access_token": token}
    if back is not None:
        query |= {"reconnect": "1", "sid": back.participant_sid, "reconnect_reason": str(back.reason)}
    return query


def wrapped(token: str, back: Return | None = None) -> dict[str, str]:
    """The query for `/rtc/v1`."""
    request = JoinRequest(
        client_info=ClientInfo(sdk=ClientInfo.SDK.PYTHON, version=_VERSION, protocol=PROTOCOL, os="linux"),
        connection_settings=ConnectionSettings(auto_subscribe=True),
    )
    if back is not None:
        request.reconnect, request.participant_sid = True, back.participant_sid
        request.reconnect_reason = back.reason
    message = WrappedJoinRequest(join_request=request.SerializeToString()).SerializeToString()
    return {"access_token": token, "join_request": urlsafe_b64encode(message).decode()}
