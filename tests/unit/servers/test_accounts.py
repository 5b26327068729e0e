from __future__ import annotations

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.accounts import AccountError, Login, LoginOver
from visio_desktop.servers.port import ServersError


def test_a_refusal_carries_its_problem_and_no_secret() -> None:
    over = LoginOver(Problem(ProblemCode.LOGIN_EXPIRED, "h.example"), "401")
    assert isinstance(over, AccountError)
    assert isinstance(over, ServersError)
    assert str(over) == "login_expired h.example: 401"
    assert "sesame" not in repr(Login("https://h.example", {"sessionid": "sesame"}))
