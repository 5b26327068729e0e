"""Single sign-on at a proxy, with a real key distribution centre and tickets of whoever is logged in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.proxy import proxying
from tests.helpers.realm import NAME, REALM, SERVICE_HOST, Acceptor, Realm
from tests.helpers.streams import Kept, echoing
from visio_desktop.net import ProxyAuthFailed
from visio_desktop.net.dial import Dialer
from visio_desktop.net.kerberos import Context, KerberosError
from visio_desktop.net.proxies import Proxy


@pytest.fixture(scope="module")
def realm() -> Iterator[Realm]:
    with Realm() as realm:
        yield realm


@pytest.fixture
def acceptor(realm: Realm, monkeypatch: pytest.MonkeyPatch) -> Iterator[Acceptor]:
    for name, value in realm.environment.items():
        monkeypatch.setenv(name, value)
    acceptor = realm.acceptor()
    yield acceptor
    acceptor.close()


async def test_the_person_who_is_logged_in_gets_through_without_a_password(acceptor: Acceptor) -> None:
    async with echoing() as port, proxying("negotiate", accepts=acceptor.judge) as proxy:
        dialer = Dialer(lambda _host, _port: Proxy(SERVICE_HOST, proxy.port))
        for _ in range(2):
            transport, kept = await dialer.connect(Kept, "127.0.0.1", port, secure=False, timeout_s=10)
            transport.write(b"hello")
            await kept.until(5)
            transport.abort()
        assert proxy.people == [f"{NAME}@{REALM}"] * 2
        assert proxy.challenges == 1


async def test_without_a_ticket_nobody_gets_through(acceptor: Acceptor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRB5CCNAME", "FILE:/nowhere/at/all")
    async with proxying("negotiate", accepts=acceptor.judge) as proxy:
        dialer = Dialer(lambda _host, _port: Proxy(SERVICE_HOST, proxy.port))
        with pytest.raises(ProxyAuthFailed):
            await dialer.connect(Kept, "127.0.0.1", 9, secure=False, timeout_s=10)
        assert proxy.people == []


def test_a_proxy_the_realm_does_not_know_is_told_nothing(acceptor: Acceptor) -> None:
    with pytest.raises(KerberosError):
        Context("another.example").step(b"")


def test_one_conversation_many_times_over_leaks_nothing_that_ends_it(acceptor: Acceptor) -> None:
    for _ in range(50):
        assert acceptor.judge(Context(SERVICE_HOST).step(b""))[0] == f"{NAME}@{REALM}"
