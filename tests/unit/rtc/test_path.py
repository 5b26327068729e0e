"""ICE restarts under live media: between two peers on 127.0.0.1, from either side, in every order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest

from tests.helpers.rtc_pair import Camera, Pair, pair, sound, until
from visio_desktop.rtc.channels import DataChannel
from visio_desktop.rtc.errors import NegotiationError
from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.options import PeerState
from visio_desktop.rtc.peer import PeerConnection
from visio_desktop.rtc.sending import SendingStream

_LIVE = [PeerState.CONNECTING, PeerState.CONNECTED]


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[Pair, SendingStream, DataChannel]]:
    """A pair with a voice from caller to callee and an open channel."""
    async with pair() as two:
        voice = two.caller.add_sender((Codec.OPUS,), stream_id="ada", track_id="microphone")
        channel = two.caller.open_channel("chat")
        await two.negotiate()
        await two.connected()
        await until(lambda: channel.is_open)
        yield two, voice, channel


async def restart(two: Pair) -> None:
    """The caller restarts ICE."""
    answer = await two.callee.accept_offer(await two.caller.create_offer(ice_restart=True))
    await two.caller.set_answer(answer)


async def restart_back(two: Pair) -> None:
    """The callee restarts ICE."""
    answer = await two.caller.accept_offer(await two.callee.create_offer(ice_restart=True))
    await two.callee.set_answer(answer)


async def restarted(two: Pair, times: int = 1) -> None:
    """Wait until both sides use the new way."""
    await until(lambda: two.caller.restarts >= times and two.callee.restarts >= times)


def ports(peer: PeerConnection) -> set[int]:
    """Where a peer sends from now."""
    return {candidate.port for candidate in peer._transport.ice.local_candidates}


def cut(peer: PeerConnection) -> None:
    """Whatever comes over the way in use now is lost, both media and signs of life."""
    for protocol in peer._transport.ice._protocols:
        protocol.datagram_received = lambda *_: None  # type: ignore[method-assign]
        protocol.transport.sendto = lambda *_: None  # type: ignore[method-assign]


@pytest.mark.parametrize("begin", [restart, restart_back])
async def test_no_word_is_lost_while_ice_restarts(begin: object) -> None:
    async with talking() as (two, voice, channel):
        before = ports(two.caller) | ports(two.callee)

        async def talk() -> None:
            for number in range(100):
                voice.send(sound(number))
                await asyncio.sleep(0.005)

        heard = two.callee_heard
        await asyncio.gather(talk(), begin(two))  # type: ignore[operator]
        await restarted(two)
        assert not before & (ports(two.caller) | ports(two.callee))
        await until(lambda: len(heard.frames["microphone"]) == 100)
        assert [f.payload for f in heard.frames["microphone"]] == [sound(n).payload for n in range(100)]
        channel.send(b"still here")
        await until(lambda: heard.messages == [("chat", b"still here")])
        assert two.caller_heard.states == two.callee_heard.states == _LIVE
        assert heard.ended == []


async def test_a_dead_way_is_left_for_a_new_one() -> None:
    async with talking() as (two, voice, channel):
        cut(two.caller)
        cut(two.callee)
        both = (two.caller, two.callee)
        await until(lambda: all(peer.state is PeerState.DISCONNECTED for peer in both), timeout_s=5)
        channel.send(b"meanwhile")
        await restart(two)
        await two.connected()
        voice.send(sound(1))
        channel.send(b"back")
        await until(lambda: len(two.callee_heard.frames["microphone"]) == 1)
        await until(lambda: two.callee_heard.messages == [("chat", b"meanwhile"), ("chat", b"back")], timeout_s=3)
        assert two.caller_heard.states == [*_LIVE, PeerState.DISCONNECTED, PeerState.CONNECTED]


async def test_restarts_in_quick_succession_end_with_the_last() -> None:
    async with talking() as (two, voice, _):
        await restart(two)
        await restart(two)
        await restart_back(two)
        newest = two.caller._transport._path.newest
        await until(lambda: two.caller._transport.ice is newest and not two.callee._transport._path.is_restarting)
        voice.send(sound(1))
        await until(lambda: len(two.callee_heard.frames["microphone"]) == 1)
        assert two.caller_heard.states == two.callee_heard.states == _LIVE


async def test_media_is_negotiated_while_ice_restarts() -> None:
    async with talking() as (two, _, _):
        await restart(two)
        stream = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id="camera")
        await two.negotiate()
        await Camera(stream).film(5)
        await until(lambda: len(two.callee_heard.frames["camera"]) == 5)
        await restarted(two)
        assert two.caller.restarts == two.callee.restarts == 1


async def test_an_offer_that_is_offered_again_takes_no_second_restart() -> None:
    async with talking() as (two, voice, _):
        await two.caller.create_offer(ice_restart=True)
        await two.negotiate()
        await restarted(two)
        voice.send(sound(1))
        await until(lambda: len(two.callee_heard.frames["microphone"]) == 1)
        assert two.caller.restarts == 1


async def test_a_restart_that_leads_nowhere_leaves_the_old_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visio_desktop.rtc.path._ICE_TIMEOUT_S", 0.3)
    async with talking() as (two, voice, _):
        offer = await two.caller.create_offer(ice_restart=True)
        answer = await two.callee.accept_offer(offer.replace("a=ice-ufrag:", "a=ice-ufrag:other"))
        await two.caller.set_answer(answer)
        await until(lambda: not two.caller._transport._path.is_restarting)
        await until(lambda: not two.callee._transport._path.is_restarting)
        voice.send(sound(1))
        await until(lambda: len(two.callee_heard.frames["microphone"]) == 1)
        assert two.caller_heard.states == _LIVE
        assert two.caller.restarts == 0
        await restart(two)
        await restarted(two)


async def test_a_restart_that_leads_nowhere_from_a_dead_way_is_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visio_desktop.rtc.path._ICE_TIMEOUT_S", 0.3)
    async with talking() as (two, _, _):
        offer = await two.caller.create_offer(ice_restart=True)
        answer = await two.callee.accept_offer(offer.replace("a=ice-ufrag:", "a=ice-ufrag:other"))
        await two.caller._transport.ice.close()
        await two.caller.set_answer(answer)
        await until(lambda: two.caller.state is PeerState.FAILED)


async def test_an_answer_that_does_not_restart_is_refused() -> None:
    async with talking() as (two, voice, _):
        plain = await two.callee.accept_offer(await two.caller.create_offer())
        await two.caller.set_answer(plain)
        await two.caller.create_offer(ice_restart=True)
        with pytest.raises(NegotiationError, match="one side"):
            await two.caller.set_answer(plain)
        voice.send(sound(1))
        await until(lambda: len(two.callee_heard.frames["microphone"]) == 1)


async def test_another_certificate_is_refused() -> None:
    async with talking() as (two, _, _):
        offer = await two.caller.create_offer(ice_restart=True)
        at = offer.index("sha-256 ") + 8
        with pytest.raises(NegotiationError, match="certificate"):
            await two.callee.accept_offer(offer.replace(offer[at : at + 95], ":".join(["00"] * 32)))


@pytest.mark.parametrize("after_s", [0.0, 0.01, 0.03, 0.1])
async def test_closing_while_ice_restarts_leaves_nothing_behind(after_s: float) -> None:
    process = psutil.Process()
    tasks, files = asyncio.all_tasks(), process.num_fds()
    async with talking() as (two, _, _):
        await restart(two)
        await asyncio.sleep(after_s)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == tasks
    assert process.num_fds() == files


async def test_closing_that_takes_too_long_leaves_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visio_desktop.rtc.path._CLOSE_TIMEOUT_S", 0.05)
    files = psutil.Process().num_fds()
    async with talking() as (two, _, _):
        for peer in (two.caller, two.callee):
            monkeypatch.setattr(peer._transport.ice, "close", lambda: asyncio.sleep(60))
    await asyncio.sleep(0.05)
    assert psutil.Process().num_fds() == files


async def test_old_sockets_are_closed_after_a_while() -> None:
    async with talking() as (two, _, _):
        files = psutil.Process().num_fds()
        for times in range(1, 4):
            await restart(two)
            await restarted(two, times)
        await until(lambda: psutil.Process().num_fds() == files)


async def test_a_restart_before_the_first_connection_is_none() -> None:
    async with pair() as two:
        two.caller.open_channel("chat")
        offer = await two.caller.create_offer(ice_restart=True)
        await two.caller.set_answer(await two.callee.accept_offer(offer))
        await two.connected()
        assert two.caller.restarts == two.callee.restarts == 0
