"""A peer that has shaken hands and turns hostile: it costs its own tile at most, and no memory."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from tests.helpers.fuzzing import SEED, largest_table, mutated, rounds
from tests.helpers.rtc_pair import LOOPBACK, Camera, Heard, Pair, pair, sound, until
from visio_desktop.rtc.channels import DataChannel
from visio_desktop.rtc.errors import NegotiationError
from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.options import PeerState
from visio_desktop.rtc.peer import PeerConnection
from visio_desktop.rtc.sending import SendingStream

CODECS = (Codec.VP8, Codec.VP9, Codec.H264, Codec.AV1)
MOST_HELD = 20_000
PACE = 20


@dataclass
class Hostile:
    """`two.caller` is hostile. Its voice stays good throughout, as a server would see to; its pictures do not."""

    two: Pair
    voice: SendingStream
    channel: DataChannel
    offer: str
    answer: str
    rtp: list[bytes] = field(default_factory=list)
    rtcp: list[bytes] = field(default_factory=list)
    spoken: int = 0

    @property
    def dtls(self) -> Any:
        return self.two.caller._transport.dtls

    @property
    def voice_ssrc(self) -> bytes:
        (ssrc,) = {p[8:12] for p in self.rtp if sound(1).payload in p}
        return ssrc

    def arrive(self, data: bytes, *, rtcp: bool = False) -> None:
        """As if decrypted just now: the hostile one has the keys, and SRTP's own order would thin it out."""
        dtls: Any = self.two.callee._transport.dtls
        (dtls._on_rtcp if rtcp else dtls._on_rtp)(data)

    async def speak(self, count: int) -> None:
        for _ in range(count):
            self.voice.send(sound(self.spoken))
            self.spoken += 1
            await asyncio.sleep(0.001)

    async def still_heard(self) -> None:
        """What is said and written from now on arrives, and little is held on to."""
        first = self.spoken
        self.channel.send(b"still here")
        await self.speak(30)
        wanted = {sound(n).payload for n in range(first, first + 30)}
        heard = self.two.callee_heard
        await until(lambda: wanted <= {frame.payload for frame in heard.frames["voice"]})
        await until(lambda: ("chat", b"still here") in heard.messages)
        assert self.two.callee.state is PeerState.CONNECTED
        assert largest_table(self.two.callee).size < MOST_HELD, largest_table(self.two.callee)


def keep(two: Pair, hostile: Hostile) -> None:
    """Note what arrives, decrypted: the good packets that bad ones are made of."""
    dtls: Any = two.callee._transport.dtls

    def noting(inner: Callable[[bytes], None], kept: list[bytes]) -> Callable[[bytes], None]:
        def take(data: bytes) -> None:
            kept.append(data)
            inner(data)

        return take

    dtls._on_rtp, dtls._on_rtcp = noting(dtls._on_rtp, hostile.rtp), noting(dtls._on_rtcp, hostile.rtcp)


@asynccontextmanager
async def hostile(caplog: pytest.LogCaptureFixture) -> AsyncIterator[Hostile]:
    """Two peers with pictures in every codec, sound and a channel, all of it flowing; nothing may raise meanwhile."""
    unhandled: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unhandled.append(context))
    async with pair() as two:
        streams = [two.caller.add_sender((codec,), stream_id="eve", track_id=codec.value) for codec in CODECS]
        voice = two.caller.add_sender((Codec.OPUS,), stream_id="eve", track_id="voice")
        back = two.callee.add_sender((Codec.VP8,), stream_id="bob", track_id="back")
        channel = two.caller.open_channel("chat")
        texts = await two.negotiate()
        await two.negotiate_back()
        await two.connected()
        made = Hostile(two, voice, channel, *texts)
        keep(two, made)
        await asyncio.gather(*(Camera(stream).film(10) for stream in (*streams, back)), made.speak(20))
        await until(lambda: channel.is_open and len(made.rtp) > 100)
        await until(lambda: bool(made.rtcp))
        yield made
        await made.still_heard()
    assert unhandled == []
    assert [r for r in caplog.records if r.levelno >= logging.ERROR and r.name.startswith("visio_desktop")] == []


async def test_rtp_that_is_none(caplog: pytest.LogCaptureFixture) -> None:
    random = Random(SEED)
    async with hostile(caplog) as eve:
        samples, spared = eve.rtp[:], eve.voice_ssrc
        for number in rounds(3_000):
            data = mutated(random, samples)
            if data[8:12] != spared:
                eve.arrive(data)
            if number % PACE == 0:
                await asyncio.sleep(0.001)


async def test_rtcp_that_is_none(caplog: pytest.LogCaptureFixture) -> None:
    random = Random(SEED)
    async with hostile(caplog) as eve:
        samples = [*eve.rtcp, *forged_feedback(random, eve)]
        for number in rounds(3_000):
            eve.arrive(mutated(random, samples), rtcp=True)
            if number % PACE == 0:
                await asyncio.sleep(0.001)


