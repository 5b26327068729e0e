from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.helpers.clock_media import until
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.servers.port import RequestFailed, SessionClosed
from visio_desktop.servers.talk import telling as module
from visio_desktop.servers.talk.telling import Telling
from visio_desktop.system.tasks import Tasks


class Room:
    """What all are told, and what goes beside the stream; `refusals` are raised first."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []
        self.beside: list[dict[str, Any]] = []
        self.refusals: list[Exception] = []

    async def to_all(self, data: Mapping[str, Any]) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        assert data["roomType"] == "video"
        self.told.append((data["type"], data["payload"]))

    def say(self, data: bytes) -> None:
        self.beside.append(json.loads(data))


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
async def telling(room: Room) -> AsyncIterator[Telling]:
    tasks = Tasks("test")
    yield Telling(room.to_all, room.say, tasks)
    await tasks.close()


def sound(*, voice: bool) -> EncodedFrame:
    return EncodedFrame(Codec.OPUS, b"x", 0, voice=voice)


async def test_each_change_is_told_once_both_ways(room: Room, telling: Telling) -> None:
    await telling.turn(Source.MICROPHONE, on=True)
    await telling.turn(Source.MICROPHONE, on=True)
    await telling.turn(Source.CAMERA, on=False)
    await telling.turn(Source.SCREEN, on=True)
    assert room.told == [("unmute", {"name": "audio"})]
    assert room.beside == [{"type": "audioOn"}]
    await telling.raise_hand(1_795_325_606_000.0)
    await telling.raise_hand(None)
    await telling.react("👍")
    await telling.rename("Ada B.")
    assert room.told[1:] == [
        ("raiseHand", {"state": True, "timestamp": 1_795_325_606_000}),
        ("raiseHand", {"state": False, "timestamp": None}),
        ("reaction", {"reaction": "👍"}),
        ("nickChanged", {"name": "Ada B."}),
    ]
    assert room.beside[-1] == {"type": "nickChanged", "payload": "Ada B."}


async def test_speaking_is_told_when_it_begins_and_ends(room: Room, telling: Telling) -> None:
    for _ in range(3):
        telling.heard(sound(voice=True))
    for _ in range(100):
        telling.heard(sound(voice=False))
    telling.heard(sound(voice=True))
    await telling.turn(Source.MICROPHONE, on=True)
    await telling.turn(Source.MICROPHONE, on=False)
    kinds = [each["type"] for each in room.beside]
    assert kinds == ["speaking", "stoppedSpeaking", "speaking", "audioOn", "stoppedSpeaking", "audioOff"]


async def test_who_comes_is_told_all_of_it_more_than_once(
    room: Room, telling: Telling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITS_S", (0.0, 0.0))
    telling.name = "Ada"
    await telling.turn(Source.CAMERA, on=True)
    await telling.raise_hand(5.0)
    room.told.clear()
    room.refusals = [RequestFailed("no way")]
    telling.anew()
    whole = [
        ("nickChanged", {"name": "Ada"}),
        ("mute", {"name": "audio"}),
        ("unmute", {"name": "video"}),
        ("raiseHand", {"state": True, "timestamp": 5}),
    ]
    await until(lambda: room.told == whole, "the whole state, once signalling is back")
    room.refusals = [SessionClosed("over")]
    telling.anew()
    await until(lambda: not room.refusals, "asked")
    assert room.told == whole
