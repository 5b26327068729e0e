from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from aiohttp import web

from tests.helpers.clock_media import until
from tests.helpers.fakes import FakeInbound
from tests.helpers.whip_peer import HOSTS, SDP, WhipPeer, whip_peer
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.rtc import PeerConnection, PeerListener, PeerOptions, PeerState
from visio_desktop.rtc.frames import Codec, InboundStream
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.whip.endpoint import Endpoint
from visio_desktop.servers.whip.link import WHEP, WHIP, Address, parse_address
from visio_desktop.servers.whip.waiting import Waiting
from visio_desktop.servers.whip.wire import Wire
from visio_desktop.system.clock import monotonic_ms
from visio_desktop.system.tasks import Tasks


class Hears:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.states: list[PeerState] = []
        self.streams: list[InboundStream] = []
        self.ended: list[InboundStream] = []

    def on_state(self, state: PeerState) -> None:
        self.states.append(state)

    def on_stream(self, stream: InboundStream) -> None:
        self.streams.append(stream)

    def on_stream_ended(self, stream: InboundStream) -> None:
        self.ended.append(stream)


class Bench:
    """A wire to an endpoint of our own."""

    def __init__(self, served: WhipPeer, kind: str) -> None:
        found = parse_address(f"{kind}+{served.url}", kind)
        assert found is not None
        self.address: Address = found
        self.tasks, self.hears = Tasks("test"), Hears()
        self.endpoint = Endpoint(Web(), found)
        make: Callable[[PeerOptions, PeerListener], PeerConnection] = partial(PeerConnection)
        self.wire = Wire(make, PeerOptions(host_addresses=HOSTS, trickles=True), self.tasks)

    async def open(self) -> None:
        await self.wire.open(self.endpoint, self.address, Waiting(monotonic_ms, lambda: None))

    async def close(self) -> None:
        await self.tasks.close()
        await self.wire.close()
        await self.endpoint.end()
        await self.endpoint.close()


async def test_what_we_send_is_offered_and_nothing_else() -> None:
    async with whip_peer() as served:
        bench = Bench(served, WHIP)
        await bench.open()
        bench.wire.tell(bench.hears)
        await until(lambda: PeerState.CONNECTED in bench.hears.states, "connected")
        (offer,) = served.of("POST")
        assert offer.headers["Content-Type"] == SDP
        assert (offer.body.count("a=sendonly"), offer.body.count("a=recvonly")) == (2, 0)
        assert bench.wire.pictures is not None
        assert bench.wire.pictures.codec is Codec.VP8
        await bench.close()


@pytest.mark.parametrize("counter", [False, True])
async def test_what_we_watch_is_offered_by_either_side(counter: bool) -> None:
    async with whip_peer(counter=counter) as served:
        bench = Bench(served, WHEP)
        await bench.open()
        bench.wire.tell(bench.hears)
        await until(lambda: PeerState.CONNECTED in bench.hears.states, "connected")
        (offer,) = served.of("POST")
        assert (offer.body.count("a=sendonly"), offer.body.count("a=recvonly")) == (0, 2)
        answers = [step for step in served.of("PATCH") if step.headers["Content-Type"] == SDP]
        assert len(answers) == int(counter)
        assert sorted(stream.is_video for stream in bench.hears.streams) == ([False, True] if counter else [])
        await bench.close()


async def test_a_counter_offer_to_what_we_send_is_refused() -> None:
    async with whip_peer(counter=True) as served:
        bench = Bench(served, WHIP)
        with pytest.raises(JoinError) as caught:
            await bench.open()
        assert caught.value.problem.code is ProblemCode.SERVER_NOT_UNDERSTOOD
        await bench.close()
        assert len(served.of("DELETE")) == 1


@pytest.mark.parametrize(
    "text", ["v=0\r\n", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", "v=0\r\n" + "a=x\r\n" * 20_000]
)
async def test_an_answer_that_is_none_is_told(text: str) -> None:
    async with whip_peer() as served:
        served.instead["POST"] = lambda _: web.Response(
            status=201, text=text, content_type=SDP, headers={"Location": "/r"}
        )
        bench = Bench(served, WHIP)
        with pytest.raises(JoinError) as caught:
            await bench.open()
        assert caught.value.problem.code is ProblemCode.SERVER_NOT_UNDERSTOOD
        await bench.close()
        assert len(served.of("DELETE")) == 1


async def test_addresses_found_later_are_told_in_fragments() -> None:
    async with whip_peer() as served:
        bench = Bench(served, WHIP)
        bench.wire.on_own_candidate("1 1 udp 5 10.9.9.9 9 typ relay")
        assert served.of("PATCH") == []
        await bench.open()
        bench.wire.on_own_candidate("2 1 udp 5 10.9.9.9 10 typ relay")
        await until(lambda: sum(step.body.count("typ relay") for step in served.of("PATCH")) == 2, "both told")
        ufrag = next(line for line in served.of("POST")[0].body.splitlines() if line.startswith("a=ice-ufrag"))
        assert all(ufrag in step.body for step in served.of("PATCH"))
        await bench.close()


async def test_what_happens_before_somebody_hears_is_kept() -> None:
    async with whip_peer() as served:
        bench = Bench(served, WHEP)
        stream = FakeInbound("s")
        bench.wire.on_stream(stream, mid="0", stream_id="", track_id="")
        bench.wire.on_state(PeerState.CONNECTING)
        bench.wire.tell(bench.hears)
        bench.wire.on_stream_ended(stream)
        assert (bench.hears.streams, bench.hears.states, bench.hears.ended) == (
            [stream],
            [PeerState.CONNECTING],
            [stream],
        )
        await bench.close()
