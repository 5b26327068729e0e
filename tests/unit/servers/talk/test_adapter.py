from __future__ import annotations

import asyncio

import pytest

from tests.helpers.scripted_talk import ME, TOKEN, ScriptedTalk, listed
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import Joined
from visio_desktop.meeting.values import Capability, MeetingLink, ProblemCode
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest
from visio_desktop.servers.talk import session, signal
from visio_desktop.servers.talk.adapter import TalkAdapter
from visio_desktop.servers.talk.rooms import ABLE, LEADING


def request(talk: ScriptedTalk) -> JoinRequest:
    link = TalkAdapter().recognise(talk.link)
    assert link is not None
    return JoinRequest(link, "Ada", Credentials(password="letmein"))


async def test_joining_gives_what_is_known_of_oneself_and_the_others(talk: ScriptedTalk) -> None:
    talk.people = [listed("b", name="Bob")]
    ear = SessionEar()
    joined = await TalkAdapter(epoch=lambda: 5.0).join(request(talk), ear)
    first = ear.events[0]
    assert isinstance(first, Joined)
    assert (first.me.id, first.me.name, first.title, first.at_ms) == (ME, "Ada", "Tea", 5.0)
    assert first.capabilities == ABLE
    assert (ear.others, ear.marks) == (["Bob"], ["signalling_open"])
    await joined.leave()
    gone = [what for what, _ in talk.asked if what.startswith("DELETE")]
    assert gone == [f"DELETE /v4/call/{TOKEN}", f"DELETE /v4/room/{TOKEN}/participants/active"]
    assert TalkAdapter().capabilities == ABLE | LEADING
    assert Capability.LAYERS not in TalkAdapter().capabilities


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ({"type": "error", "error": {"code": "no_such_room"}}, ProblemCode.REQUEST_REFUSED),
        (None, ProblemCode.SERVER_SILENT),
    ],
)
async def test_nothing_is_left_of_a_join_that_failed(
    talk: ScriptedTalk, word: dict[str, object] | None, code: ProblemCode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "ANSWER_TIMEOUT_S", 0.1)
    before = len(asyncio.all_tasks())
    talk.words["room"] = word
    ear = SessionEar()
    with pytest.raises(JoinError) as caught:
        await TalkAdapter().join(request(talk), ear)
    assert (caught.value.problem.code, ear.events) == (code, [])
    assert f"DELETE /v4/room/{TOKEN}/participants/active" in [what for what, _ in talk.asked]
    await talk.lose()
    for _ in range(100):
        if len(asyncio.all_tasks()) <= before:
            break
        await asyncio.sleep(0.01)
    assert len(asyncio.all_tasks()) <= before


async def test_a_call_that_does_not_know_of_us_is_told(talk: ScriptedTalk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "ENTER_TIMEOUT_S", 0.1)
    talk.answers[f"POST /v4/call/{TOKEN}"] = [([], 200)]
    with pytest.raises(JoinError) as caught:
        await TalkAdapter().join(request(talk), SessionEar())
    assert caught.value.problem.code is ProblemCode.SERVER_SILENT


def test_logging_in_in_the_browser_is_offered_where_it_is_allowed(talk: ScriptedTalk) -> None:
    for allowed in (True, False):
        link = TalkAdapter(logins=lambda allowed=allowed: allowed).recognise(talk.link)  # type: ignore[misc]
        assert link is not None
        assert (link.logs_in_by_browser, link.takes_login) == (allowed, True)


async def test_other_links_are_of_other_kinds() -> None:
    adapter = TalkAdapter()
    assert (adapter.kind, adapter.recognise("https://h/call/abc")) == ("nextcloud", None)
    assert await adapter.identify("https://h/call/abc") is None
    with pytest.raises(JoinError):
        await adapter.join(JoinRequest(MeetingLink("nextcloud", "https://h/call/abc", "h"), "Ada"), SessionEar())
