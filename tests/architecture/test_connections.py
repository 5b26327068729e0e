"""No connection goes past the ledger: what can open one is called in the named modules only."""

from __future__ import annotations

import ast

import pytest

from tests.helpers.sources import PACKAGE, PACKAGE_SOURCES, Source

OPENERS = {
    "socket": "a socket",
    "create_connection": "a connection",
    "open_connection": "a connection",
    "start_connection": "a connection",
    "create_datagram_endpoint": "packets",
    "sock_connect": "a connection",
    "getaddrinfo": "a look-up",
    "gethostbyname": "a look-up",
    "urlopen": "a request",
    "ClientSession": "a session",
    "TCPConnector": "connections past the ledger",
    "QTcpSocket": "a connection",
    "QUdpSocket": "packets",
    "QSslSocket": "a connection",
    "QWebSocket": "a connection",
    "QNetworkAccessManager": "requests",
    "QWebEngineProfileBuilder": "a web engine",
}
MAY = {
    "net/dial.py": "notes every connection over TCP",
    "net/web.py": "its sessions connect by `net/connector.py`, and that by the dialer",
    "net/probe.py": "notes the names it looks up",
    "net/pac.py": "notes the names a script asks for",
    "rtc/ice/sockets.py": "UDP, metered by `rtc/ice/gathering.py`",
    "rtc/ice/reaching.py": "UDP to relays, metered where it is opened",
    "rtc/ice/gathering.py": "names of STUN servers, noted before they are asked",
    "login/view.py": "the web engine, which goes through `net/gate.py` only",
    "system/instance.py": "a socket file of this machine",
    "system/network_events.py": "the kernel's news; a UDP socket that is connected to learn our address sends nothing",
}


def inside(source: Source) -> str:
    return source.path.relative_to(PACKAGE).as_posix()


def opened(source: Source) -> set[str]:
    """The names of openers this module calls."""
    found = set()
    for node in ast.walk(source.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in OPENERS:
                found.add(name)
            case _:
                continue
    return found


def test_only_the_named_modules_open_connections() -> None:
    found = {inside(source): opened(source) for source in PACKAGE_SOURCES if inside(source) not in MAY}
    assert {name: what for name, what in found.items() if what} == {}


def test_no_library_is_used_that_would_open_its_own() -> None:
    others = {"requests", "httpx", "websockets", "http", "ftplib", "smtplib", "telnetlib"}
    assert [str(source) for source in PACKAGE_SOURCES if source.imports() & others] == []


def test_each_of_them_does() -> None:
    by_name = {inside(source): source for source in PACKAGE_SOURCES}
    assert [name for name in MAY if not opened(by_name[name])] == []


@pytest.mark.parametrize("name", ["rtc/ice/gathering.py", "rtc/ice/reaching.py"])
def test_what_opens_packets_meters_them(name: str) -> None:
    source = next(source for source in PACKAGE_SOURCES if inside(source) == name)
    calls = [
        node.func.id for node in ast.walk(source.tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    assert "meter_datagrams" in calls
