"""Janus' ways to say no, in the meeting's terms (`janus.h`, `janus_videoroom.c`: the error codes)."""

from __future__ import annotations

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.janus.words import Refusal
from visio_desktop.servers.port import JoinError

_CODES = {
    403: ProblemCode.TOKEN_REFUSED,
    405: ProblemCode.TOKEN_REFUSED,
    426: ProblemCode.ROOM_NOT_FOUND,
    432: ProblemCode.ROOM_FULL,
    436: ProblemCode.DUPLICATE_IDENTITY,
}
_MISSING, _UNAUTHORISED = 429, 433


def refused(refusal: Refusal, host: str, *, pin: str) -> JoinError:
    """The server does not let us in; `pin` is what was given as the room's."""
    code = _CODES.get(refusal.code, ProblemCode.SERVER_NOT_UNDERSTOOD)
    if refusal.code in {_MISSING, _UNAUTHORISED}:
        code = ProblemCode.PIN_REFUSED if pin else ProblemCode.PIN_MISSING
    return JoinError(Problem(code, host), str(refusal))


def secret_refused(refusal: Refusal, host: str) -> JoinError | Refusal:
    """The room does not know the moderators' secret; anything else is as joining would have it."""
    if refusal.code != _UNAUTHORISED:
        return refusal
    return JoinError(Problem(ProblemCode.ROOM_SECRET_REFUSED, host), str(refusal))
