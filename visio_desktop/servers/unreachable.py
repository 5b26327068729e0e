"""The network's ways to say no, in the meeting's terms."""

from __future__ import annotations

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import (
    HostUnknown,
    HostUnreachable,
    NetError,
    PacFailed,
    ProxyAuthFailed,
    ProxyRefused,
    ProxyUnreachable,
    Refused,
    Silent,
    TlsUntrusted,
)
from visio_desktop.net.errors import Shown
from visio_desktop.system.texts import tr

UNAUTHORISED = (401, 403)
_GATEWAY_ERRORS = (502, 503, 504)


def unreachable(error: NetError) -> Problem:  # noqa: C901 - a table of one line each
    """The network or the server did not let us through."""
    match error:
        case HostUnknown():
            code = ProblemCode.HOST_UNKNOWN
        case TlsUntrusted(shown=shown):
            return Problem(_distrust(shown), _with_issuer(error.host, shown.issuer))
        case PacFailed():
            code = ProblemCode.PAC_FAILED
        case ProxyUnreachable():
            code = ProblemCode.PROXY_UNREACHABLE
        case ProxyRefused():
            code = ProblemCode.PROXY_REFUSED
        case ProxyAuthFailed():
            code = ProblemCode.PROXY_LOGIN
        case HostUnreachable():
            code = ProblemCode.HOST_UNREACHABLE
        case Silent():
            code = ProblemCode.SERVER_SILENT
        case Refused(status=status) if status in UNAUTHORISED:
            code = ProblemCode.TOKEN_REFUSED
        case Refused(status=status) if status in _GATEWAY_ERRORS:
            code = ProblemCode.HOST_UNREACHABLE
        case _:
            code = ProblemCode.SERVER_NOT_UNDERSTOOD
    return Problem(code, error.host)


def _distrust(shown: Shown) -> ProblemCode:
    if shown.ended:
        return ProblemCode.TLS_EXPIRED
    return ProblemCode.TLS_OWN if shown.vouches_for_itself else ProblemCode.TLS_UNTRUSTED


def _with_issuer(host: str, issuer: str) -> str:
    return tr("problems.tls_subject", host=host, issuer=issuer) if issuer else host
