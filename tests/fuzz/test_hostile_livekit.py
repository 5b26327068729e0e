"""A LiveKit server, or somebody through it, that says anything: the session goes on or ends, it never breaks."""

from __future__ import annotations

import asyncio
import logging
from random import Random

import pytest
from livekit.protocol.models import DataPacket, ParticipantInfo
from livekit.protocol.rtc import ParticipantUpdate, SignalResponse

from tests.helpers.clock_media import until
from tests.helpers.fake_livekit import FakeChannel, FakeLiveKit, fake_livekit
from tests.helpers.fuzzing import SEED, largest_table, mutated, noise, rounds
from visio_desktop.meeting.events import Dropped

KINDS = [field.name for field in SignalResponse.DESCRIPTOR.fields if field.name not in {"leave", "reconnect"}]
MOST_HELD = 5_000
LATE = ParticipantInfo(sid="PA_late", identity="late", state=ParticipantInfo.ACTIVE)


def anything(random: Random) -> bytes:
    """A message of one kind with anything in it, at times garbled besides."""
    message = SignalResponse()
    inner = getattr(message, random.choice(KINDS))
    if hasattr(inner, "SetInParent"):
        inner.SetInParent()
        noise(random, inner)
    data = message.SerializeToString()
    return mutated(random, [data], longest=100_000) if random.random() < 0.2 else data


def errors(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [r for r in caplog.records if r.levelno >= logging.ERROR and r.name.startswith("visio_desktop")]


def ended(server: FakeLiveKit) -> bool:
    return any(isinstance(event, Dropped) for event in server.ear.events) or server._socket.closed


@pytest.mark.parametrize("seed", range(3))
async def test_signalling_that_says_anything(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    random = Random(SEED * 1_000 + seed)
    left = sum(1 for _ in rounds(400))
    while left:
        async with fake_livekit(single=bool(seed % 2)) as server:
            while left and not ended(server):
                left -= 1
                await server.say_bytes(anything(random))
                if left % 20 == 0:
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            assert largest_table(server.session).size < MOST_HELD, largest_table(server.session)
            if not ended(server):
                await server.say(update=ParticipantUpdate(participants=[LATE]))
                await until(lambda: "late" in server.ear.people or ended(server), "somebody who comes later")
    assert errors(caplog) == []


@pytest.mark.parametrize("label", ["_reliable", "_lossy", "_data_track", "other"])
async def test_data_that_says_anything(label: str, caplog: pytest.LogCaptureFixture) -> None:
    random = Random(SEED)
    async with fake_livekit() as server:
        channel = FakeChannel(label)
        server.subscriber.listener.on_channel(channel)  # type: ignore[arg-type]
        for _ in rounds(1_500):
            data = noise(random, DataPacket()).SerializeToString()
            if channel.listener is not None:
                channel.listener(mutated(random, [data], longest=70_000) if random.random() < 0.3 else data)
        await asyncio.sleep(0.05)
        assert not ended(server)
        assert largest_table(server.session).size < MOST_HELD, largest_table(server.session)
    assert errors(caplog) == []
