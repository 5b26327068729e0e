from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.net.hosts import authority, is_loopback, is_private


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost", "LocalHost", "localhost."])
def test_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["", "10.0.0.1", "0.0.0.0", "localhost.example.org", "127.0.0.1.example.org", "2130706433", "::", "127.1"]
)
def test_other_machines(host: str) -> None:
    assert not is_loopback(host)


@given(st.text())
def test_never_raises(host: str) -> None:
    assert is_loopback(host) in {True, False}


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://Visio.Example.org:8443/x", "visio.example.org:8443"),
        ("https://[::1]:80/x", "[::1]:80"),
        ("https://visi\N{CYRILLIC SMALL LETTER O}.example.org/x", "xn--visi-85d.example.org"),
        ("https://Caf\N{LATIN SMALL LETTER E WITH ACUTE}.example.org:8443/x", "xn--caf-dma.example.org:8443"),
        ("https://\N{RIGHT-TO-LEFT OVERRIDE}gro.example/x", ""),
        ("https://\ud800.example/x", ""),
        ("mailto:x", ""),
    ],
)
def test_a_host_is_never_mistaken_for_another(address: str, shown: str) -> None:
    assert authority(urlsplit(address)) == shown


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("10.0.0.1", True),
        ("172.16.3.4", True),
        ("192.168.1.1", True),
        ("169.254.1.1", True),
        ("100.64.0.1", True),
        ("fd00::1", True),
        ("[fe80::1]", True),
        ("printer", True),
        ("nas.local", True),
        ("meet.internal.", True),
        ("127.1", True),
        ("0x7f.0.0.1", True),
        ("10.0.0.1.", True),
        ("0.0.0.0", True),
        ("::", True),
        ("127.0.0.1", False),
        ("localhost", False),
        ("8.8.8.8", False),
        ("2001:4860:4860::8888", False),
        ("meet.example.org", False),
        ("10.example.org", False),
    ],
)
def test_private_networks(host: str, private: bool) -> None:
    assert is_private(host) is private
