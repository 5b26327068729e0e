"""Our coming and going changes nobody's picture: a web client goes on sending VP9 in layers to those who watch it.

A client that cannot receive VP9 makes the server turn the sender to VP8 for everybody, and for good.
"""

from __future__ import annotations

import asyncio

import pytest

from tests.helpers.clock_media import ClockViewer, until
from tests.helpers.lasuite import ContractServer
from tests.helpers.lasuite.ours import ours
from tests.helpers.lasuite.web_client import WebClient
from tests.helpers.native_peer import NativePeer, NativeState
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.port import Wanted

ROOM = "pub-lica-aaa"
WATCHED_S = 3.0
FULL = (1280, 720)


def picture(state: NativeState) -> tuple[str, tuple[int, int]]:
    found = state.publication("owner-sub", "camera")
    return str(found.get("codec", "")), (int(found.get("width", 0)), int(found.get("height", 0)))


async def watch(viewer: NativePeer, seconds: float) -> set[tuple[str, tuple[int, int]]]:
    """Every picture seen meanwhile, by codec and size."""
    seen = set()
    ends = asyncio.get_running_loop().time() + seconds
    while (left := ends - asyncio.get_running_loop().time()) > 0:
        try:
            await viewer.until(lambda _: False, timeout_s=min(left, 0.25))
        except AssertionError:
            seen.add(picture(viewer.state))
    return seen


@pytest.mark.timeout(90)
async def test_a_viewers_codec_and_size_stay_as_they_are() -> None:
    with ContractServer() as server:
        async with WebClient(server) as web, NativePeer() as viewer:
            await web.log_in("owner")
            await web.enter(ROOM, "Odile")
            await web.camera(fps=15)
            _, room = await asyncio.to_thread(server.call, "GET", f"/rooms/{ROOM}/?username=Vera")
            await viewer.join(room["livekit"]["url"].replace("http", "ws", 1), room["livekit"]["token"])
            await viewer.until(lambda s: picture(s) == ("video/VP9", FULL), timeout_s=30)
            async with ours(server, ROOM, "Ada") as ada:
                await until(lambda: ada.ear.stream("Odile", Source.CAMERA) is not None, "Odile's camera")
                stream = ada.ear.stream("Odile", Source.CAMERA)
                assert stream is not None
                seen = ClockViewer(stream)
                await until(lambda: len(seen.codes) >= 20, "20 pictures")
                assert (seen.codec, seen.errors) == (Codec.VP9, 0)
                while_there = await watch(viewer, WATCHED_S)
                publication = ada.ear.publication("Odile", Source.CAMERA)
                assert publication is not None
                await ada.session.set_wanted(publication.id, Wanted(width_px=320, height_px=180))
                await until(lambda: seen.size == (320, 180), "the small picture for us")
                while_there |= await watch(viewer, WATCHED_S)
            afterwards = await watch(viewer, WATCHED_S)
            assert while_there | afterwards == {("video/VP9", FULL)}
            sent = [report for report in await web.do("sent") if report["active"]]
            assert [(report["codec"], report["mode"]) for report in sent] == [("video/VP9", "L3T3_KEY")]
