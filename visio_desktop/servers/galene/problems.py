"""Galene's ways to say no, in the meeting's terms (`rtpconn/webclient.go`, `group/group.go`)."""

from __future__ import annotations

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.galene.words import Said
from visio_desktop.servers.port import Credentials, JoinError

_LONGEST_REASON = 200
_KICKED = "you have been kicked out"
_KNOWN = {
    "group does not exist": ProblemCode.ROOM_NOT_FOUND,
    "too many users": ProblemCode.ROOM_FULL,
    "internal server error": ProblemCode.SERVER_NOT_UNDERSTOOD,
}
_NOT_AUTHORISED = "not authorised"


def refused(said: Said, host: str, given: Credentials) -> JoinError:
    """The server does not let us in."""
    reason = one_line(said.value)
    if reason == _NOT_AUTHORISED:
        code = ProblemCode.PIN_REFUSED if given.password else ProblemCode.PIN_MISSING
        return JoinError(Problem(ProblemCode.TOKEN_REFUSED if given.token else code, host), reason)
    if reason in _KNOWN:
        return JoinError(Problem(_KNOWN[reason], host), reason)
    if not reason:
        return JoinError(Problem(ProblemCode.ENTRY_DENIED, host), said.fields.text("error"))
    # A lock has words of those who locked it; what else there is, is meant for people too.
    return JoinError(Problem(ProblemCode.ENTRY_CLOSED, _quotable(reason)), said.fields.text("error"))


def removed(reason: str, host: str) -> Problem:
    """We were put out, with words or without."""
    reason = one_line(reason)
    if not reason or reason == _KICKED:
        return Problem(ProblemCode.REMOVED, host)
    return Problem(ProblemCode.REMOVED_BECAUSE, _quotable(reason))


def _quotable(reason: str) -> str:
    """Within a sentence of ours, which ends by itself."""
    return reason.rstrip(".")


def one_line(text: str) -> str:
    """Words of a server for people: in one line, bounded."""
    return " ".join(text.split())[:_LONGEST_REASON]
