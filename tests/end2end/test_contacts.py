"""Nobody is talked to but those who are configured, and everybody who is talked to is in the ledger.

Shown by looking at every packet of TCP and UDP that leaves a network namespace, names that are looked up included.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.certificates import Authority
from tests.helpers.names import Names
from tests.helpers.native_peer import NativePeer
from tests.helpers.program import FOLDERS
from tests.helpers.sniffer import Seen, Sniffer
from tests.helpers.ways import FRONT, MEDIA, TURN, Ground, Way

MEET, LOGIN, SCRIPT = "meet.example.test", "login.example.test", "script.example.test"
ELSEWHERE = "elsewhere.example.test"
MEET_PORT, LOGIN_PORT, BAD_PORT, SCRIPT_PORT = 8443, 9443, 9444, 8000
PAC = f"http://{SCRIPT}:{SCRIPT_PORT}/proxy.pac"
IDLE_S = 8.0
HOSTILE = f"""<!doctype html><body><script>
const peer = new RTCPeerConnection({{iceServers: [{{urls: "stun:{TURN}:3478"}}, {{urls: "stun:{ELSEWHERE}:3478"}}]}});
peer.createDataChannel("x");
peer.createOffer().then((offer) => peer.setLocalDescription(offer));
fetch("https://{ELSEWHERE}/").catch(() => 0);
setTimeout(() => location.href = "https://{LOGIN}:{BAD_PORT}/", 1500);
</script>"""
"""A login's page that tries to reach others past the proxy, by WebRTC, and then goes where no certificate is good."""


