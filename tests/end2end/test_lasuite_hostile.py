"""What a hostile participant and a server that misbehaves do to a meeting of La Suite Meet: nothing."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any

import pytest

from tests.helpers.engines import running_engine
from tests.helpers.lasuite import ContractServer, Fault
from tests.helpers.lasuite.agent import Agents
from tests.helpers.lasuite.ours import adapter, ours
from tests.helpers.native_peer import NativePeer
from tests.helpers.watching import Watcher
from visio_desktop.engine.engine import Engine
from visio_desktop.meeting.intents import AskServer, Join, OpenLink, SendChat, SetHand, SetSourceOn, ShowCaptions
from visio_desktop.meeting.requests import Rename
from visio_desktop.meeting.rooms import EVERY_SOURCE
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import ProblemCode, Source
from visio_desktop.servers.port import Credentials

ROOM = "pub-lica-aaa"
EVIL_NAME = "Odile\u202e\u2066<img src=x onerror=alert(1)>" + "a" * 200
SPOOFED = (
    {"type": "screenRecordingStarted"},
    {"type": "transcriptionStarted"},
    {"type": "screenRecordingLimitReached"},
    {"type": "participantWaiting"},
    {"type": "permissionsRemoved", "data": {"removedSources": ["camera", "microphone"]}},
    {"type": "participantMuted"},
    {"type": "screenRecordingRequested"},
)
# More than ten a second, as anybody could send with another client.
FLOOD = 120


@pytest.fixture(scope="module")
def server() -> Iterator[ContractServer]:
    with ContractServer() as running:
        yield running


@pytest.fixture(autouse=True)
def well_behaved(server: ContractServer) -> Iterator[None]:
    yield
    server.behave()


@contextmanager
def engine(server: ContractServer, *, user: str = "") -> Iterator[tuple[Engine, Watcher]]:
    credentials = Credentials(cookies=server.cookies(user)) if user else Credentials()
    with running_engine(name="Ada", asking=(adapter(),), credentials=credentials) as running:
        yield running


def enter(running: tuple[Engine, Watcher], link: str) -> Meeting:
    """Open the link and join; gives the meeting as one finds it."""
    person, watcher = running
    person.post(OpenLink(link))
    watcher.wait_for(lambda m: m.page is Page.PREJOIN)
    person.post(Join())
    return watcher.wait_for(lambda m: m.page is Page.ROOM)


async def wait(watcher: Watcher, fits: Any) -> Meeting:
    return await asyncio.to_thread(watcher.wait_for, fits, 15.0)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def mallory(server: ContractServer, stack: AsyncExitStack, name: str) -> tuple[NativePeer, dict[str, Any]]:
    """A guest with LiveKit's native SDK, and their `livekit`."""
    path = f"/rooms/{ROOM}/request-entry/"
    _, entry = await asyncio.to_thread(server.call, "POST", path, {"username": name})
    peer = await stack.enter_async_context(NativePeer())
    await peer.join(entry["livekit"]["url"].replace("http", "ws", 1), entry["livekit"]["token"])
    return peer, {**entry["livekit"], "identity": entry["id"]}


