from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.rtc_pair import Heard, until
from tests.helpers.scripted_janus import ROOM, ScriptedJanus, scripted_janus
from visio_desktop.net import Web
from visio_desktop.rtc import DataChannel, PeerConnection, PeerListener, PeerOptions, PeerState
from visio_desktop.servers.janus.link import Address
from visio_desktop.servers.janus.place import Place
from visio_desktop.servers.janus.signal import Signal
from visio_desktop.servers.janus.text_room import Said, TextRoom
from visio_desktop.servers.port import Credentials, RequestFailed
from visio_desktop.system.tasks import Tasks

OLD = {"textroom": "message", "from": "Eve #9", "date": "2026-11-23T18:00:00+0000", "text": "before", "display": "Eve"}


class Ear:
    def __init__(self) -> None:
        self.said: list[Said] = []

    def on_text_state(self, state: PeerState) -> None:
        pass

    def on_text(self, said: Said) -> None:
        self.said.append(said)


class TextServer(Heard):
    """The plugin's side: offers a data channel, and answers what is asked over it as `answers` say."""

    def __init__(self, janus: ScriptedJanus) -> None:
        super().__init__()
        self.peer = make_peer(self)
        self.channel = self.peer.open_channel("JanusDataChannel")
        self.offer = ""
        self.asked: list[dict[str, Any]] = []
        self.answers: dict[str, dict[str, Any]] = {"join": {"participants": [{"username": "bob", "display": "Bob"}]}}
        janus.answers |= {
            "exists": lambda _: text_room(room=ROOM, exists=True),
            "setup": lambda _: {**text_room(result="ok"), "jsep": {"type": "offer", "sdp": self.offer}},
            "ack": self._connect,
        }
        self._tasks = Tasks("text server")

    def on_channel(self, channel: DataChannel) -> None:
        channel.on_message(self._take)

    def _connect(self, told: dict[str, Any]) -> dict[str, Any]:
        self._tasks.start(self.peer.set_answer(told["jsep"]["sdp"]), name="answer")
        return text_room(result="ok")

    def _take(self, data: bytes) -> None:
        told = json.loads(data)
        self.asked.append(told)
        if told["textroom"] == "join":
            self.say(OLD)
        answer = self.answers.get(told["textroom"], {})
        self.say({"textroom": "success", "transaction": told["transaction"], **answer})

    def say(self, told: dict[str, Any]) -> None:
        self.channel.send(json.dumps(told).encode(), as_text=True)

    async def close(self) -> None:
        await self.peer.close()
        await self._tasks.close()


def text_room(**data: Any) -> dict[str, Any]:
    return {"janus": "event", "plugindata": {"plugin": "janus.plugin.textroom", "data": {"textroom": "event", **data}}}


def make_peer(listener: PeerListener) -> PeerConnection:
    return PeerConnection(PeerOptions(host_addresses=("127.0.0.1",)), listener)


@pytest.fixture
async def janus() -> AsyncIterator[ScriptedJanus]:
    async with scripted_janus() as running:
        yield running


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def room(janus: ScriptedJanus, ear: Ear) -> AsyncIterator[TextRoom]:
    tasks = Tasks("text room")
    numbers = iter(range(1_000))
    signal = Signal(Web(), ids=lambda: str(next(numbers)), tasks=tasks, secrets={})
    await signal.connect(janus.url, "127.0.0.1")
    place = Place(Address(janus.url, "127.0.0.1", janus.port, False, ROOM), Credentials(password="1793"))
    made = TextRoom(signal, place, make_peer, ear, {"written": "m0"})
    yield made
    await made.close()
    await signal.close()
    await tasks.close()


@pytest.fixture
async def server(janus: ScriptedJanus) -> AsyncIterator[TextServer]:
    made = TextServer(janus)
    made.offer = await made.peer.create_offer()
    yield made
    await made.close()


async def test_it_is_entered_with_name_and_pin_and_lines_go_both_ways(
    server: TextServer, room: TextRoom, ear: Ear
) -> None:
    assert await room.enter("7", "Ada")
    assert server.asked[0] | {"transaction": ""} == {
        "textroom": "join",
        "transaction": "",
        "room": ROOM,
        "username": "Ada #7",
        "display": "Ada",
        "pin": "1793",
    }
    await room.say("m1", "tea?")
    assert (server.asked[1]["textroom"], server.asked[1]["text"]) == ("message", "tea?")
    server.say({"textroom": "message", "from": "Ada #7", "text": "tea?"})
    server.say({"textroom": "message", "from": "bob", "text": "yes", "date": "rubbish"})
    server.say({"textroom": "join", "username": "carol", "display": "Carol"})
    server.say({"textroom": "message", "from": "carol", "text": "psst", "whisper": True})
    server.say({"textroom": "leave", "username": "carol"})
    server.say({"textroom": "message", "from": "carol", "text": "gone"})
    await until(lambda: len(ear.said) == 4)
    told = [(said.person, said.name, said.text, said.private, said.old) for said in ear.said]
    assert told == [
        ("9", "Eve", "before", False, True),
        ("", "Bob", "yes", False, False),
        ("", "Carol", "psst", True, False),
        ("", "carol", "gone", False, False),
    ]
    assert [said.at_ms for said in ear.said] == [1_795_456_800_000.0, None, None, None]
    assert len({said.id for said in ear.said}) == 4


async def test_what_the_room_refuses_is_told(server: TextServer, room: TextRoom) -> None:
    assert await room.enter("7", "Ada")
    server.answers["message"] = {"textroom": "error", "error_code": 421, "error": "not in the room"}
    with pytest.raises(RequestFailed, match="not in the room"):
        await room.say("m1", "tea?")
    server.answers["join"] = {"textroom": "error", "error_code": 419, "error": "wrong pin"}


async def test_where_there_is_none_nobody_goes_in(janus: ScriptedJanus, room: TextRoom) -> None:
    for answer in (
        text_room(room=ROOM, exists=False),
        text_room(error_code=414, error="rooms are named otherwise"),
        {"janus": "error", "error": {"code": 460, "reason": "no such plugin"}},
    ):
        janus.answers["exists"] = lambda _, answer=answer: answer  # type: ignore[misc]
        assert not await room.enter("7", "Ada")
    janus.answers |= {"exists": lambda _: text_room(exists=True), "setup": lambda _: text_room(result="ok")}
    with pytest.raises(RequestFailed):
        await room.enter("7", "Ada")


@given(st.one_of(st.binary(max_size=50), st.dictionaries(st.sampled_from(list(OLD)), st.integers() | st.text())))
def test_whatever_comes_does_no_harm(told: bytes | dict[str, Any]) -> None:
    ear = Ear()
    room = TextRoom(None, Place(Address("ws://h", "h", 80, False, ROOM), Credentials()), make_peer, ear, {})  # type: ignore[arg-type]
    room._heard(told if isinstance(told, bytes) else json.dumps(told).encode())
    assert all(said.text for said in ear.said)
