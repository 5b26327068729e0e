from __future__ import annotations

import pytest
from livekit.protocol.models import DisconnectReason
from livekit.protocol.rtc import LeaveRequest

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Refused
from visio_desktop.servers.livekit.problems import dropped_by, refused, refused_by

Reason = DisconnectReason


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (Reason.DUPLICATE_IDENTITY, ProblemCode.DUPLICATE_IDENTITY),
        (Reason.PARTICIPANT_REMOVED, ProblemCode.REMOVED),
        (Reason.ROOM_DELETED, ProblemCode.ROOM_ENDED),
        (Reason.ROOM_CLOSED, ProblemCode.ROOM_ENDED),
    ],
)
def test_what_ends_a_meeting_for_good(reason: DisconnectReason, code: ProblemCode) -> None:
    dropped = dropped_by(LeaveRequest(reason=reason), "h")
    assert (dropped.problem.code, dropped.may_retry) == (code, False)


@pytest.mark.parametrize("reason", [Reason.SERVER_SHUTDOWN, Reason.STATE_MISMATCH, Reason.MIGRATION, 0])
def test_what_is_worth_coming_back_from(reason: DisconnectReason) -> None:
    dropped = dropped_by(LeaveRequest(reason=reason, action=LeaveRequest.Action.RECONNECT), "h")
    assert (dropped.problem.code, dropped.may_retry) == (ProblemCode.CONNECTION_LOST, True)


@pytest.mark.parametrize(
    ("status", "words", "code"),
    [
        (401, b"invalid token: ..., error: token is expired (exp)", ProblemCode.TOKEN_EXPIRED),
        (401, b"invalid authorization token", ProblemCode.TOKEN_REFUSED),
        (404, b"requested room does not exist", ProblemCode.ROOM_NOT_FOUND),
        (404, b"<html>nginx", ProblemCode.SERVER_NOT_UNDERSTOOD),
        (500, b"success", ProblemCode.ROOM_FULL),
        (500, b"", ProblemCode.SERVER_NOT_UNDERSTOOD),
    ],
)
def test_refusals_explained(status: int, words: bytes, code: ProblemCode) -> None:
    assert refused(Refused("h", status), words).code is code


def test_a_goodbye_instead_of_a_welcome() -> None:
    assert refused_by(LeaveRequest(reason=Reason.JOIN_FAILURE), "h").code is ProblemCode.ROOM_FULL
    assert refused_by(LeaveRequest(reason=Reason.PARTICIPANT_REMOVED), "h").code is ProblemCode.REMOVED
    assert refused_by(LeaveRequest(), "h").code is ProblemCode.SERVER_NOT_UNDERSTOOD
