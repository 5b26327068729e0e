from __future__ import annotations

import pytest

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.janus.problems import refused
from visio_desktop.servers.janus.words import Refusal


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