@pytest.fixture(scope="module")
def way() -> Iterator[Way]:
    """LiveKit behind TLS with a name, its relays, a login nobody vouches for, and a script that says how to get there.

    The script sends what has no name of ours to a proxy that nobody runs: it would show.
    """
    with Ground() as ground, ground.way("udp") as way, ExitStack() as stack:
        a = ground.link.a
        folder = ground.authority.file.parent / "script"
        folder.mkdir()
        rule = "return dnsDomainIs(host, '.test') ? 'DIRECT' : 'PROXY proxy.test:1'"
        (folder / "proxy.pac").write_text(f"function FindProxyForURL(url, host) {{ {rule} }}", encoding="utf-8")
        page = folder / "api" / "v1.0" / "authenticate" / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text(HOSTILE, encoding="utf-8")
        stack.enter_context(Names(a, ground.link.b, {MEET: FRONT, LOGIN: FRONT, SCRIPT: a.address}))
        livekit, pages = ground.livekit.url.removeprefix("ws://").split(":"), [a.address, str(SCRIPT_PORT)]
        ours, nobodys = ground.authority, Authority(folder)
        fronts = ((MEET, ours, MEET_PORT, livekit), (LOGIN, ours, LOGIN_PORT, pages), (LOGIN, nobodys, BAD_PORT, pages))
        for name, authority, port, there in fronts:
            files = map(str, authority.issue(name))
            ground._start(stack, "tests.helpers.tls_front", FRONT, str(port), *files, *there)
        command = [*a.prefix, sys.executable, "-u", "-m", "http.server", str(SCRIPT_PORT), "--bind", a.address]
        server = subprocess.Popen([*command, "-d", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        stack.callback(server.communicate)
        stack.callback(server.kill)
        assert server.stdout is not None
        assert b"Serving" in server.stdout.readline()
        yield way


def program(way: Way, home: Path, *arguments: str) -> subprocess.Popen[str]:
    """The program in the near namespace, with settings of its own."""
    home.mkdir(exist_ok=True)
    settings = home / "visio-desktop" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps(chosen(way)), encoding="utf-8")
    own = {**dict.fromkeys(FOLDERS, str(home)), "QT_QPA_PLATFORM": "offscreen", "PULSE_SERVER": "unix:/nowhere"}
    return subprocess.Popen(
        [*way.ground.link.b.prefix, sys.executable, "-m", "visio_desktop", *arguments],
        env={**os.environ, **way.ground.livekit.environment, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def chosen(way: Way) -> dict[str, Any]:
    return {"proxy_mode": "pac", "proxy_pac_url": PAC, "extra_ca_file": str(way.ground.authority.file)}


def unexplained(seen: Seen, contacts: list[dict[str, Any]], way: Way) -> tuple[set[Any], set[str]]:
    """Where packets went and what was looked up without a line in the ledger; the name server is the system's."""
    told = {(c["protocol"], address, c["port"]) for c in contacts for address in c["addresses"]}
    told.add(("udp", way.ground.link.a.address, 53))
    return set(seen.destinations - told), set(seen.names - {contact["host"] for contact in contacts})


def hosts(contacts: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(contact["host"], contact["purpose"]) for contact in contacts}


async def test_a_whole_meeting_talks_to_whom_it_names_and_to_nobody_else(way: Way, tmp_path: Path) -> None:
    link = f"livekit+wss://{MEET}:{MEET_PORT}?room=ground"
    media = ("--camera", "test", "--microphone", "test", "--speaker", "null")
    files = ("--report", str(tmp_path / "report.json"), "--ledger", str(tmp_path / "ledger.json"))
    async with NativePeer(way.ground.link.a.prefix) as native:
        await native.join(way.ground.livekit.url, way.ground.livekit.token("ground", "bob"))
        await native.publish_video(fps=10)
        with Sniffer(way.ground.link.b) as sniffer:
            run = program(
                way, tmp_path, "join", link, "--name", "Ada", "--no-prejoin", "--duration", "6", *media, *files
            )
            _, said = await asyncio.to_thread(run.communicate, timeout=90)
    assert run.returncode == 0, said
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["first_remote_video_frame"] is not None
    assert {publication["source"] for publication in report["publications"]} == {"camera", "microphone"}
    contacts = json.loads((tmp_path / "ledger.json").read_text(encoding="utf-8"))["contacts"]
    assert sniffer.seen.lost == 0
    assert unexplained(sniffer.seen, contacts, way) == (set(), set())
    assert {(MEET, "signalling"), (SCRIPT, "pac"), (MEDIA, "media")} <= hosts(contacts)
    assert {host for host, _ in hosts(contacts)} <= {MEET, SCRIPT, MEDIA, TURN}
    media_bytes = sum(c["sent_bytes"] for c in contacts if c["purpose"] == "media")
    assert media_bytes > 50_000
    assert {MEET, SCRIPT} <= sniffer.seen.names


def test_a_login_that_fails_talks_to_its_server_alone(way: Way, tmp_path: Path) -> None:
    """By the web engine, which has to go through the gate: it looks up no names, and no page gets around it."""
    plan = {"server": f"https://{LOGIN}:{LOGIN_PORT}", "folder": str(tmp_path), "settings": chosen(way)}
    with Sniffer(way.ground.link.b) as sniffer:
        done = way.run([sys.executable, "-m", "tests.helpers.login_once", json.dumps(plan)], timeout_s=90)
    told = json.loads(done.stdout)
    assert told["failed"] == "untrusted"
    assert hosts(told["contacts"]) == {(LOGIN, "login"), (ELSEWHERE, "login"), (SCRIPT, "pac")}
    assert {c["port"] for c in told["contacts"] if c["host"] == LOGIN} == {LOGIN_PORT, BAD_PORT}
    assert unexplained(sniffer.seen, told["contacts"], way) == (set(), set())
    assert sniffer.seen.names == {LOGIN, ELSEWHERE, SCRIPT}
    assert {protocol for protocol, _, port in sniffer.seen.destinations if port != 53} == {"tcp"}


def test_nobody_is_talked_to_while_nothing_is_done(way: Way, tmp_path: Path) -> None:
    """A few seconds here; `./dev bench idle --minutes 60` looks for an hour."""
    with Sniffer(way.ground.link.b) as sniffer:
        run = program(way, tmp_path, "--background")
        with pytest.raises(subprocess.TimeoutExpired):
            run.wait(IDLE_S)
        run.send_signal(signal.SIGTERM)
        run.communicate(timeout=30)
    assert sniffer.seen == Seen(frozenset(), frozenset(), 0, 0)
