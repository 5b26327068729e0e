from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

import pytest

from tests.helpers.matrix_keys import MemoryStore
from tests.helpers.rest_server import Answer, RestServer
from tests.helpers.session_ear import SessionEar
from tests.unit.servers.matrix.test_focus import OPENID, granted
from tests.unit.servers.matrix.test_membership import ADA, BOB, entered, member
from tests.unit.servers.matrix.test_room import state
from tests.unit.servers.matrix.test_serial import Slow
from tests.unit.servers.matrix.test_session import NEVER, SYNC, Line
from tests.unit.servers.matrix.test_standing import STATE
from visio_desktop.meeting.events import Joined
from visio_desktop.meeting.values import Capability, Participant, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.livekit.adapter import Ticket
from visio_desktop.servers.livekit.dialect import Dialect
from visio_desktop.servers.livekit.session import LiveKitSession
from visio_desktop.servers.matrix.account import Account
from visio_desktop.servers.matrix.api import Api
from visio_desktop.servers.matrix.config import CallConfig
from visio_desktop.servers.matrix.dialect import MatrixDialect
from visio_desktop.servers.matrix.entering import Inside, Means, enter_call
from visio_desktop.servers.matrix.focus import Turnstile
from visio_desktop.servers.matrix.keys import (
    DeviceTaken,
    FrameKey,
    Homeserver,
    KeyListener,
    KeyPlace,
    Keys,
    KeysError,
    KeyStore,
    SyncNews,
)
from visio_desktop.servers.matrix.link import parse_link
from visio_desktop.servers.matrix.means import KeyMeans
from visio_desktop.servers.matrix.syncing import Syncing
from visio_desktop.servers.matrix.words import RoomEvent, Synced
from visio_desktop.servers.port import JoinError, SessionListener

ENCRYPTED = state("m.room.encryption", algorithm="m.megolm.v1.aes-sha2")


class LiveKit:
    """Lets everybody in."""

    def __init__(self) -> None:
        self.tickets: list[Ticket] = []
        self.line = Line()

    async def enter(self, ticket: Ticket, ear: SessionListener, dialect: Dialect | None) -> LiveKitSession:
        assert isinstance(dialect, MatrixDialect)
        self.tickets.append(ticket)
        ear.on_event(Joined(Participant(ADA.identity, "x", is_me=True), "x", Capability.PUBLISH, 1.0))
        return cast("LiveKitSession", self.line)


async def entering(
    server: RestServer,
    api: Api,
    livekit: LiveKit,
    *state: RoomEvent,
    preferred: str = "",
    passphrase: str = "",
    follows: bool = False,
    refused: bool = False,
    keys: KeyMeans | None = None,
    recovery_key: str = "",
    browser: bool = True,
) -> Any:
    server.says(OPENID, {"access_token": "x"})
    said = Answer({"errcode": "M_FORBIDDEN"}, 403) if refused else Answer({"event_id": "$m"})
    server.says(STATE, Answer({"delay_id": "d1"}), said)
    server.says("POST /unstable/org.matrix.msc4140/delayed_events/d1/send", {})
    server.says(SYNC, NEVER)
    link = parse_link("https://c/room/#/tea?roomId=!r:h")
    assert link is not None
    syncing = Syncing(api, "!r:h", clock=lambda: 0.0, random=Random(1))
    turnstile = Turnstile(api, Web(), ADA, "!r:h")
    config = CallConfig("", "", follows_oldest=follows)
    inside = Inside(api, Account(ADA, "t"), link, config, turnstile, syncing, "!r:h")
    means = Means(lambda: 10.0, lambda: "t1", livekit.enter, lambda: keys, recovery_key, lambda: browser)
    synced = Synced("s", (entered("@ada:h"), entered("@bob:h"), *state))
    return await enter_call(inside, means, synced, preferred, passphrase, SessionEar())


async def test_onto_the_media_server_and_into_the_call(server: RestServer, api: Api) -> None:
    server.says("POST /focus/sfu/get", granted())
    livekit = LiveKit()
    session = await entering(server, api, livekit, preferred=f"{server.url}/focus", passphrase="s3cret")
    (ticket,) = livekit.tickets
    assert (ticket.passphrase, ticket.address.base) == ("s3cret", "ws://127.0.0.1:7880")
    said = server.of(STATE)[-1].body
    assert said["foci_preferred"][0]["livekit_service_url"] == f"{server.url}/focus"
    assert said["focus_active"]["focus_selection"] == "multi_sfu"
    await session.leave()
    assert livekit.line.left == 1


async def test_where_all_follow_the_oldest_one_publishes_there_and_names_ones_own(server: RestServer, api: Api) -> None:
    server.says("POST /oldest/sfu/get", granted())
    livekit = LiveKit()
    oldest = member(BOB, 1.0, f"{server.url}/oldest")
    own = f"{server.url}/focus"
    session = await entering(server, api, livekit, oldest, preferred=own, follows=True)
    said = server.of(STATE)[-1].body
    assert (said["foci_preferred"][0]["livekit_service_url"], said["focus_active"]["focus_selection"]) == (
        own,
        "oldest_membership",
    )
    assert len(server.of("POST /oldest/sfu/get")) == 1
    await session.leave()


