from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.certificates import Authority
from visio_desktop.net.logins import NoLogins
from visio_desktop.net.trust import tls_context
from visio_desktop.servers.network import Network
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
