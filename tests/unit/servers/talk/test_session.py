"""A session's dialogue with a server that lets everybody in."""

from __future__ import annotations

import pytest

from tests.helpers.clock_media import until
from tests.helpers.scripted_talk import ME, TOKEN, ScriptedTalk, listed
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import HandChanged, PublicationGone, Restored, Restoring
from visio_desktop.meeting.requests import React, RemovePerson, Rename
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.meeting.values import ProblemCode, Source
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.port import PublishRequest, RequestFailed, SessionClosed
from visio_desktop.servers.talk import returning
from visio_desktop.servers.talk.session import TalkSession

MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))
SCREEN = PublishRequest(Source.SCREEN, (Codec.VP8,), width_px=320, height_px=180)
BOB = listed("b", name="Bob")


@pytest.fixture
def talk(talk: ScriptedTalk) -> ScriptedTalk:
    talk.people = [BOB]
    return talk


async def test_what_we_send_is_told(talk: ScriptedTalk, ear: SessionEar, session: TalkSession) -> None:
    await session.publish(MICROPHONE)
    await session.set_muted(Source.MICROPHONE, muted=True)
    await session.set_muted(Source.CAMERA, muted=True)
    own = ear.publication("Ada", Source.MICROPHONE)
    assert own is not None
    assert own.muted
    await session.unpublish(Source.MICROPHONE)
    await session.unpublish(Source.MICROPHONE)
    assert ear.events.count(PublicationGone(own.id)) == 1
    await until(lambda: {"name": "audio"} in [each["payload"] for each in talk.messages("unmute")], "told")


async def test_a_screen_is_offered_to_who_is_there_and_to_who_comes(talk: ScriptedTalk, session: TalkSession) -> None:
    await session.publish(SCREEN)
    await until(lambda: [each["to"] for each in talk.messages("sendoffer")] == ["b"], "offered to Bob")
    await talk.update(listed("c"))
    await until(lambda: [each["to"] for each in talk.messages("sendoffer")] == ["b", "c"], "offered to Carol")
    await session.unpublish(Source.SCREEN)
    await until(lambda: len(talk.messages("unshareScreen")) == 1, "taken back")
    await talk.update(listed("d"))
    await until(lambda: any(each["to"] == "d" for each in talk.messages("requestoffer")), "Dan is there")
    assert len(talk.messages("sendoffer")) == 2


async def test_hands_reactions_and_names(talk: ScriptedTalk, ear: SessionEar, session: TalkSession) -> None:
    await session.set_hand(raised=True, at_ms=5.0)
    await session.request(React(Emoji.THUMBS_UP))
    await session.request(Rename("Ada B."))
    assert HandChanged(ME, 5.0) in ear.events
    assert ear.me.name == "Ada B."
    await until(lambda: talk.messages("reaction") != [], "said")
    assert talk.messages("reaction")[0]["payload"] == {"reaction": "👍"}
    assert talk.requests(f"POST /v1/guest/{TOKEN}/name")[-1] == {"displayName": "Ada B."}
    with pytest.raises(RequestFailed):
        await session.request(RemovePerson("b"))
    talk.answers[f"POST /v1/guest/{TOKEN}/name"] = [([], 403)]
    with pytest.raises(RequestFailed):
        await session.request(Rename("Eve"))
    assert ear.me.name == "Ada B."


async def test_a_loss_is_mended_within_the_session(talk: ScriptedTalk, ear: SessionEar, session: TalkSession) -> None:
    await talk.lose()
    await until(lambda: any(isinstance(event, Restored) for event in ear.events), "restored")
    assert Restoring("signalling") in ear.events
    assert talk.said[-1]["type"] in {"hello", "message"}
    await session.set_hand(raised=True, at_ms=5.0)
    assert ear.dropped is None


async def test_what_cannot_be_mended_is_told(
    talk: ScriptedTalk, ear: SessionEar, session: TalkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(returning, "COME_BACK_MS", 0.0)
    await talk.lose()
    await until(lambda: ear.dropped is not None, "over")
    dropped = ear.dropped
    assert dropped is not None
    assert (dropped.problem.code, dropped.may_retry) == (ProblemCode.CONNECTION_LOST, True)
    with pytest.raises(SessionClosed):
        await session.publish(MICROPHONE)


async def test_a_name_nobody_told_is_asked_for(talk: ScriptedTalk, ear: SessionEar, session: TalkSession) -> None:
    carol = listed("c", name="Carol")
    talk.people = [BOB, carol]
    await talk.update(carol)
    await until(lambda: ear.others == ["Bob", "Carol"], "Carol by name")
    session.network_changed()
    assert set(session.path()) == {"protocol", "candidate", "proxy"}
