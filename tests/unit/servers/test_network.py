from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.certificates import Authority
from visio_desktop.net.logins import NoLogins
from visio_desktop.net.trust import tls_context
from visio_desktop.servers.network import Network
from visio_desktop.settings.policies import Found, given, resolve
from visio_desktop.settings.store import Settings


def test_by_default_all_is_allowed_and_nothing_marked(tmp_path: Path) -> None:
    network = Network(Settings(tmp_path / "settings.json"), NoLogins())
    options = network.options()
    assert options.dialer is network.dialer
    assert (options.relay_only, options.allow_udp, options.allow_tcp) == (False, True, True)
    assert (options.udp_ports, options.dscp) == (None, 0)
    assert network.dialer.context() is tls_context()


def test_what_is_chosen_holds_from_the_next_connection_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://system.example.org:1")
    settings = Settings(tmp_path / "settings.json")
    network = Network(settings, NoLogins())
    assert network.dialer.via("meet.example.org", 443) == "http://system.example.org:1"
    chosen: dict[str, str | bool] = {
        "proxy_mode": "manual",
        "proxy_url": "proxy.example.org:3128",
        "extra_ca_file": str(Authority(tmp_path).file),
        "relay_only": True,
        "udp_ports": "50000-50100",
        "mark_packets": True,
    }
    for key, value in chosen.items():
        settings.put(key, value)
    assert network.dialer.via("meet.example.org", 443) == "http://proxy.example.org:3128"
    assert network.dialer.context() is not tls_context()
    assert network.dialer.context() is network.dialer.context()
    options = network.options()
    assert (options.relay_only, options.udp_ports, options.dscp) == (True, (50_000, 50_100), 34)


def test_what_is_decided_holds_against_what_is_chosen(tmp_path: Path) -> None:
    decided = {
        "ProxyMode": "manual",
        "ProxyUrl": "decided.example.org:8080",
        "RelayOnly": True,
        "UdpPorts": "40000-40010",
        "MarkPackets": True,
        "Dscp": 46,
        "ExtraCaFile": str(Authority(tmp_path).file),
    }
    found = resolve((Found(tuple(given(name, raw, "policies.json") for name, raw in decided.items())),))
    settings = Settings(tmp_path / "settings.json", lambda: found)
    for key, text in (("proxy_mode", "none"), ("relay_only", "false"), ("udp_ports", ""), ("extra_ca_file", "")):
        settings.remember(key, text)
    network = Network(settings, NoLogins())
    assert network.dialer.via("meet.example.org", 443) == "http://decided.example.org:8080"
    assert network.dialer.context() is not tls_context()
    options = network.options()
    assert (options.relay_only, options.udp_ports, options.dscp) == (True, (40_000, 40_010), 46)
