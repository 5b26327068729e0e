from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.helpers.certificates import Authority
from visio_desktop.net import NotAllowed, PacFailed
from visio_desktop.net.logins import NoLogins
from visio_desktop.net.proxies import Proxy
from visio_desktop.net.routes import DIRECT, Chooser, Route
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


async def test_the_servers_allowed_hold_for_every_connection(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "settings.json")
    network = Network(settings, NoLogins())
    bounds = network.options().bounds
    assert bounds is network.dialer.bounds
    bounds.refuse("media.example.org")
    settings.put("allowed_servers", ("meet.example.org", "10.0.0.1"))
    bounds.refuse_named("10.0.0.1", "meet.example.org")
    with pytest.raises(NotAllowed):
        bounds.refuse("media.example.org")
    with pytest.raises(NotAllowed):
        await network.dialer.connect(asyncio.Protocol, "media.example.org", 443, secure=True)
    assert network.ledger.contacts() == ()


async def test_what_is_chosen_holds_from_the_next_connection_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://system.example.org:1")
    settings = Settings(tmp_path / "settings.json")
    network = Network(settings, NoLogins())
    assert await network.dialer.via("meet.example.org", 443) == "http://system.example.org:1"
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
    assert await network.dialer.via("meet.example.org", 443) == "http://proxy.example.org:3128"
    assert network.dialer.context() is not tls_context()
    assert network.dialer.context() is network.dialer.context()
    options = network.options()
    assert (options.relay_only, options.udp_ports, options.dscp) == (True, (50_000, 50_100), 34)
    assert options.dscp_sound == 46


async def test_what_is_decided_holds_against_what_is_chosen(tmp_path: Path) -> None:
    decided = {
        "ProxyMode": "manual",
        "ProxyUrl": "decided.example.org:8080",
        "RelayOnly": True,
        "UdpPorts": "40000-40010",
        "MarkPackets": True,
        "Dscp": 46,
        "DscpSound": 10,
        "ExtraCaFile": str(Authority(tmp_path).file),
    }
    found = resolve((Found(tuple(given(name, raw, "policies.json") for name, raw in decided.items())),))
    settings = Settings(tmp_path / "settings.json", lambda: found)
    for key, text in (("proxy_mode", "none"), ("relay_only", "false"), ("udp_ports", ""), ("extra_ca_file", "")):
        settings.remember(key, text)
    network = Network(settings, NoLogins())
    assert await network.dialer.via("meet.example.org", 443) == "http://decided.example.org:8080"
    assert network.dialer.context() is not tls_context()
    options = network.options()
    assert (options.relay_only, options.udp_ports, options.dscp) == (True, (40_000, 40_010), 46)
    assert options.dscp_sound == 10


def test_the_codecs_of_pictures_are_those_decided(tmp_path: Path) -> None:
    found = Found((given("VideoCodecs", ["h264"], "here"),))
    network = Network(Settings(tmp_path / "settings.json", lambda: resolve((found,))), NoLogins())
    assert network.options().video_codecs == ("h264",)


def network_by_script(tmp_path: Path, script: str | None, **policy: object) -> tuple[Network, str]:
    path = tmp_path / "proxy.pac"
    if script is not None:
        path.write_text(f"function FindProxyForURL(url, host) {{ {script} }}", encoding="utf-8")
    settings = Settings(tmp_path / "settings.json")
    if policy:
        decided = {"ProxyPacUrl": path.as_uri(), **policy}
        found = resolve((Found(tuple(given(name, raw, "policies.json") for name, raw in decided.items())),))
        settings = Settings(tmp_path / "settings.json", lambda: found)
    else:
        settings.put("proxy_mode", "pac")
        settings.put("proxy_pac_url", path.as_uri())
    return Network(settings, NoLogins()), path.as_uri()


async def test_a_script_says_which_way_and_this_machine_is_never_asked_for(tmp_path: Path) -> None:
    network, url = network_by_script(tmp_path, "return 'PROXY p.example:1; DIRECT'")
    assert await network.route("meet.example.org", 443) == Route((Proxy("p.example", 1), None), Chooser.SETTING, url)
    assert await network.route("127.0.0.1", 443) == DIRECT
    assert await network.dialer.via("meet.example.org", 443) == "http://p.example:1"


async def test_a_script_that_fails_is_passed_by_unless_the_organisation_locked_it(tmp_path: Path) -> None:
    network, url = network_by_script(tmp_path, None)
    assert await network.route("meet.example.org", 443) == Route((None,), Chooser.SETTING, url)
    loose, _ = network_by_script(tmp_path, None, ProxyMode={"Value": "pac", "Locked": False})
    assert (await loose.route("meet.example.org", 443)).hops == (None,)
    strict, url = network_by_script(tmp_path, None, ProxyMode="pac")
    with pytest.raises(PacFailed) as failed:
        await strict.dialer.connect(asyncio.Protocol, "meet.example.org", 443, secure=True)
    assert failed.value.host == url


async def test_the_systems_script_is_followed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "proxy.pac"
    path.write_text("function FindProxyForURL(url, host) { return 'HTTPS p.example:2' }", encoding="utf-8")
    monkeypatch.setenv("auto_proxy", path.as_uri())
    network = Network(Settings(tmp_path / "settings.json"), NoLogins())
    expected = Route((Proxy("p.example", 2, secure=True),), Chooser.SYSTEM, path.as_uri())
    assert await network.route("meet.example.org", 443) == expected


async def test_media_and_all_else_are_counted_in_one_ledger(tmp_path: Path) -> None:
    network = Network(Settings(tmp_path / "settings.json"), NoLogins())
    assert network.options().ledger is network.dialer.ledger is network.ledger
