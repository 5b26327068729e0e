from __future__ import annotations

from visio_desktop.net import HostUnknown, HostUnreachable, NetError, Refused, Silent, TlsUntrusted


def test_one_base_and_the_host_in_each() -> None:
    errors = [HostUnknown("h"), HostUnreachable("h"), TlsUntrusted("h", "why"), Refused("h", 401), Silent("h")]
    assert all(isinstance(e, NetError) and e.host == "h" for e in errors)
    assert str(errors[2]) == "h: why"


def test_a_refusal_tells_its_status() -> None:
    error = Refused("h", 401, "no")
    assert (error.status, str(error)) == (401, "h: 401 no")
