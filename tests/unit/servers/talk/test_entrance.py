from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.helpers.scripted_talk import TOKEN, ScriptedTalk
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.port import JoinError, NotSupported
from visio_desktop.servers.talk import entrance as module
from visio_desktop.servers.talk.entrance import Entrance, Entry
from visio_desktop.servers.talk.link import Address
from visio_desktop.servers.talk.ocs import Ocs
from visio_desktop.system.clock import monotonic_ms

ROOM, ACTIVE = f"/v4/room/{TOKEN}", f"/v4/room/{TOKEN}/participants/active"
SETTINGS, CALL, NAME = "GET /v3/signaling/settings", f"/v4/call/{TOKEN}", f"POST /v1/guest/{TOKEN}/name"
CAPABILITIES = "GET /ocs/v2.php/cloud/capabilities"


@pytest.fixture
async def entrance(talk: ScriptedTalk) -> AsyncIterator[Entrance]:
    ocs = Ocs(Web(), talk.url)
    port = int(talk.url.rpartition(":")[2])
    yield Entrance(ocs, Address(talk.url, "127.0.0.1", port, secure=False, token=TOKEN), clock=monotonic_ms)
    await ocs.close()


async def found(
    entrance: Entrance, password: str = "", *, consent: bool = False, waits: list[str] | None = None
) -> Entry:
    waited = [] if waits is None else waits
    return await entrance.find("Ada", password, consent=consent, on_waiting=lambda: waited.append("waits"))


async def test_in_and_out_in_order(talk: ScriptedTalk, entrance: Entrance) -> None:
    entry = await found(entrance, "letmein")
    assert entry.url == talk.url.replace("http", "ws", 1) + "/standalone-signaling/spreed"
    assert (entry.conversation.title, entry.conversation.session) == ("Tea", "nc-me")
    assert talk.requests(f"POST {ACTIVE}") == [{"force": True, "password": "letmein"}]
    assert talk.requests(NAME) == [{"displayName": "Ada"}]
    talk.answers[f"POST {CALL}"] = [([], 200)]
    await entrance.enter_call(7, consent=True)
    assert talk.requests(f"POST {CALL}") == [{"flags": 7, "silent": True, "recordingConsent": True}]
    await entrance.leave()
    await entrance.leave()
    assert [what for what, _ in talk.asked if what.startswith("DELETE")] == [f"DELETE {CALL}", f"DELETE {ACTIVE}"]


@pytest.mark.parametrize(
    ("what", "answer", "code"),
    [
        (f"POST {ACTIVE}", ([], 403), ProblemCode.PIN_MISSING),
        (f"POST {ACTIVE}", ([], 404), ProblemCode.ROOM_NOT_FOUND),
        (f"POST {ACTIVE}", ({"x": 1}, 200), ProblemCode.SERVER_NOT_UNDERSTOOD),
        (CAPABILITIES, ({"capabilities": {}}, 200), ProblemCode.LINK_UNKNOWN_KIND),
        (
            CAPABILITIES,
            ({"capabilities": {"spreed": {"config": {"call": {"enabled": False}}}}}, 200),
            ProblemCode.KIND_NOT_SUPPORTED,
        ),
        (SETTINGS, ({"signalingMode": "internal"}, 200), ProblemCode.NO_MEDIA_SERVER),
        (SETTINGS, ({"server": "https://h"}, 200), ProblemCode.SERVER_NOT_UNDERSTOOD),
        (SETTINGS, ({"server": "https://[", "ticket": "x"}, 200), ProblemCode.SERVER_NOT_UNDERSTOOD),
        (SETTINGS, ({"server": "http://h.example", "ticket": "x"}, 200), ProblemCode.LINK_INSECURE),
    ],
)
async def test_refusals(
    talk: ScriptedTalk, entrance: Entrance, what: str, answer: tuple[Any, int], code: ProblemCode
) -> None:
    talk.answers[what] = [answer]
    with pytest.raises(JoinError) as caught:
        await found(entrance)
    assert caught.value.problem.code is code
    assert isinstance(caught.value, NotSupported) is (
        code in (ProblemCode.KIND_NOT_SUPPORTED, ProblemCode.NO_MEDIA_SERVER)
    )


async def test_a_wrong_password_and_a_conversation_elsewhere(talk: ScriptedTalk, entrance: Entrance) -> None:
    talk.answers[f"POST {ACTIVE}"] = [([], 403), (talk.room | {"remoteServer": "https://h"}, 200)]
    with pytest.raises(JoinError) as caught:
        await found(entrance, "wrong")
    assert caught.value.problem.code is ProblemCode.PIN_REFUSED
    await entrance.leave()
    assert not [what for what, _ in talk.asked if what.startswith("DELETE")]
    with pytest.raises(NotSupported):
        await found(entrance)


async def test_who_does_not_agree_to_be_recorded_stays_out(talk: ScriptedTalk, entrance: Entrance) -> None:
    talk.config["call"]["recording-consent"] = 1
    with pytest.raises(JoinError) as caught:
        await found(entrance)
    assert caught.value.problem.code is ProblemCode.CONSENT_NEEDED
    assert (await found(entrance, consent=True)).conversation.title == "Tea"


class TestLobby:
    @pytest.fixture(autouse=True)
    def _hurry(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "POLL_S", 0.0)

    @pytest.fixture
    def closed(self, talk: ScriptedTalk) -> dict[str, Any]:
        closed = talk.room | {"lobbyState": 1}
        talk.answers[f"POST {ACTIVE}"] = [(closed, 200)]
        return closed

    async def test_one_waits_until_it_is_open(
        self, talk: ScriptedTalk, entrance: Entrance, closed: dict[str, Any]
    ) -> None:
        talk.answers[f"GET {ROOM}"] = [(closed, 200), ([], 503), (talk.room, 200)]
        waits: list[str] = []
        assert not (await found(entrance, waits=waits)).conversation.waits
        assert (waits, len(talk.requests(f"GET {ROOM}"))) == (["waits"], 3)

    @pytest.mark.parametrize("answer", [([], 404), ({"token": TOKEN, "sessionId": "0"}, 200)])
    async def test_who_is_put_out_is_told(
        self, talk: ScriptedTalk, entrance: Entrance, closed: dict[str, Any], answer: tuple[Any, int]
    ) -> None:
        talk.answers[f"GET {ROOM}"] = [(closed, 200), answer]
        with pytest.raises(JoinError) as caught:
            await found(entrance)
        assert caught.value.problem.code is ProblemCode.ENTRY_DENIED

    async def test_it_ends_some_time(
        self, talk: ScriptedTalk, entrance: Entrance, closed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "PATIENCE_MS", 0.0)
        with pytest.raises(JoinError) as caught:
            await found(entrance)
        assert caught.value.problem.code is ProblemCode.ENTRY_TIMED_OUT
        monkeypatch.setattr(module, "PATIENCE_MS", 60_000.0)
        talk.answers[f"GET {ROOM}"] = [([], 503)]
        with pytest.raises(JoinError) as caught:
            await found(entrance)
        assert caught.value.problem.code is ProblemCode.SERVER_BUSY
        assert closed["lobbyState"] == 1
