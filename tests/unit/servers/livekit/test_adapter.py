from __future__ import annotations

import pytest
from livekit.protocol.rtc import ICEServer

from tests.helpers.fake_livekit import fake_livekit
from visio_desktop.meeting.events import Joined
from visio_desktop.meeting.values import Capability, MeetingLink, ProblemCode
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.livekit.token import claims
from visio_desktop.servers.port import JoinError, JoinRequest


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
