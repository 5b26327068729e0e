from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.certificates import Authority
from visio_desktop.engine.login_problem import problem_of
from visio_desktop.engine.login_program import LoginFailed
from visio_desktop.login.wire import Failure
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.texts import tr

HOST = "meet.example.org"


@pytest.mark.parametrize(
    ("failed", "problem"),
    [
        (LoginFailed(Failure.CANCELLED), None),
        (LoginFailed(Failure.CRASHED), Problem(ProblemCode.LOGIN_FAILED, HOST)),
        (LoginFailed(Failure.UNTRUSTED), Problem(ProblemCode.TLS_UNTRUSTED, HOST)),
        (LoginFailed(Failure.UNTRUSTED, "sso.example", "rubbish"), Problem(ProblemCode.TLS_UNTRUSTED, "sso.example")),
        (
            LoginFailed(Failure.NOT_ALLOWED, "sso.example"),
            Problem(ProblemCode.ONWARD_NOT_ALLOWED, "sso.example"),
        ),
        (LoginFailed(Failure.NO_ENGINE), Problem(ProblemCode.LOGIN_MISSING, HOST)),
    ],
)
def test_why_in_the_meetings_terms(failed: LoginFailed, problem: Problem | None) -> None:
    assert problem_of(failed, HOST) == problem


def test_a_certificate_that_is_not_trusted_is_told_with_its_host_and_issuer(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    shown = authority.issue("sso.example")[0].read_text(encoding="ascii")
    subject = tr("problems.tls_subject", host="sso.example", issuer="The test's authority")
    problem = problem_of(LoginFailed(Failure.UNTRUSTED, "sso.example", shown), HOST)
    assert problem == Problem(ProblemCode.TLS_UNTRUSTED, subject)
    own = problem_of(LoginFailed(Failure.UNTRUSTED, "", authority.file.read_text(encoding="ascii")), HOST)
    assert own is not None
    assert own.code is ProblemCode.TLS_OWN
