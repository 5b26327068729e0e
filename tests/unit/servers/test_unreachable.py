from __future__ import annotations

import pytest

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net.errors import (
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
    Shown,
    Silent,
    TlsUntrusted,
)
from visio_desktop.servers.unreachable import unreachable
from visio_desktop.system.texts import tr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (HostUnknown("h"), ProblemCode.HOST_UNKNOWN),
        (HostUnreachable("h"), ProblemCode.HOST_UNREACHABLE),
        (TlsUntrusted("h"), ProblemCode.TLS_UNTRUSTED),
        (TlsUntrusted("h", shown=Shown(ended="2026-01-01")), ProblemCode.TLS_EXPIRED),
        (TlsUntrusted("h", shown=Shown(vouches_for_itself=True)), ProblemCode.TLS_OWN),
        (NotAllowed("h"), ProblemCode.ONWARD_NOT_ALLOWED),
        (Inward("h"), ProblemCode.ONWARD_PRIVATE),
        (PacFailed("h"), ProblemCode.PAC_FAILED),
        (Silent("h"), ProblemCode.SERVER_SILENT),
        (ProxyUnreachable("h"), ProblemCode.PROXY_UNREACHABLE),
        (ProxyRefused("h", 403), ProblemCode.PROXY_REFUSED),
        (ProxyAuthFailed("h"), ProblemCode.PROXY_LOGIN),
        (Refused("h", 401), ProblemCode.TOKEN_REFUSED),
        (Refused("h", 503), ProblemCode.HOST_UNREACHABLE),
        (Refused("h", 404), ProblemCode.SERVER_NOT_UNDERSTOOD),
    ],
)
def test_the_network(error: NetError, code: ProblemCode) -> None:
    problem = unreachable(error)
    assert (problem.code, problem.subject) == (code, "h")


def test_a_certificate_is_told_with_its_host_and_issuer() -> None:
    problem = unreachable(TlsUntrusted("h", shown=Shown("Example CA", ended="2026-01-01")))
    said = tr("problems.tls_expired", subject=problem.subject)
    assert "h (" in said
    assert "Example CA" in said
