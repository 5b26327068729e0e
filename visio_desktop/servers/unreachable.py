"""The network's ways to say no, in the meeting's terms."""

from __future__ import annotations

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import (
    HostUnknown,
    HostUnreachable,
    Inward,
    NetError,
    NotAllowed,
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


_CODES: dict[type[NetError], ProblemCode] = {
    HostUnknown: ProblemCode.HOST_UNKNOWN,
    HostUnreachable: ProblemCode.HOST_UNREACHABLE,
    NotAllowed: ProblemCode.ONWARD_NOT_ALLOWED,
    Inward: ProblemCode.ONWARD_PRIVATE,
    PacFailed: ProblemCode.PAC_FAILED,
    ProxyUnreachable: ProblemCode.PROXY_UNREACHABLE,
    ProxyRefused: ProblemCode.PROXY_REFUSED,
    ProxyAuthFailed: ProblemCode.PROXY_LOGIN,
    Silent: ProblemCode.SERVER_SILENT,
}


def unreachable(error: NetError) -> Problem:
    """The network or the server did not let us through."""
    match error:
        case TlsUntrusted(shown=shown):
            return Problem(_distrust(shown), _with_issuer(error.host, shown.issuer))
        case Refused(status=status) if status in UNAUTHORISED:
            code = ProblemCode.TOKEN_REFUSED
        case Refused(status=status) if status in _GATEWAY_ERRORS:
            code = ProblemCode.HOST_UNREACHABLE
        case _:
            code = _CODES.get(type(error), ProblemCode.SERVER_NOT_UNDERSTOOD)
    return Problem(code, error.host)


def _distrust(shown: Shown) -> ProblemCode:
    if shown.ended:
        return ProblemCode.TLS_EXPIRED
    return ProblemCode.TLS_OWN if shown.vouches_for_itself else ProblemCode.TLS_UNTRUSTED


def _with_issuer(host: str, issuer: str) -> str:
    return tr("problems.tls_subject", host=host, issuer=issuer) if issuer else host
