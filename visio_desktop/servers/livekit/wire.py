"""The door for bytes: LiveKit's protobuf messages in and out, bounded.

WireError  bytes that are no message of the protocol, or one too large
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from google.protobuf.message import DecodeError
from livekit.protocol.models import DataPacket
from livekit.protocol.rtc import SignalRequest, SignalResponse

from visio_desktop.servers.port import ServersError

MAX_SIGNAL_BYTES = 4 * 1024 * 1024
MAX_PACKET_BYTES = 65_535
_MAX_CANDIDATE_CHARACTERS = 4_096


class WireError(ServersError):
    """Not understood."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A trickled ICE candidate: its line without `a=`, empty at the end of candidates, and the m-line it is for."""

    line: str
    mid: str


def parse_response(data: bytes | str) -> SignalResponse:
    """One signalling message. Raises `WireError`."""
    if isinstance(data, str) or len(data) > MAX_SIGNAL_BYTES:
        raise WireError(f"{type(data).__name__} of {len(data)}")
    return _parsed(SignalResponse(), data)


def parse_packet(data: bytes) -> DataPacket:
    """One message of a data channel. Raises `WireError`."""
    if len(data) > MAX_PACKET_BYTES:
        raise WireError(f"packet of {len(data)} bytes")
    return _parsed(DataPacket(), data)


def print_request(request: SignalRequest) -> bytes:
    """The bytes of a request."""
    return bytes(request.SerializeToString())


def parse_candidate(text: str) -> Candidate:
    """The JSON of a trickled candidate. Raises `WireError`."""
    if len(text) > _MAX_CANDIDATE_CHARACTERS:
        raise WireError("candidate too long")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        raise WireError("candidate is no JSON") from None
    if not isinstance(fields, dict):
        raise WireError("candidate is no object")
    line, mid = fields.get("candidate", ""), fields.get("sdpMid")
    if not isinstance(line, str) or not isinstance(mid, str | None):
        raise WireError("candidate of strange types")
    return Candidate(line, mid or "0")


def _parsed[M: (SignalResponse, DataPacket)](message: M, data: bytes) -> M:
    try:
        message.ParseFromString(data)
    except (DecodeError, RecursionError, ValueError) as error:
        raise WireError(str(error)) from None
    return message
