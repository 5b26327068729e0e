"""Every way through a firewall, with LiveKit, coturn and a proxy in another network namespace."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.native_peer import NativePeer
from tests.helpers.ways import TURN, WAYS, Ground, Way

EXPECTED = {
    "udp": ("udp", "host"),
    "ice_tcp": ("tcp", "host"),
    "turn_udp": ("udp", "relay"),
    "turn_tcp": ("tcp", "relay"),
    "turn_tls": ("tls", "relay"),
    "proxy": ("tls", "relay"),
}
JOINED_WITHIN_MS = 6_000


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with Ground(delay_ms=10) as ground:
        yield ground


@pytest.mark.parametrize("name", WAYS)
def test_every_way_leads_into_the_meeting(ground: Ground, name: str) -> None:
    with ground.way(name) as way:
        first, join = way.join(count=2)
    assert first["error"] == join["error"] == ""
    assert (join["descriptors"], join["tasks"]) == (first["descriptors"], 1)
    assert (join["path"]["protocol"], join["path"]["candidate"]) == EXPECTED[name]
    assert (join["path"]["proxy"] != "") is (name == "proxy")
    assert join["media_ms"] < JOINED_WITHIN_MS


@pytest.mark.parametrize("name", ["ice_tcp", "proxy"])
async def test_pictures_come_over_tcp(ground: Ground, name: str) -> None:
    with ground.way(name) as way:
        async with NativePeer(ground.link.a.prefix) as native:
            await native.join(ground.livekit.url, ground.livekit.token("ground", "bob"))
            await native.publish_video(fps=15)
            plan = json.dumps(way.plan() | {"frames": 60})
            command = [sys.executable, "-m", "tests.helpers.joiner", plan]
            told = await asyncio.to_thread(way.run, command, timeout_s=60)
    join = json.loads(told.stdout)
    assert join["error"] == ""
    assert (join["path"]["protocol"], join["path"]["candidate"]) == EXPECTED[name]


def test_a_proxy_that_does_not_know_us_is_named(ground: Ground) -> None:
    with ground.way("proxy") as way:
        plan = way.plan() | {"login": ["EXAMPLE\\bob", "wrong"]}
        told = way.run([sys.executable, "-m", "tests.helpers.joiner", json.dumps(plan)], timeout_s=60)
    assert json.loads(told.stdout)["error"] == "proxy_login"


def test_a_script_leads_signalling_and_relay_through_the_proxy(ground: Ground, tmp_path: Path) -> None:
    """A proxy that is gone comes first, the one that asks who we are next, the direct way last: it is closed here."""
    with ground.way("proxy") as way:
        plan = way.plan()
        places = f"PROXY 10.9.0.1:9; PROXY {plan['proxy'].removeprefix('http://')}; DIRECT"
        (tmp_path / "proxy.pac").write_text(f"function FindProxyForURL(url, host) {{ return '{places}' }}", "ascii")
        plan |= {"proxy": "", "pac": (tmp_path / "proxy.pac").as_uri()}
        told = way.run([sys.executable, "-m", "tests.helpers.joiner", json.dumps(plan)], timeout_s=60)
    join = json.loads(told.stdout)
    assert join["error"] == ""
    assert join["path"] == {"protocol": "tls", "candidate": "relay", "proxy": way.plan()["proxy"]}


def check(way: Way, folder: Path) -> tuple[int, dict[str, dict[str, Any]], dict[str, Any]]:
    """Run the program's own check as a person would, with the way's settings."""
    plan = way.plan()
    settings = {"extra_ca_file": plan["authorities"], "proxy_mode": "none"}
    environment = {**os.environ, "XDG_CONFIG_HOME": str(folder), **way.ground.livekit.environment}
    if plan["proxy"]:
        settings["proxy_mode"] = "system"
        environment["https_proxy"] = plan["proxy"].replace("//", "//EXAMPLE%5Cada:s%C3%A9same-ouvre-toi@")
    (folder / "visio-desktop").mkdir()
    (folder / "visio-desktop" / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "visio_desktop", "check", way.link, "--json"]
    done = way.run(command, timeout_s=90, environment=environment)
    value = json.loads(done.stdout)
    assert "sésame" not in done.stdout + done.stderr
    return done.returncode, {hop["name"]: hop for hop in value["hops"]}, value


@pytest.mark.parametrize(
    ("name", "works", "failed"),
    [("ice_tcp", "ice_tcp", "ice_udp"), ("turn_tls", "turn_tls", "ice_udp"), ("proxy", "turn_tls", "ice_udp")],
)
def test_the_check_names_the_way_that_works(ground: Ground, tmp_path: Path, name: str, works: str, failed: str) -> None:
    with ground.way(name) as way:
        status, hops, value = check(way, tmp_path)
    assert status == 0, value
    assert (value["works"], value["failed"]) == (works, failed)
    assert hops[works]["state"] == "passed"
    measured = hops["quality"]["measured"]
    assert measured["rtt_ms"] > 0
    assert measured["uplink_bps"] > 0
    if name == "proxy":
        assert hops["proxy"]["state"] == hops["tls"]["state"] == "passed"
        assert hops["dns"]["state"] == hops["tcp"]["state"] == "skipped"
        assert hops["turn_tls"]["detail"].endswith("http://10.9.0.1:3128")
        assert "proxy" in hops["ice_tcp"]["problem"]
        assert "403" in hops["ice_tcp"]["detail"]


def test_the_check_fails_where_no_way_is_left(ground: Ground, tmp_path: Path) -> None:
    with ground.way("turn_tls") as way, ground.closed(TURN):
        status, hops, value = check(way, tmp_path)
    assert status == 3
    assert value["works"] is None
    assert f"{TURN}: port 443" in hops["turn_tls"]["detail"]
    assert hops["signalling"]["state"] == "passed"
    assert {hop["state"] for name, hop in hops.items() if name.startswith(("ice", "turn"))} == {"failed", "skipped"}
