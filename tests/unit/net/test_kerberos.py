"""Kerberos' own parts are tried with a real realm in `tests/end2end/test_kerberos.py`."""

from __future__ import annotations

import pytest

from visio_desktop.net import kerberos
from visio_desktop.net.kerberos import Context, KerberosError


@pytest.fixture(autouse=True)
def _no_tickets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRB5CCNAME", "FILE:/nowhere/at/all")


def test_without_a_ticket_there_is_no_token() -> None:
    with pytest.raises(KerberosError):
        Context("proxy.example.org").step(b"")


@pytest.mark.parametrize("token", [b"\x00", b"\xff" * 300, b"x" * 100_000])
def test_rubbish_is_refused(token: bytes) -> None:
    with pytest.raises(KerberosError):
        Context("proxy.example.org").step(token)


def test_a_machine_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kerberos, "_LIBRARIES", {})
    kerberos._library.cache_clear()
    with pytest.raises(KerberosError):
        Context("proxy.example.org").step(b"")
    kerberos._library.cache_clear()
