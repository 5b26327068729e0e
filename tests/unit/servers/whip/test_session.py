from __future__ import annotations

import pytest

from tests.contract.house import CAMERA, MICROPHONE, SCREEN
from tests.helpers.clock_media import until
from tests.helpers.fakes import FakeInbound
from tests.helpers.session_ear import SessionEar
from tests.helpers.whip_peer import HOSTS, WhipPeer, whip_peer
from visio_desktop.meeting.events import Dropped, PublicationGone, Restored, Restoring
from visio_desktop.meeting.values import ProblemCode, Source
from visio_desktop.rtc import PeerState
from visio_desktop.servers.port import JoinRequest, RequestFailed, SessionClosed, Wanted
from visio_desktop.servers.whip import session as module
from visio_desktop.servers.whip.adapter import OneWayAdapter
from visio_desktop.servers.whip.session import OneWaySession


async def joined(served: WhipPeer, kind: str) -> tuple[OneWaySession, SessionEar]:
    adapter, ear = OneWayAdapter(kind, host_addresses=HOSTS), SessionEar()
    link = adapter.recognise(f"{kind}+{served.url}")
    assert link is not None
    session = await adapter.join(JoinRequest(link, "Ada"), ear)
    assert isinstance(session, OneWaySession)
    return session, ear


async def test_one_picture_and_one_sound_at_a_time() -> None:
    async with whip_peer() as served:
        session, ear = await joined(served, "whip")
        await session.publish(CAMERA)
        await session.publish(MICROPHONE)
        for request in (CAMERA, SCREEN):
            with pytest.raises(RequestFailed) as caught:
                await session.publish(request)
            assert caught.value.problem is not None
            assert caught.value.problem.code is ProblemCode.ONE_OF_A_SORT
        await session.unpublish(Source.CAMERA)
        assert PublicationGone("me-camera") in ear.events
        await session.publish(SCREEN)
        await session.set_muted(Source.MICROPHONE, muted=True)
        own = ear.publication("Ada", Source.MICROPHONE)
        assert own is not None
        assert own.muted
        await session.leave()
        assert [step.method for step in served.steps if step.method != "PATCH"] == ["OPTIONS", "POST", "DELETE"]


async def test_nothing_is_sent_to_what_is_watched() -> None:
    async with whip_peer() as served:
        session, ear = await joined(served, "whep")
        with pytest.raises(RequestFailed):
            await session.publish(CAMERA)
        for call in (session.send_chat("m", "hello"), session.set_hand(raised=True, at_ms=0)):
            with pytest.raises(RequestFailed):
                await call
        await session.set_wanted("stream-camera", Wanted(enabled=False))
        stream = FakeInbound("s")
        session.on_stream(stream)
        assert ear.stream("live", Source.CAMERA) is stream
        session.on_stream_ended(stream)
        assert ear.publication("live", Source.CAMERA) is None
        await session.leave()
        with pytest.raises(SessionClosed):
            await session.set_wanted("x", Wanted())


async def test_a_silence_is_told_and_so_is_its_end() -> None:
    async with whip_peer() as served:
        session, ear = await joined(served, "whip")
        await until(lambda: "first_ice_connected" in ear.marks, "media")
        for state in (PeerState.DISCONNECTED, PeerState.DISCONNECTED, PeerState.CONNECTED, PeerState.CONNECTED):
            session.on_state(state)
        told = [type(e) for e in ear.events if isinstance(e, Restoring | Restored | Dropped)]
        assert told == [Restoring, Restored]
        await session.leave()


@pytest.mark.parametrize(("state", "give_up_s"), [(PeerState.FAILED, 9.0), (PeerState.DISCONNECTED, 0.0)])
async def test_what_does_not_come_back_is_dropped_once_and_ended_there(
    state: PeerState, give_up_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GIVE_UP_S", give_up_s)
    async with whip_peer() as served:
        session, ear = await joined(served, "whip")
        await until(lambda: "first_ice_connected" in ear.marks, "media")
        session.on_state(state)
        session.on_state(PeerState.FAILED)
        await until(lambda: len(served.of("DELETE")) == 1, "ended there")
        assert [e.problem.code for e in ear.events if isinstance(e, Dropped)] == [ProblemCode.CONNECTION_LOST]
        with pytest.raises(SessionClosed):
            await session.publish(CAMERA)
        await session.leave()
        assert len(served.of("DELETE")) == 1


async def test_media_that_never_comes_about_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MEDIA_TIMEOUT_S", 0.0)
    monkeypatch.setattr(OneWaySession, "on_state", lambda _self, _state: None)
    async with whip_peer() as served:
        session, ear = await joined(served, "whip")
        await until(lambda: ear.dropped is not None, "given up")
        assert ear.dropped is not None
        assert ear.dropped.problem.code is ProblemCode.MEDIA_UNREACHABLE
        await session.leave()
