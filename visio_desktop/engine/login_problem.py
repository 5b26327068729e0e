"""Why a login failed, in the meeting's terms."""

from __future__ import annotations

import ssl
from typing import Final

from visio_desktop.engine.login_program import LoginFailed
from visio_desktop.login.wire import Failure
from visio_desktop.meeting.values import Problem, ProblemCode

_WHY: Final = {
    Failure.UNREACHABLE: ProblemCode.HOST_UNREACHABLE,
    Failure.UNTRUSTED: ProblemCode.TLS_UNTRUSTED,
    Failure.NO_ENGINE: ProblemCode.LOGIN_MISSING,
    Failure.NOT_ALLOWED: ProblemCode.ONWARD_NOT_ALLOWED,
}


def problem_of(failed: LoginFailed, host: str) -> Problem | None:
    """What is wrong with the login at `host`, None where the person gave up.

    A certificate that is not trusted may be another host's, the organisation's login page for one.
    """
    if failed.why is Failure.CANCELLED:
        return None
    if failed.why is Failure.UNTRUSTED and failed.certificate:
        return _distrust(failed.host or host, failed.certificate)
    subject = failed.host if failed.why is Failure.NOT_ALLOWED else host
    return Problem(_WHY.get(failed.why, ProblemCode.LOGIN_FAILED), subject)


def _distrust(host: str, certificate: str) -> Problem:
    from visio_desktop.net.certificate import describe  # noqa: PLC0415 - few need it
    from visio_desktop.net.errors import TlsUntrusted  # noqa: PLC0415 - as above
    from visio_desktop.servers.unreachable import unreachable  # noqa: PLC0415 - as above

    try:
        shown = describe(ssl.PEM_cert_to_DER_cert(certificate))
    except ValueError:
        shown = None
    return unreachable(TlsUntrusted(host, shown=shown))
