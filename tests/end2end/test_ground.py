"""The ground the other end-to-end tests stand on."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from livekit import rtc

from tests.helpers.chromium_peer import ChromiumPeer
from tests.helpers.link import Link
from tests.helpers.livekit_server import VERSIONS, LiveKitServer

ECHO = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("", 5000)); print("ready", flush=True)
while True:
    s.sendto(*s.recvfrom(100))
"""
PING = """
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.5)
for n in range(int(sys.argv[2])):
    t = time.monotonic(); s.sendto(b"%d" % n, (sys.argv[1], 5000))
    try:
        s.recvfrom(100); print((time.monotonic() - t) * 1000)
    except TimeoutError:
        pass
"""


@pytest.fixture
def link() -> Iterator[Link]:
    with Link(delay_ms=30) as link:
        echo = subprocess.Popen([*link.a.prefix, sys.executable, "-c", ECHO], stdout=subprocess.PIPE)
        assert echo.stdout is not None
        assert echo.stdout.readline() == b"ready\n"
        yield link
        echo.kill()
        echo.communicate()


def round_trips_ms(link: Link, count: int = 3) -> list[float]:
    command = [*link.b.prefix, sys.executable, "-c", PING, link.a.address, str(count)]
    out = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
    return [float(line) for line in out.splitlines()]


def test_the_link_delays_both_ways(link: Link) -> None:
    found_ms = round_trips_ms(link)
    assert len(found_ms) == 3
    assert all(58 < t < 200 for t in found_ms)


def test_the_link_changes_while_it_runs(link: Link) -> None:
    bad: list[dict[str, Any]] = [{"down": True}, {"block_udp": True}, {"loss": 1.0}]
    for conditions in bad:
        link.change(**conditions)
        assert round_trips_ms(link, 1) == []
        link.change(down=False, block_udp=False, loss=0.0)
        assert len(round_trips_ms(link, 1)) == 1


def test_the_link_has_a_rate(link: Link) -> None:
    link.change(delay_ms=0, rate_bps=8_000)  # a packet of 29 bytes takes 29 ms each way
    assert all(55 < t < 200 for t in round_trips_ms(link))


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_server_lets_people_in_and_throws_them_out(version: str) -> None:
    with LiveKitServer(version) as server:
        room = rtc.Room()
        gone = asyncio.Event()
        room.on("disconnected", lambda _reason: gone.set())
        await room.connect(server.url, server.token("ground", "ada"))
        found = await asyncio.to_thread(server.api, "ListParticipants", room="ground")
        assert [p["identity"] for p in found["participants"]] == ["ada"]
        await asyncio.to_thread(server.api, "RemoveParticipant", room="ground", identity="ada")
        await asyncio.wait_for(gone.wait(), 5)
        await room.disconnect()


async def test_two_browsers_see_and_hear_each_other() -> None:
    with LiveKitServer() as server:
        async with ChromiumPeer() as ada, ChromiumPeer() as bob:
            for peer, name, hz in ((ada, "ada", 440), (bob, "bob", 880)):
                await peer.join(server.url, server.token("ground", name, canUpdateOwnMetadata=True))
                await peer.publish_camera()
                await peer.publish_tone(hz)
            seen = await bob.until(lambda s: s.sees("ada") and s.hears("ada", 440))
            await ada.until(lambda s: s.sees("bob") and s.hears("bob", 880))
            picture = seen.publication("ada", "camera")
            assert picture is not None
            assert (picture["width"], picture["height"], picture["unread"]) == (640, 360, 0)
            assert min(picture["ages_ms"]) < 1000
            await bob.say("bonjour")
            await bob.say_legacy("1", "hello")
            await bob.hand(True)
            said = await ada.until(lambda s: len(s.chat) == 2)
            assert [(line["text"], line["way"]) for line in said.chat] == [("bonjour", "stream"), ("hello", "legacy")]
            await ada.until(lambda s: bool(s.raw["participants"][0]["attributes"].get("handRaisedAt")))
            await bob.mute("camera", True)
            await ada.until(lambda s: bool((s.publication("bob", "camera") or {}).get("muted")))


def test_one_direction_alone_changes_and_an_outage_ends(link: Link) -> None:
    link.change(sent_by=link.b, delay_ms=90)
    assert all(118 < t < 260 for t in round_trips_ms(link))
    link.lose(60_000)
    assert round_trips_ms(link, 1) == []


def test_an_end_gets_another_address(link: Link) -> None:
    link.move("10.9.0.3")
    assert len(round_trips_ms(link)) == 3
    shown = subprocess.run([*link.b.prefix, "ip", "-4", "addr"], check=True, capture_output=True, text=True).stdout
    assert "10.9.0.3/24" in shown
    assert "10.9.0.2/24" not in shown
    assert link.b.address == "10.9.0.3"
