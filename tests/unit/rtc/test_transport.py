from __future__ import annotations

import asyncio
import gc
from dataclasses import replace
from random import Random

import pytest
from aioice import Candidate

from tests.helpers.rtc_pair import LOOPBACK, Heard, pair, until
from visio_desktop.rtc import sdp
from visio_desktop.rtc.errors import NegotiationError
from visio_desktop.rtc.options import IceServer, PeerOptions, PeerState
from visio_desktop.rtc.peer import PeerConnection
from visio_desktop.rtc.transport import PeerTransport, _usable


def transport(heard: Heard, options: PeerOptions = LOOPBACK) -> PeerTransport:
    return PeerTransport(
        options,
        clock=lambda: 0.0,
        random=Random(1),
        on_rtp=lambda _: None,
        on_rtcp=lambda _: None,
        on_state=heard.on_state,
        on_channel=lambda _: None,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "candidate:",
        "1 1 udp 1 host.local 5000 typ host",
        "1 1 udp 1 example.org 5000 typ host",
        "1 1 sctp 1 127.0.0.1 5000 typ host",
        "1 2 udp 1 127.0.0.1 5000 typ host",
        "1 1 udp 1 127.0.0.1 0 typ host",
        "1 1 udp 1 127.0.0.1 65536 typ host",
        "1 x udp 1 127.0.0.1 5000 typ host",
    ],
)
def test_candidates_that_cannot_be_used_are_passed_over(text: str) -> None:
    assert _usable(text) is None


@pytest.mark.parametrize("prefix", ["", "candidate:", "a=candidate:"])
def test_candidates_are_read_in_every_spelling(prefix: str) -> None:
    candidate = _usable(prefix + "1 1 UDP 1 ::1 5000 typ host generation 0 ufrag abcd")
    assert candidate is not None
    assert (candidate.host, candidate.port) == ("::1", 5000)


async def test_candidates_are_bounded_and_may_come_before_any_description() -> None:
    one = transport(Heard())
    for number in range(500):
        await one.add_candidate(f"1 1 udp 1 127.0.0.1 {5000 + number} typ host")
    assert len(one.ice.remote_candidates) == 100
    await one.close()


async def test_without_credentials_nothing_begins() -> None:
    one = transport(Heard())
    with pytest.raises(NegotiationError):
        one.connect(sdp.Transport(), controlling=True, dtls_client=True)
    assert one.state is PeerState.NEW
    await one.close()


async def test_a_way_that_leads_nowhere_fails_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visio_desktop.rtc.path._ICE_TIMEOUT_S", 0.05)
    heard = Heard()
    one = transport(heard)
    await one.gather()
    remote = sdp.Transport(ufrag="abcd", password="p" * 22, fingerprints=[("sha-256", "AA")])
    await one.add_candidate("1 1 udp 1 127.0.0.1 9 typ host")
    one.connect(remote, controlling=True, dtls_client=True)
    await until(lambda: one.state is PeerState.FAILED)
    await one.close()
    assert heard.states == [PeerState.CONNECTING, PeerState.FAILED, PeerState.CLOSED]
    assert one.path() == {"protocol": "", "candidate": "", "proxy": ""}


async def test_a_handshake_nobody_answers_fails_in_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visio_desktop.rtc.transport._DTLS_TIMEOUT_S", 0.05)
    async with pair() as two:
        two.caller.open_channel("chat")
        two.callee._transport.ice.data_received = lambda *_: None  # type: ignore[method-assign]
        two.caller._transport.ice.data_received = lambda *_: None  # type: ignore[method-assign]
        await two.negotiate()
        await until(lambda: two.caller.state is PeerState.FAILED)


@pytest.mark.parametrize("seed", range(6))
async def test_an_answer_that_comes_after_the_first_checks_connects_too(seed: int) -> None:
    """The other side checks us before we know its answer: in the wrong role both would change theirs and wait."""
    async with pair(seed) as two:
        two.caller.open_channel("chat")
        answer = await two.callee.accept_offer(await two.caller.create_offer())
        await asyncio.sleep(0.2)
        await two.caller.set_answer(answer)
        async with asyncio.timeout(4):
            await two.connected()


async def test_candidates_told_later_connect_too() -> None:
    async with pair() as two:
        two.caller.open_channel("chat")
        offer = await two.caller.create_offer()
        candidates = [line for line in offer.split("\r\n") if line.startswith("a=candidate:")]
        bare = "\r\n".join(line for line in offer.split("\r\n") if line not in candidates)
        answer = await two.callee.accept_offer(bare)
        await two.caller.set_answer("\r\n".join(a for a in answer.split("\r\n") if "candidate" not in a))
        for candidate in candidates:
            await two.callee.add_candidate(candidate.removeprefix("a="), "0")
        await two.connected()


@pytest.mark.parametrize("trickles", [False, True])
async def test_candidates_of_ours_found_late_are_told_where_they_can_be(trickles: bool) -> None:
    heard = Heard()
    one = PeerConnection(replace(LOOPBACK, trickles=trickles), heard)
    one.open_channel("chat")
    await one.create_offer()
    assert heard.candidates == []
    late = "7 1 udp 33562623 198.51.100.1 40000 typ relay raddr 0.0.0.0 rport 9"
    one._transport.ice.announce(Candidate.from_sdp(late))
    assert heard.candidates == ([late] if trickles else [])
    assert f"a=candidate:{late}" in await one.create_offer()
    await one.close()


async def test_a_gathering_nobody_waits_for_any_more_leaves_no_socket() -> None:
    for turns in range(6):
        heard = Heard()
        ours = transport(heard, PeerOptions(host_addresses=("127.0.0.1",) * 3))
        waiting = asyncio.get_running_loop().create_task(ours.gather())
        for _ in range(turns):
            await asyncio.sleep(0)
        waiting.cancel()
        await ours.close()
        assert all(protocol.transport.is_closing() for protocol in ours.ice._protocols)
        gc.collect()  # an unclosed socket would warn, and warnings are errors


async def test_closing_twice_or_before_anything_is_harmless() -> None:
    heard = Heard()
    one = transport(heard)
    await one.close()
    await one.close()
    assert heard.states == [PeerState.CLOSED]


async def test_sockets_gathered_while_closing_are_closed() -> None:
    one = transport(Heard())
    one._path.give_up()
    await one.gather()
    assert one.ice.local_candidates == []


async def test_relays_given_later_are_used_from_the_next_restart_on() -> None:
    one = transport(Heard())
    before = one._path.newest
    one.use_servers((IceServer(("turn:127.0.0.1:9?transport=udp",), "ada", "secret"),))
    one.restart()
    assert one._path.newest is before  # nothing was described yet
    one.state = PeerState.CONNECTED
    one.restart()
    assert one._path.newest is not before
    assert one._settings().servers == (("turn:127.0.0.1:9?transport=udp", "ada", "secret"),)
    await one.close()


async def test_a_suspected_path_is_given_up_soon_and_one_that_answers_is_not() -> None:
    async with pair() as two:
        two.caller.open_channel("chat")
        await two.negotiate()
        await two.connected()
        two.caller.suspect()
        await asyncio.sleep(1.2)
        assert two.caller.state is PeerState.CONNECTED
        for protocol in two.callee._transport.ice._protocols:
            protocol.datagram_received = lambda *_: None  # type: ignore[method-assign]
            protocol.transport.sendto = lambda *_: None  # type: ignore[method-assign]
        two.caller.suspect()
        await until(lambda: two.caller.state is PeerState.DISCONNECTED, timeout_s=1.5)
