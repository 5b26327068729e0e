from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.helpers.clock_media import until
from tests.helpers.scripted_janus import Answer, ScriptedJanus, scripted_janus
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import Joined
from visio_desktop.meeting.values import Capability, MeetingLink, ProblemCode
from visio_desktop.servers.janus import signal
from visio_desktop.servers.janus.adapter import JanusAdapter
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest

REFUSALS: dict[str, tuple[Answer, ProblemCode]] = {
    "attach": (lambda _: {"janus": "success", "data": {}}, ProblemCode.SERVER_SILENT),
    "create": (
        lambda _: {"janus": "error", "error": {"code": 403, "reason": "Unauthorized"}},
        ProblemCode.TOKEN_REFUSED,
    ),
    "join": (lambda _: {"janus": "event", "plugindata": {"data": {"videoroom": "joined"}}}, ProblemCode.SERVER_SILENT),
}


@pytest.fixture
async def janus() -> AsyncIterator[ScriptedJanus]:
    async with scripted_janus() as running:
        yield running


def request(janus: ScriptedJanus, pin: str = "") -> JoinRequest:
    link = JanusAdapter().recognise(janus.link)
    assert link is not None
    return JoinRequest(link, "Ada", Credentials(password=pin))


async def test_joining_gives_what_is_known_of_oneself(janus: ScriptedJanus) -> None:
    ear = SessionEar()
    session = await JanusAdapter(epoch=lambda: 5.0).join(request(janus, "1793"), ear)
    joined = ear.events[0]
    assert isinstance(joined, Joined)
    assert (joined.me.id, joined.me.name, joined.title, joined.at_ms) == ("1", "Ada", "Tea", 5.0)
    assert Capability.REMOVE not in joined.capabilities
    assert janus.requests("join")[0] == {
        "request": "join",
        "ptype": "publisher",
        "display": "Ada",
        "room": 7,
        "pin": "1793",
    }
    await session.leave()


@pytest.mark.parametrize("at", REFUSALS)
async def test_nothing_is_left_of_a_join_that_failed(janus: ScriptedJanus, at: str) -> None:
    before = len(asyncio.all_tasks())
    janus.answers[at], code = REFUSALS[at]
    ear = SessionEar()
    with pytest.raises(JoinError) as caught:
        await JanusAdapter().join(request(janus), ear)
    assert caught.value.problem.code is code
    assert ear.events == []
    await until(lambda: len(asyncio.all_tasks()) <= before + 1, "no task of ours left")


@pytest.mark.parametrize("at", ["create", "attach", "join"])
@pytest.mark.parametrize("answer", ["", "[]", "[[[[", "\x00" * 1000, None])
async def test_rubbish_and_silence_end_in_a_plain_problem(
    janus: ScriptedJanus, at: str, answer: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "_ANSWER_TIMEOUT_S", 0.2)
    janus.answers[at] = lambda _: answer
    with pytest.raises(JoinError):
        await JanusAdapter().join(request(janus), SessionEar())


async def test_links_of_others_are_refused() -> None:
    with pytest.raises(JoinError):
        await JanusAdapter().join(JoinRequest(MeetingLink("livekit", "livekit+wss://h?room=1"), "Ada"), SessionEar())