def forged_feedback(random: Random, eve: Hostile) -> list[bytes]:
    """Every kind of feedback there is, about everything there is."""
    ssrcs = [*{p[8:12] for p in eve.rtp}, *(s.to_bytes(4) for s in eve.two.callee._router._senders)]
    found = []
    for kind, formats in ((200, range(2)), (201, range(2)), (202, range(2)), (205, range(16)), (206, range(16))):
        for number in formats:
            for ssrc in ssrcs:
                body = random.randbytes(4) + ssrc + random.randbytes(4 * random.randrange(12))
                found.append(bytes([0x80 | number, kind]) + (len(body) // 4).to_bytes(2) + body)
    return found


async def test_messages_of_channels_that_are_none(caplog: pytest.LogCaptureFixture) -> None:
    random = Random(SEED)
    async with hostile(caplog) as eve:
        sctp: Any = eve.two.caller._transport.sctp
        tag = sctp._remote_verification_tag.to_bytes(4)
        chunks = [bytes([kind, 3, 0, 20]) + random.randbytes(16) for kind in range(16)]
        # ABORT and SHUTDOWN with the right tag end the association, as they should.
        packets = [b"\x13\x88\x13\x88" + random.choice((tag, bytes(4))) + bytes(4) + c for c in chunks]
        for number in rounds(500):
            await eve.dtls._send_data(mutated(random, packets))
            if number % PACE == 0:
                await asyncio.sleep(0.001)


async def test_datagrams_of_strangers(caplog: pytest.LogCaptureFixture) -> None:
    random = Random(SEED)
    async with hostile(caplog) as eve:
        addresses = [(p.split()[4], int(p.split()[5])) for p in eve.answer.splitlines() if p.startswith("a=candidate")]
        stun = b"\x00\x01\x00\x08\x21\x12\xa4\x42" + bytes(12) + b"\x00\x06\x00\x04abcd"
        hello = b"\x16\xfe\xfd" + bytes(8) + b"\x00\x30" + bytes(48)
        samples = [stun, hello, b"\x17" + hello[1:], b"\x15" + hello[1:], *eve.rtp[:50]]
        assert addresses
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for number in rounds(2_000):
                stranger.sendto(mutated(random, samples) or b"\0", random.choice(addresses))
                if number % PACE == 0:
                    await asyncio.sleep(0.001)


async def test_datagrams_on_the_way_itself(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing but what authenticates is believed, although it comes from the right address."""
    random = Random(SEED)
    async with hostile(caplog) as eve:
        ice: Any = eve.two.caller._transport.ice
        stun = b"\x00\x01\x00\x08\x21\x12\xa4\x42" + bytes(12) + b"\x00\x06\x00\x04abcd"
        hello = b"\x16\xfe\xfd" + bytes(8) + b"\x00\x30" + bytes(48)
        samples = [stun, hello, b"\x17" + hello[1:], b"\x15" + hello[1:], b"\x01\x01" + stun[2:], *eve.rtp[:50]]
        for number in rounds(2_000):
            ice.send_now(mutated(random, samples) or b"\0")
            if number % PACE == 0:
                await asyncio.sleep(0.001)


async def test_offers_that_are_none() -> None:
    """A mutated offer is answered or refused by our own error; either way the peer can be closed."""
    random = Random(SEED)
    async with pair() as two:
        two.caller.add_sender((Codec.VP8, Codec.H264), stream_id="eve", track_id="camera")
        two.caller.add_sender((Codec.OPUS,), stream_id="eve", track_id="voice")
        two.caller.open_channel("chat")
        offer = (await two.caller.create_offer()).encode()
    answered = 0
    for _ in rounds(60):
        text = mutated(random, [offer], longest=100_000).decode(errors="replace")
        peer = PeerConnection(LOOPBACK, Heard(), random=Random(1))
        try:
            await peer.accept_offer(text)
            answered += 1
        except NegotiationError:
            pass
        finally:
            await peer.close()
    assert answered > 0


async def test_answers_that_are_none() -> None:
    random = Random(SEED)
    async with pair() as two:
        two.caller.add_sender((Codec.VP8, Codec.H264), stream_id="eve", track_id="camera")
        _, answer = await two.negotiate()
    for _ in rounds(60):
        peer = PeerConnection(LOOPBACK, Heard(), random=Random(1))
        peer.add_sender((Codec.VP8, Codec.H264), stream_id="eve", track_id="camera")
        await peer.create_offer()
        with suppress(NegotiationError):
            await peer.set_answer(mutated(random, [answer.encode()], longest=100_000).decode(errors="replace"))
        await peer.close()


async def test_candidates_that_are_none() -> None:
    random = Random(SEED)
    async with pair() as two:
        two.caller.open_channel("chat")
        offer, _ = await two.negotiate()
        await two.connected()
        good = [line[2:].encode() for line in offer.splitlines() if line.startswith("a=candidate")]
        for _ in rounds(300):
            await two.callee.add_candidate(mutated(random, good).decode(errors="replace"), "0")
        assert largest_table(two.callee).size < MOST_HELD
        assert two.callee.state is PeerState.CONNECTED