async def test_without_a_server_of_ones_own_there_is_that_of_the_others(server: RestServer, api: Api) -> None:
    server.says("POST /oldest/sfu/get", granted())
    session = await entering(server, api, LiveKit(), member(BOB, 1.0, f"{server.url}/oldest"))
    await session.leave()
    with pytest.raises(JoinError) as caught:
        await entering(server, api, LiveKit())
    assert caught.value.problem.code is ProblemCode.CALLS_MISSING


async def test_an_encrypted_room_is_not_entered_in_the_clear(server: RestServer, api: Api) -> None:
    for browser, page in ((True, "https://c/room/#/tea?roomId=!r:h"), (False, "")):
        with pytest.raises(JoinError) as caught:
            await entering(server, api, LiveKit(), ENCRYPTED, preferred=f"{server.url}/focus", browser=browser)
        problem = caught.value.problem
        assert (problem.code, problem.browser) == (ProblemCode.KEYS_MISSING, page)
    assert server.of(OPENID) == []


async def test_what_fails_late_leaves_the_media_server(server: RestServer, api: Api) -> None:
    server.says("POST /focus/sfu/get", granted())
    livekit = LiveKit()
    with pytest.raises(JoinError) as caught:
        await entering(server, api, livekit, preferred=f"{server.url}/focus", refused=True)
    assert caught.value.problem.code is ProblemCode.CALL_NOT_ALLOWED
    assert livekit.line.left == 1


class Doubting:
    """A `Keys` whose device is not what it should be."""

    def __init__(self, error: KeysError, *, at: str) -> None:
        self._error = error
        self._at = at
        self.closed = 0

    async def begin(self) -> None:
        if self._at == "begin":
            raise self._error

    async def take(self, news: SyncNews) -> None:
        pass

    async def vouch(self, recovery_key: str) -> None:
        assert recovery_key == "EsT1"
        raise self._error

    async def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize(
    ("error", "at", "code"),
    [
        (KeysError("not the key of this account"), "vouch", ProblemCode.RECOVERY_KEY_REFUSED),
        (DeviceTaken("ONE"), "begin", ProblemCode.LOGIN_EXPIRED),
    ],
)
async def test_a_device_that_is_taken_and_a_wrong_recovery_key_are_told_of(
    server: RestServer, api: Api, error: KeysError, at: str, code: ProblemCode
) -> None:
    server.says("POST /focus/sfu/get", granted())
    doubting, encrypted = Doubting(error, at=at), state("m.room.encryption", algorithm="m.megolm.v1.aes-sha2")

    async def make(*_: Any) -> Any:
        return doubting

    means = KeyMeans(make, MemoryStore())
    with pytest.raises(JoinError) as caught:
        await entering(
            server, api, LiveKit(), encrypted, preferred=f"{server.url}/focus", keys=means, recovery_key="EsT1"
        )
    assert (caught.value.problem.code, doubting.closed) == (code, 1)


class Keeping(Slow):
    """A `Keys` that tells a key of ours once it is begun."""

    def __init__(self, ear: KeyListener) -> None:
        super().__init__()
        self.ear = ear

    async def begin(self) -> None:
        await super().begin()
        self.ear.on_frame_key(FrameKey(ADA.identity, 3, bytes(16)))


@dataclass
class Maker:
    """Makes them, and keeps what was made."""

    made: list[Keeping] = field(default_factory=list)
    places: list[KeyPlace] = field(default_factory=list)

    async def __call__(self, place: KeyPlace, server: Homeserver, store: KeyStore, ear: KeyListener) -> Keys:
        self.places.append(place)
        self.made.append(Keeping(ear))
        return self.made[0]

    def means(self) -> KeyMeans:
        return KeyMeans(self, cast("KeyStore", None))


async def test_in_an_encrypted_room_frames_are_sealed_with_keys_of_ones_own(server: RestServer, api: Api) -> None:
    server.says("POST /focus/sfu/get", granted())
    livekit, maker = LiveKit(), Maker()
    session = await entering(server, api, livekit, ENCRYPTED, preferred=f"{server.url}/focus", keys=maker.means())
    (place,), (keys,) = maker.places, maker.made
    assert (place.me, place.room_id) == (ADA, "!r:h")
    assert keys.asked[:2] == ["begin", "take"]
    rings = livekit.tickets[0].keys
    assert rings is not None
    assert rings.own.sealing is not None
    assert rings.own.current == 3
    await session.leave()
    assert keys.asked[-1] == "close"


async def test_a_password_seals_frames_in_an_encrypted_room_too(server: RestServer, api: Api) -> None:
    server.says("POST /focus/sfu/get", granted())
    livekit, maker = LiveKit(), Maker()
    session = await entering(
        server, api, livekit, ENCRYPTED, preferred=f"{server.url}/focus", passphrase="s3cret", keys=maker.means()
    )
    assert (livekit.tickets[0].keys, livekit.tickets[0].passphrase) == (None, "s3cret")
    assert len(maker.made) == 1, "what is said there needs keys all the same"
    await session.leave()


async def test_where_nothing_is_encrypted_there_are_no_keys(server: RestServer, api: Api) -> None:
    server.says("POST /focus/sfu/get", granted())
    maker = Maker()
    session = await entering(server, api, LiveKit(), preferred=f"{server.url}/focus", keys=maker.means())
    assert maker.made == []
    await session.leave()
