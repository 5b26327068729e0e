from __future__ import annotations

import json

import pytest

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.galene.problems import one_line, refused, removed
from visio_desktop.servers.galene.words import parse
from visio_desktop.servers.port import Credentials


@pytest.mark.parametrize(
    ("value", "given", "code", "subject"),
    [
        ("not authorised", Credentials(), ProblemCode.PIN_MISSING, "h"),
        ("not authorised", Credentials(password="x"), ProblemCode.PIN_REFUSED, "h"),
        ("not authorised", Credentials(token="x"), ProblemCode.TOKEN_REFUSED, "h"),
        ("group does not exist", Credentials(), ProblemCode.ROOM_NOT_FOUND, "h"),
        ("too many users", Credentials(), ProblemCode.ROOM_FULL, "h"),
        ("Back\n at  nine.", Credentials(), ProblemCode.ENTRY_CLOSED, "Back at nine"),
        ("", Credentials(), ProblemCode.ENTRY_DENIED, "h"),
    ],
)
def test_a_refusal_is_told_in_the_meetings_terms(
    value: str, given: Credentials, code: ProblemCode, subject: str
) -> None:
    said = parse(json.dumps({"type": "joined", "kind": "fail", "value": value}))
    problem = refused(said, "h", given).problem
    assert (problem.code, problem.subject) == (code, subject)


def test_who_is_put_out_hears_why_where_that_was_said() -> None:
    assert removed("", "h").code is ProblemCode.REMOVED
    assert removed("you have been kicked out", "h").code is ProblemCode.REMOVED
    problem = removed("no  singing.", "h")
    assert (problem.code, problem.subject) == (ProblemCode.REMOVED_BECAUSE, "no singing")
    assert len(one_line("x" * 1_000)) == 200
