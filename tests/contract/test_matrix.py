"""The contract of `servers.port` for calls of Matrix, against a real Synapse and real LiveKit servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import ClassVar
from urllib.parse import quote

import pytest

from tests.contract.hostile import HostileContract
from tests.contract.house import LONG_S, Fixture, House, Person
from tests.contract.matrix_fixture import MatrixFixture, closed_rooms
from tests.contract.suite import AdapterContract
from tests.helpers.call_host import ONE, TWO, CallHost
from tests.helpers.cas import log_in_with_browser
from tests.helpers.clock_media import until
from tests.helpers.session_ear import SessionEar
from tests.helpers.synapse_server import SERVER_NAME, Refused, Registered
from visio_desktop.meeting.events import CapabilitiesChanged, HandChanged, LobbyEntered
from visio_desktop.meeting.requests import LowerHand, RemovePerson
from visio_desktop.meeting.values import Capability, ProblemCode, Source
from visio_desktop.servers.livekit import resume
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.matrix import syncing
from visio_desktop.servers.matrix.account import parse_account
from visio_desktop.servers.matrix.adapter import MatrixAdapter
from visio_desktop.servers.matrix.link import parse_link
from visio_desktop.servers.matrix.means import kept_in
from visio_desktop.servers.port import Credentials, JoinRequest, RequestFailed, Session, Wanted
from visio_desktop.system.secrets import MemorySecrets
from visio_desktop.system.tasks import together
from visio_desktop.system.texts import tr


@pytest.fixture(scope="module")
def host() -> Iterator[CallHost]:
    with CallHost() as running:
        yield running


@pytest.fixture(scope="module")
def owner(host: CallHost) -> Registered:
    return host.homeserver.register("owner", "Owner")


@pytest.fixture(scope="module")
def closed(host: CallHost, owner: Registered) -> dict[str, str]:
    return closed_rooms(host, owner)


class TestMatrix(HostileContract, AdapterContract):
    patience: ClassVar = {
        "livekit.signal._JOIN_TIMEOUT_S": 2.0,
        "livekit.signal._EXPLAIN_TIMEOUT_S": 1.0,
        "matrix.api.TIMEOUT_S": 60.0,
        "matrix.syncing._FIRST_TIMEOUT_S": 60.0,
        "matrix.standing._LEAVE_TIMEOUT_S": 60.0,
    }

    @pytest.fixture
    def fixture(
        self, host: CallHost, owner: Registered, closed: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[MatrixFixture]:
        monkeypatch.setattr(resume, "_WINDOW_MS", 2_000.0)
        host.add(ONE)
        yield MatrixFixture(host, owner, closed)
        host.drop(ONE)

    async def test_links(self, fixture: Fixture) -> None:
        adapter, link = fixture.adapter(), fixture.request("Ada").link
        assert isinstance(adapter, MatrixAdapter)
        assert adapter.recognise(link.text) is None
        assert await adapter.identify(link.text) == replace(link, logs_in_by_browser=True)
        assert await adapter.identify("mailto:ada@example.org") is None

    async def test_hands(self, house: House) -> None:
        """As everywhere, but that the server says when; who comes much later hears of it, too."""
        ada, bob = await house.join("Ada"), await house.join("Bob")
        await ada.session.set_hand(raised=True, at_ms=0)
        await until(lambda: hand(bob) is not None and hand(ada) == hand(bob), "hand up")
        await bob.session.send_chat("m", "what came after it")
        with pytest.MonkeyPatch.context() as shorter:
            shorter.setattr(syncing, "HISTORY", 1)
            carol = await house.join("Carol")
        await until(lambda: hand(carol) == hand(ada), "hand up for those who come later", timeout_s=LONG_S)
        await ada.session.set_hand(raised=False, at_ms=0)
        await until(lambda: hand(bob) is None and hand(ada) is None, "hand down")


class TestCalls:
    """What is Matrix' own, beside the contract."""

    @pytest.fixture
    async def house(self, host: CallHost, owner: Registered, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
        monkeypatch.setattr(resume, "_WINDOW_MS", 2_000.0)
        host.add(ONE)
        host.add(TWO)
        async with AsyncExitStack() as stack:
            yield House(MatrixFixture(host, owner, {}), stack)
        host.preferred = ONE
        host.drop(ONE)
        host.drop(TWO)

    async def test_each_publishes_on_a_media_server_of_their_own(self, host: CallHost, house: House) -> None:
        ada = await house.join("Ada")
        host.preferred = TWO
        bob = await house.join("Bob")
        for person, hz in ((ada, 440.0), (bob, 600.0)):
            await person.show()
            await person.say(hz)
        await asyncio.gather(ada.meets({"Bob": 600.0}), bob.meets({"Ada": 440.0}))
        host.preferred = ONE
        carol = await house.join("Carol")
        await carol.meets({"Ada": 440.0, "Bob": 600.0})
        where = {path for path, _ in host.asked}
        assert {"/focus/one/sfu/get", "/focus/two/sfu/get", "/focus/one/get_token", "/focus/two/get_token"} <= where
        publication = await ada.publication("Bob", Source.CAMERA)
        await ada.session.set_wanted(publication, Wanted(enabled=False))
        await asyncio.to_thread(host.livekit[TWO].kill)
        await until(lambda: bob.ear.is_disturbed, "Bob's server is gone", timeout_s=LONG_S)
        await until(lambda: ada.ear.publication("Bob", Source.CAMERA) is None, "with all it carried", timeout_s=60)
        assert ada.ear.dropped is None
        await bob.session.leave()
        await until(lambda: ada.ear.others == ["Carol"], "Bob gone", timeout_s=LONG_S)
        await self.power_removes(host, house, ada, carol)

    @staticmethod
    async def power_removes(host: CallHost, house: House, ada: Person, carol: Person) -> None:
        """Whoever the room's owner gives power lowers hands, and puts others out."""
        assert isinstance(house.fixture, MatrixFixture)
        with pytest.raises(RequestFailed):
            await ada.session.request(RemovePerson(carol.ear.me.id))
        await house.fixture.empower(ada.ear.me.id)
        await until(lambda: able(ada), "power", timeout_s=LONG_S)
        assert ada.ear.people[carol.ear.me.id].removable
        await carol.session.set_hand(raised=True, at_ms=0)
        await until(lambda: hand(ada) is not None, "Carol's hand", timeout_s=LONG_S)
        await ada.session.request(LowerHand(carol.ear.me.id))
        await until(lambda: hand(carol) is None, "her hand down", timeout_s=LONG_S)
        await ada.session.request(RemovePerson(carol.ear.me.id))
        await until(lambda: carol.ear.dropped is not None, "Carol put out", timeout_s=LONG_S)
        assert carol.ear.dropped is not None
        assert carol.ear.dropped.problem.code is ProblemCode.REMOVED
        await until(lambda: ada.ear.others == [], "and gone", timeout_s=LONG_S)

    async def test_single_sign_on_in_the_browser(self, host: CallHost, house: House) -> None:
        """Somebody whom only the organisation's own login server knows joins, comes back, and logs out."""
        kept = MemorySecrets()
        adapter = MatrixAdapter(LiveKitAdapter(), secrets_at=lambda: kept)
        link = await adapter.identify(house.fixture.request("Ada").link.text)
        assert link is not None
        assert (link.takes_login, link.logs_in_by_browser) == (True, True)
        pages: asyncio.Queue[str] = asyncio.Queue()
        name = f"ada-{token_hex(4)}"

        async def browse() -> str:
            return await log_in_with_browser(await pages.get(), name)

        who, shown = await together(adapter.log_in(link, pages.put_nowait), browse())
        assert (who, await adapter.logged_in_as(link)) == (f"@{name}:{SERVER_NAME}", who)
        assert tr("browser_login.done") in shown
        ear = SessionEar()
        session = await adapter.join(JoinRequest(link, "Ada"), ear)
        try:
            assert ear.me.id.startswith(f"{who}:")
        finally:
            await session.leave()
        again = MatrixAdapter(LiveKitAdapter(), secrets_at=lambda: kept)
        assert await again.identify(link.text) == link
        assert await again.logged_in_as(link) == who
        login = parse_account(kept.get(f"matrix {host.url}") or "")
        assert login is not None
        await again.log_out(link)
        assert await again.logged_in_as(link) == ""
        with pytest.raises(Refused) as refused:
            await asyncio.to_thread(host.homeserver.call, "GET", "/v3/account/whoami", token=login.token)
        assert refused.value.status == 401

    async def test_the_password_in_a_link_encrypts_the_call(self, host: CallHost, house: House) -> None:
        room = house.fixture.request("Ada").link.text
        assert "password" not in room
        ears = {name: SessionEar() for name in ("Ada", "Bob", "Eve")}
        sessions = {}
        async with AsyncExitStack() as stack:
            for name, ear in ears.items():
                adapter = MatrixAdapter(LiveKitAdapter())
                link = await adapter.identify(room if name == "Eve" else f"{room}&password=p%40ss")
                assert link is not None
                sessions[name] = await adapter.join(JoinRequest(link, name), ear)
                stack.push_async_callback(sessions[name].leave)
            ada = Person(sessions["Ada"], ears["Ada"], house._tasks)
            await ada.show()
            bob = Person(sessions["Bob"], ears["Bob"], house._tasks)
            view = await bob.view("Ada")
            await until(lambda: len(view.codes) >= 3, "pictures", timeout_s=LONG_S)
            shut = await Person(sessions["Eve"], ears["Eve"], house._tasks).view("Ada")
            published = ears["Eve"].publication("Ada", Source.CAMERA)
            assert published is not None
            assert (published.encrypted, shut.frames) == (False, 0)

    async def test_in_an_encrypted_room_each_has_keys_of_their_own(
        self, host: CallHost, owner: Registered, house: House, tmp_path: Path
    ) -> None:
        encryption = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
        room = host.room(owner, initial_state=[encryption])
        link = parse_link(host.link(room))
        assert link is not None
        people: dict[str, Person] = {}
        async with AsyncExitStack() as stack:
            for name in ("Ada", "Bob", "Carol"):
                adapter = MatrixAdapter(LiveKitAdapter(), keys=partial(kept_in, tmp_path / name))
                ear = SessionEar()
                session = await adapter.join(JoinRequest(link.meeting, name), ear)
                stack.push_async_callback(session.leave)
                people[name] = person = Person(session, ear, house._tasks)
                if name == "Ada":
                    await person.show()
                    await person.say(440.0)
                else:
                    await person.meets({"Ada": 440.0} if name == "Bob" else {"Ada": 440.0, "Bob": 600.0})
                if name == "Bob":
                    await person.show()
                    await person.say(600.0)
                    await people["Ada"].meets({"Bob": 600.0})
            shown = people["Carol"].ear.publication("Ada", Source.CAMERA)
            assert shown is not None
            assert shown.encrypted
            await people["Ada"].session.send_chat("m", "between us")
            for name in ("Bob", "Carol"):
                await until(lambda name=name: bool(people[name].ear.chat), name, timeout_s=LONG_S)  # type: ignore[misc]
                assert people[name].ear.chat[0].text == "between us"
        path = f"/v3/rooms/{quote(room)}/messages?dir=b&limit=50"
        kinds = {event["type"] for event in host.homeserver.call("GET", path, token=owner.token)["chunk"]}
        assert "m.room.encrypted" in kinds
        assert "m.room.message" not in kinds

    async def test_who_knocks_waits_for_an_invitation_and_who_logs_in_is_known(
        self, host: CallHost, owner: Registered, house: House
    ) -> None:
        knocking = {"type": "m.room.join_rules", "state_key": "", "content": {"join_rule": "knock"}}
        room = await asyncio.to_thread(host.room, owner, preset="private_chat", initial_state=[knocking])
        zoe = await asyncio.to_thread(host.homeserver.register, "zoe", "Zoe")
        link = parse_link(host.link(room))
        assert link is not None
        given = Credentials(user=zoe.user_id, user_password=zoe.password)
        adapter, ear, joined = MatrixAdapter(LiveKitAdapter()), SessionEar(), list[Session]()

        async def join() -> None:
            joined.append(await adapter.join(JoinRequest(link.meeting, "nobody's name", given), ear))

        house._tasks.start(join(), name="join")
        await until(lambda: ear.events == [LobbyEntered()], "waiting", timeout_s=LONG_S)
        path, body = f"/v3/rooms/{quote(room)}/invite", {"user_id": zoe.user_id}
        await asyncio.to_thread(host.homeserver.call, "POST", path, body, token=owner.token)
        await until(lambda: bool(joined), "let in", timeout_s=LONG_S)
        assert (ear.me.name, ear.me.id.startswith(f"{zoe.user_id}:")) == ("Zoe", True)
        await joined[0].leave()
        again = SessionEar()
        session = await adapter.join(JoinRequest(link.meeting, "Zoe", given), again)
        assert again.me.id == ear.me.id, "the same device"
        await session.leave()


def hand(person: Person) -> float | None:
    """When the only hand went up, as this person knows it."""
    heard = [e for e in person.ear.events if isinstance(e, HandChanged)]
    return heard[-1].raised_at_ms if heard else None


def able(person: Person) -> bool:
    """Whether they were told that they may put others out."""
    told = [e.capabilities for e in person.ear.events if isinstance(e, CapabilitiesChanged)]
    return bool(told) and Capability.REMOVE in told[-1]
