"""Two peer connections in one process on 127.0.0.1, and what they heard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random

from tests.helpers.encoded import Encoder
from visio_desktop.rtc.channels import DataChannel
from visio_desktop.rtc.frames import Codec, EncodedFrame, Feedback, InboundStream
from visio_desktop.rtc.options import PeerOptions, PeerState
from visio_desktop.rtc.peer import PeerConnection
from visio_desktop.rtc.sending import SendingStream

LOOPBACK = PeerOptions(host_addresses=("127.0.0.1",))


class Heard:
    """A listener that keeps everything; frames by `a=msid` track id."""

    def __init__(self) -> None:
        self.states: list[PeerState] = []
        self.streams: dict[str, InboundStream] = {}
        self.began: list[tuple[str, str, str]] = []
        self.ended: list[InboundStream] = []
        self.frames: dict[str, list[EncodedFrame]] = {}
        self.channels: dict[str, DataChannel] = {}
        self.messages: list[tuple[str, bytes]] = []
        self.candidates: list[str] = []

    def on_state(self, state: PeerState) -> None:
        self.states.append(state)

    def on_stream(self, stream: InboundStream, *, mid: str, stream_id: str, track_id: str) -> None:
        self.began.append((mid, stream_id, track_id))
        self.streams[track_id] = stream
        frames = self.frames.setdefault(track_id, [])
        stream.on_frame(frames.append)

    def on_stream_ended(self, stream: InboundStream) -> None:
        self.ended.append(stream)

    def on_channel(self, channel: DataChannel) -> None:
        self.channels[channel.label] = channel
        channel.on_message(lambda data: self.messages.append((channel.label, data)))

    def on_own_candidate(self, candidate: str) -> None:
        self.candidates.append(candidate)


class Pair:
    """`caller` offers in `negotiate`, `callee` in `negotiate_back`."""

    def __init__(self, seed: int = 1, options: PeerOptions = LOOPBACK) -> None:
        self.caller_heard, self.callee_heard = Heard(), Heard()
        self.caller = PeerConnection(options, self.caller_heard, random=Random(seed))
        self.callee = PeerConnection(options, self.callee_heard, random=Random(seed + 1))

    async def negotiate(self) -> tuple[str, str]:
        """One round of offer and answer; both texts."""
        offer = await self.caller.create_offer()
        answer = await self.callee.accept_offer(offer)
        await self.caller.set_answer(answer)
        return offer, answer

    async def negotiate_back(self) -> tuple[str, str]:
        """The other way round."""
        offer = await self.callee.create_offer()
        answer = await self.caller.accept_offer(offer)
        await self.callee.set_answer(answer)
        return offer, answer

    async def connected(self) -> None:
        """Wait until media may flow."""
        both = (self.caller, self.callee)
        await until(lambda: all(peer.state is PeerState.CONNECTED for peer in both))


@asynccontextmanager
async def pair(seed: int = 1, options: PeerOptions = LOOPBACK) -> AsyncIterator[Pair]:
    """A pair that is closed in the end."""
    two = Pair(seed, options)
    try:
        yield two
    finally:
        await two.caller.close()
        await two.callee.close()


async def until(condition: Callable[[], bool], timeout_s: float = 15.0) -> None:
    """Wait for something the network brings about."""
    async with asyncio.timeout(timeout_s):
        while not condition():
            await asyncio.sleep(0.01)


def lose(peer: PeerConnection, fraction: float, seed: int = 7) -> None:
    """Lose this part of the media datagrams that `peer` receives, RTCP too."""
    random, dtls = Random(seed), peer._transport.dtls
    inner = dtls.media_received

    def media_received(data: bytes) -> None:
        if random.random() >= fraction:
            inner(data)

    dtls.media_received = media_received  # type: ignore[method-assign]


def sound(number: int) -> EncodedFrame:
    """A sound of 20 ms that can be told apart; not real Opus, which `rtc` does not look into."""
    return EncodedFrame(Codec.OPUS, b"\xfc" + number.to_bytes(2) * 30, number * 960, audio_level_db=-30, voice=True)


class Camera:
    """Encodes pictures for a stream as it wants them: a key frame whenever the network asks for one."""

    def __init__(self, stream: SendingStream) -> None:
        self._stream = stream
        self._encoder = Encoder(stream.codec)
        self._number = 0
        self._key_wanted = True
        self.feedback: list[Feedback] = []
        stream.on_feedback(self._hear)

    def _hear(self, feedback: Feedback) -> None:
        self.feedback.append(feedback)
        self._key_wanted = self._key_wanted or feedback.key_frame_wanted

    def shoot(self) -> None:
        """Send the next picture."""
        frame = self._encoder.encode(self._number, self._key_wanted)
        self._number += 1
        self._key_wanted = False
        self._stream.send(frame)

    async def film(self, count: int, pause_s: float = 0.005) -> None:
        """Send this many pictures, faster than real ones come."""
        for _ in range(count):
            self.shoot()
            await asyncio.sleep(pause_s)
