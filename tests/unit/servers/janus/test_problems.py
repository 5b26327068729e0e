from __future__ import annotations

import pytest

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.janus.problems import refused, secret_refused
from visio_desktop.servers.janus.words import Refusal
from visio_desktop.servers.port import JoinError


@pytest.mark.parametrize(
    ("code", "pin", "problem"),
    [
        (426, "", ProblemCode.ROOM_NOT_FOUND),
        (429, "", ProblemCode.PIN_MISSING),
        (433, "", ProblemCode.PIN_MISSING),
        (433, "1", ProblemCode.PIN_REFUSED),
        (432, "", ProblemCode.ROOM_FULL),
        (403, "", ProblemCode.TOKEN_REFUSED),
        (499, "", ProblemCode.SERVER_NOT_UNDERSTOOD),
    ],
)
def test_what_a_person_is_told(code: int, pin: str, problem: ProblemCode) -> None:
    assert refused(Refusal(code, "why"), "janus.example.org", pin=pin).problem == Problem(problem, "janus.example.org")


def test_a_wrong_secret_is_told_from_a_wrong_pin_and_from_anything_else() -> None:
    told = secret_refused(Refusal(433, "why"), "janus.example.org")
    assert isinstance(told, JoinError)
    assert told.problem == Problem(ProblemCode.ROOM_SECRET_REFUSED, "janus.example.org")
    other = Refusal(426, "no such room")
    assert secret_refused(other, "janus.example.org") is other
