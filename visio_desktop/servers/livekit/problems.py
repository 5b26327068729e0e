"""LiveKit's ways to say no, in the meeting's terms."""

from __future__ import annotations

from livekit.protocol.models import DisconnectReason
from livekit.protocol.rtc import LeaveRequest

from visio_desktop.meeting.events import Dropped
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Refused
from visio_desktop.servers.unreachable import UNAUTHORISED, unreachable

_NOT_FOUND = 404
_SERVER_ERROR = 500

# What ends the meeting for good; any other reason is worth coming back from.
_FINAL = {
    DisconnectReason.DUPLICATE_IDENTITY: ProblemCode.DUPLICATE_IDENTITY,
    DisconnectReason.PARTICIPANT_REMOVED: ProblemCode.REMOVED,
    DisconnectReason.ROOM_DELETED: ProblemCode.ROOM_ENDED,
    DisconnectReason.ROOM_CLOSED: ProblemCode.ROOM_ENDED,
    DisconnectReason.USER_REJECTED: ProblemCode.REMOVED,
}


def dropped_by(leave: LeaveRequest, host: str) -> Dropped:
    """The server ended a running session."""
    code = _FINAL.get(leave.reason)
    if code is not None:
        return Dropped(Problem(code, host), may_retry=False)
    return Dropped(Problem(ProblemCode.CONNECTION_LOST, host), may_retry=True)


def refused_by(leave: LeaveRequest, host: str) -> Problem:
    """The server answered the request to join with a goodbye."""
    if leave.reason == DisconnectReason.JOIN_FAILURE:
        return Problem(ProblemCode.ROOM_FULL, host)
    return Problem(_FINAL.get(leave.reason, ProblemCode.SERVER_NOT_UNDERSTOOD), host)


def refused(error: Refused, explanation: bytes) -> Problem:
    """The server refused with a status; `explanation` is what it then says in words at its validation address."""
    words = explanation.lower()
    if error.status in UNAUTHORISED and b"expired" in words:
        return Problem(ProblemCode.TOKEN_EXPIRED, error.host)
    if error.status == _NOT_FOUND and b"room" in words:
        return Problem(ProblemCode.ROOM_NOT_FOUND, error.host)
    if error.status == _SERVER_ERROR and words == b"success":
        # The token is good and the room did not take us: servers tried do this for a full room only, without a word.
        return Problem(ProblemCode.ROOM_FULL, error.host)
    return unreachable(error)
