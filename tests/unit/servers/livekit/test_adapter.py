from __future__ import annotations

import asyncio
import threading

import pytest
from aiohttp import web
from livekit.protocol.rtc import ICEServer, JoinResponse, SignalResponse

from tests.helpers.clock_media import until
from tests.helpers.fake_livekit import ME, FakePeer, fake_livekit
from tests.helpers.session_ear import SessionEar
from tests.helpers.web_server import serving
from visio_desktop.meeting.events import Joined
from visio_desktop.meeting.values import Capability, MeetingLink, ProblemCode
from visio_desktop.servers.livekit import adapter as adapter_module
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.livekit.token import claims
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest


def test_its_kind() -> None:
    adapter = LiveKitAdapter()
    assert adapter.kind == "livekit"
    assert Capability.HAND in adapter.capabilities
    assert adapter.recognise("https://example.org/abc") is None


async def test_joined_is_told_before_join_returns() -> None:
    async with fake_livekit(ice_servers=[ICEServer(urls=["turn:a.org"]), ICEServer(urls=["stun:a.org"])]) as server:
        assert isinstance(server.ear.events[0], Joined)
        assert server.ear.marks == ["signalling_open"]
        assert [p.options.ice_servers[0].urls for p in server.peers] == [("turn:a.org",)] * 2
        assert claims(server.query["access_token"])["name"] == "Me"


async def test_a_link_of_another_kind_is_refused() -> None:
    request = JoinRequest(MeetingLink("janus", "janus+wss://a.org", "a.org"), "Ada")
    with pytest.raises(JoinError) as caught:
        await LiveKitAdapter().join(request, listener=None)  # type: ignore[arg-type]
    assert caught.value.problem.code is ProblemCode.LINK_UNKNOWN_KIND


async def test_a_server_without_the_single_connection_is_asked_for_it_once() -> None:
    asked = []

    async def absent(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=404)

    async def rtc(request: web.Request) -> web.WebSocketResponse:
        asked.append(request.path)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_bytes(SignalResponse(join=JoinResponse(participant=ME)).SerializeToString())
        await socket.receive()
        return socket

    async with serving(rtc_v1=absent, rtc=rtc) as address:
        adapter = LiveKitAdapter(make_peer=FakePeer)
        link = adapter.recognise(f"livekit+ws://{address}?room=tea")
        assert link is not None
        for _ in range(2):
            request = JoinRequest(link, "Me", Credentials(api_key="key", api_secret="s" * 32))
            await (await adapter.join(request, SessionEar())).leave()
    assert asked == ["/rtc/v1", "/rtc", "/rtc"]


async def test_who_gives_up_once_let_in_does_not_stay_there(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, gone, ear = threading.Event(), asyncio.Event(), SessionEar()

    async def rtc(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_bytes(SignalResponse(join=JoinResponse(participant=ME)).SerializeToString())
        await socket.receive()
        gone.set()
        return socket

    monkeypatch.setattr(adapter_module, "load", lambda *_: loaded.wait(10))
    async with serving(rtc=rtc) as address:
        adapter = LiveKitAdapter(make_peer=FakePeer, single=False)
        link = adapter.recognise(f"livekit+ws://{address}?room=tea")
        assert link is not None
        request = JoinRequest(link, "Me", Credentials(api_key="key", api_secret="s" * 32))
        joining = asyncio.gather(adapter.join(request, ear))
        await until(lambda: "signalling_open" in ear.marks, "let in")
        joining.cancel()
        with pytest.raises(asyncio.CancelledError):
            await joining
        loaded.set()
        async with asyncio.timeout(5):
            await gone.wait()