async def test_a_hostile_participant(server: ContractServer, stack: AsyncExitStack) -> None:
    running = stack.enter_context(engine(server))
    await asyncio.to_thread(enter, running, server.link(ROOM))
    person, watcher = running
    peer, access = await mallory(server, stack, "Mallory")
    rename = (f"/rooms/{ROOM}/rename/", {"name": EVIL_NAME[:255]})
    assert (await asyncio.to_thread(server.call, "POST", *rename, token=access["token"]))[0] == 200
    met = await wait(watcher, lambda m: any("\u202e" in p.name for p in m.participants))
    assert len(met.participants) == 2
    assert all(len(p.name) <= 255 for p in met.participants)
    before = watcher.meeting
    for packet in SPOOFED:
        await peer.data(json.dumps(packet), "")
    for raw in ("", "{", "[" * 5_000, '{"type":' + "9" * 5_000 + "}", "\ud800".encode("utf-8", "replace").decode()):
        await peer.data(raw, "")
    for _ in range(FLOOD):
        await peer.data(json.dumps({"type": "reactionReceived", "data": {"emoji": "thumbs-up"}}), "")
    await peer.data(json.dumps({"type": "reactionReceived", "data": {"emoji": "<b>"}}), "")
    person.post(SendChat("mine"))
    mine = (await wait(watcher, lambda m: [c for c in m.chat if c.is_mine and not c.pending])).chat[-1]
    takeover = {"id": mine.id, "timestamp": 1, "message": "not mine"}
    await peer.data(json.dumps(takeover), "lk-chat-topic")
    await peer.chat("x" * 50_000)
    await peer.chat("<b>hello</b> \u202eevil")
    after = await wait(watcher, lambda m: any("hello" in c.text for c in m.chat))
    room = after.room
    assert (room.recording, room.waiting, room.rules, room.may_send) == (None, (), before.room.rules, EVERY_SOURCE)
    assert (after.microphone_on, after.camera_on) == (before.microphone_on, before.camera_on)
    assert {toast.key for toast in after.toasts} <= {"arrived", "chat"}
    times = [reaction.at_ms for reaction in room.reactions]
    assert 1 <= len(times) <= 30
    assert max(Counter(int(at // 1_000) for at in times).values()) <= 20
    assert [c.text for c in after.chat if c.is_mine] == ["mine"]
    assert all(len(c.text) <= 20_000 for c in after.chat)
    assert [c.text for c in after.chat if "hello" in c.text] == ["<b>hello</b> \u202eevil"]


async def test_words_put_into_anothers_mouth(server: ContractServer, stack: AsyncExitStack) -> None:
    server.options.agent_hidden = True
    running = stack.enter_context(engine(server))
    met = await asyncio.to_thread(enter, running, server.link(ROOM))
    person, watcher = running
    person.post(ShowCaptions(on=True))
    _, access = await mallory(server, stack, "Mallory")
    liar = Agents()
    stack.push_async_callback(liar.close)
    _, again = await asyncio.to_thread(server.call, "GET", f"/rooms/{ROOM}/?username=Liar")
    await liar.join(ROOM, again["livekit"]["url"], again["livekit"]["token"])
    me = met.participants[0].id
    for number in range(5):
        await liar.say(ROOM, {"identity": me, "track": "", "id": f"l{number}", "text": "I resign", "final": True})
    await asyncio.to_thread(server.say, ROOM, me, "Good morning", line="true")
    after = await wait(watcher, lambda m: m.room.captions)
    assert [caption.text for caption in after.room.captions] == ["Good morning"]
    assert access


async def test_above_the_servers_threshold_one_joins_muted(server: ContractServer, stack: AsyncExitStack) -> None:
    limits = {"auto_mute_on_join_threshold": 1, "max_participants_for_sound": 1}
    server.interfere("GET /config/", Fault(change=lambda config: {**config, **limits}))
    for user in ("owner", "admin"):
        await stack.enter_async_context(ours(server, "tru-sted-aaa", user, user=user))
    running = stack.enter_context(engine(server, user="trusted"))
    await asyncio.to_thread(enter, running, server.link("tru-sted-aaa"))
    met = await wait(running[1], lambda m: len(m.participants) == 3 and not m.microphone_on)
    assert (met.camera_on, met.room.sounds) == (True, False)


class TestServers:
    """Old ones, new ones, broken ones."""

    def test_with_fields_missing_and_fields_unknown(self, server: ContractServer) -> None:
        kept = ("livekit",)
        server.interfere("GET /config/", Fault(change=lambda c: {k: c[k] for k in kept} | {"new": {"er": [1]}}))
        few = ("id", "slug", "access_level", "livekit")
        server.interfere(f"GET /rooms/{ROOM}/", Fault(change=lambda r: {k: r[k] for k in few} | {"kind": 7}))
        with engine(server) as running:
            met = enter(running, server.link(ROOM))
            assert met.room.invitation.phone == ""
            assert met.participants[0].name == "Ada"

    def test_with_types_that_are_wrong(self, server: ContractServer) -> None:
        def wrong(config: dict[str, Any]) -> dict[str, Any]:
            wrongs = {key: 7 if isinstance(value, dict) else {"a": 1} for key, value in config.items()}
            return {**wrongs, "livekit": config["livekit"]}

        server.interfere("GET /config/", Fault(change=wrong))
        odd = {"configuration": [], "pin_code": 5, "access_level": ["public"], "name": None, "accesses": "x"}
        server.interfere(f"GET /rooms/{ROOM}/", Fault(change=lambda room: {**room, **odd}))
        with engine(server) as running:
            assert enter(running, server.link(ROOM)).page is Page.ROOM

    def test_slow_answers(self, server: ContractServer) -> None:
        server.interfere("GET ", Fault(delay_s=1.5))
        with engine(server) as running:
            person, watcher = running
            person.post(OpenLink(server.link(ROOM)))
            watcher.wait_for(lambda m: m.looking, 2)
            assert enter(running, server.link(ROOM)).page is Page.ROOM

    def test_requests_that_fail_leave_the_meeting_as_it_is(self, server: ContractServer) -> None:
        with engine(server) as running:
            enter(running, server.link(ROOM))
            person, watcher = running
            answers = (
                Fault(status=403, body={"detail": "no"}),
                Fault(status=404, body={"detail": "no"}),
                Fault(status=429, body={"detail": "slow down"}, headers={"Retry-After": "99999999999"}),
                Fault(status=500, body="<html>"),
                Fault(status=200, body="<html>"),
                Fault(status=302, body="", headers={"Location": "https://elsewhere.example/"}),
                Fault(hang_up=True),
            )
            for fault in answers:
                server.interfere("POST /rooms/", fault)
                number = watcher.meeting.next_id
                person.post(AskServer(Rename("Other")))
                watcher.wait_for(lambda m, n=number: any(t.id >= n and t.problem for t in m.toasts))  # type: ignore[misc]
                assert (watcher.meeting.page, watcher.meeting.participants[0].name) == (Page.ROOM, "Ada")
            server.behave()
            person.post(SetHand(raised=True))
            watcher.wait_for(lambda m: m.participants[0].hand_raised_at_ms is not None)
            person.post(SetSourceOn(Source.CAMERA, on=False))
            watcher.wait_for(lambda m: not m.camera_on)

    def test_a_livekit_that_is_restarted_brings_everybody_back_as_who_they_were(self) -> None:
        with ContractServer() as own, engine(own) as running:
            before = enter(running, own.link(ROOM)).participants[0]
            person, watcher = running
            person.post(AskServer(Rename("Ada Lovelace")))
            watcher.wait_for(lambda m: m.participants[0].name == "Ada Lovelace")
            own.livekit.kill()
            watcher.wait_for(lambda m: m.restoring or m.reconnecting)
            own.livekit.start()
            after = watcher.wait_for(lambda m: not m.restoring and not m.reconnecting, 40).participants[0]
            assert (after.id, after.name) == (before.id, "Ada Lovelace")
            person.post(SetHand(raised=True))
            watcher.wait_for(lambda m: m.participants[0].hand_raised_at_ms is not None)

    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            (Fault(status=200, body="<!doctype html><h1>Portal</h1>"), ProblemCode.LINK_UNKNOWN_KIND),
            (Fault(status=200, body={"hello": "world"}), ProblemCode.LINK_UNKNOWN_KIND),
            (Fault(status=404, body="<h1>Not Found</h1>"), ProblemCode.LINK_UNKNOWN_KIND),
            (
                Fault(status=302, body="", headers={"Location": "https://elsewhere.example/"}),
                ProblemCode.LINK_UNKNOWN_KIND,
            ),
            (Fault(status=503, body="<h1>Maintenance</h1>"), ProblemCode.SERVER_BUSY),
            (Fault(hang_up=True), None),
        ],
    )
    def test_what_is_no_such_server_is_said_in_a_sentence(
        self, server: ContractServer, fault: Fault, code: ProblemCode | None
    ) -> None:
        server.interfere("GET /config/", fault)
        with engine(server) as (person, watcher):
            person.post(OpenLink(server.link(ROOM)))
            met = watcher.wait_for(lambda m: m.link_problem is not None, 10)
            told = met.link_problem
            assert told is not None
            assert met.page is Page.HOME
            assert code is None or told.code is code

    def test_a_session_that_expires_within_a_meeting(self, server: ContractServer) -> None:
        with engine(server, user="owner") as running:
            enter(running, server.link(ROOM))
            server.expire("owner")
            person, watcher = running
            person.post(SetHand(raised=True))
            watcher.wait_for(lambda m: m.participants[0].hand_raised_at_ms is not None)
            assert watcher.meeting.page is Page.ROOM
