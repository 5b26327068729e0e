"""The server's words, as a dialogue with one that lets everybody in."""

from __future__ import annotations

import pytest

from tests.helpers.clock_media import until
from tests.helpers.scripted_talk import ME, TOKEN, ScriptedTalk, listed
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import (
    CapabilitiesChanged,
    MutedByServer,
    Reacted,
    RecordingChanged,
    SendingAllowed,
    SpeakersChanged,
)
from visio_desktop.meeting.rooms import Emoji, Recording, RecordingKind, RecordingState
from visio_desktop.meeting.values import Capability, ProblemCode, Role, Source
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.port import PublishRequest
from visio_desktop.servers.talk.session import TalkSession

BOB = listed("b", displayName="Bob", name="Bob")


@pytest.fixture
def talk(talk: ScriptedTalk) -> ScriptedTalk:
    talk.people = [BOB]
    return talk


@pytest.mark.usefixtures("session")
class TestRoom:
    async def test_who_comes_goes_and_says_something(self, talk: ScriptedTalk, ear: SessionEar) -> None:
        await talk.update(listed("c", displayName="Carol"))
        await until(lambda: ear.others == ["Bob", "Carol"], "Carol")
        await talk.hear("c", "unmute", payload={"name": "audio"})
        await talk.hear("c", "reaction", payload={"reaction": "🎉"})
        await talk.hear("nobody", "reaction", payload={"reaction": "🎉"})
        await talk.hear("c", "reaction", payload={"reaction": "🔥"})
        await until(lambda: Reacted("c", Emoji.PARTY_POPPER) in ear.events, "the reaction")
        assert ear.publication("Carol", Source.MICROPHONE) is not None
        await talk.event("room", "leave", ["c"])
        await until(lambda: ear.others == ["Bob"], "Carol gone")
        assert sum(isinstance(event, Reacted) for event in ear.events) == 1

    async def test_rights_and_roles(self, talk: ScriptedTalk, ear: SessionEar) -> None:
        await talk.update(listed(ME, participantType=6, participantPermissions=16))
        await until(lambda: SendingAllowed(frozenset({Source.MICROPHONE})) in ear.events, "the rights")
        assert ear.me.role is Role.ADMINISTRATOR
        offered = [event.capabilities for event in ear.events if isinstance(event, CapabilitiesChanged)]
        assert (Capability.REMOVE in offered[-1], Capability.SCREEN_SHARE in offered[-1]) == (True, False)

    async def test_recording_and_chat(self, talk: ScriptedTalk, ear: SessionEar) -> None:
        asked = len(talk.requests(f"GET /v1/chat/{TOKEN}"))
        await talk.event("room", "message", {"data": {"type": "recording", "recording": {"status": 3}}})
        await talk.event("room", "message", {"data": {"type": "chat", "chat": {"refresh": True}}})
        starting = RecordingChanged(Recording(RecordingKind.SCREEN, RecordingState.STARTING))
        await until(lambda: starting in ear.events, "the recording")
        await until(lambda: len(talk.requests(f"GET /v1/chat/{TOKEN}")) > asked, "looked at the chat")

    @pytest.mark.parametrize(
        ("kind", "body", "code", "may_retry"),
        [
            ("event", {"target": "roomlist", "type": "disinvite", "disinvite": {"roomid": TOKEN}}, "REMOVED", False),
            (
                "event",
                {"target": "roomlist", "type": "disinvite", "disinvite": {"roomid": TOKEN, "reason": "deleted"}},
                "ROOM_ENDED",
                False,
            ),
            (
                "event",
                {"target": "participants", "type": "update", "update": {"all": True, "incall": 0}},
                "ROOM_ENDED",
                False,
            ),
            ("room", {"roomid": ""}, "ROOM_ENDED", False),
            ("bye", {"reason": "room_session_reconnected"}, "DUPLICATE_IDENTITY", False),
            ("bye", {}, "CONNECTION_LOST", True),
        ],
    )
    async def test_each_end_has_its_reason(
        self, talk: ScriptedTalk, ear: SessionEar, kind: str, body: dict[str, object], code: str, may_retry: bool
    ) -> None:
        await talk.say("event", {"target": "roomlist", "type": "disinvite", "disinvite": {"roomid": "other"}})
        await talk.say(kind, body)
        await until(lambda: ear.dropped is not None, "over")
        dropped = ear.dropped
        assert dropped is not None
        assert (dropped.problem.code, dropped.may_retry) == (ProblemCode[code], may_retry)

    async def test_out_of_the_call_is_out(self, talk: ScriptedTalk, ear: SessionEar) -> None:
        await talk.update(listed(ME, inCall=0))
        await until(lambda: ear.dropped is not None, "over")
        assert ear.others == ["Bob"]


async def test_a_moderators_word_closes_our_microphone(
    talk: ScriptedTalk, ear: SessionEar, session: TalkSession
) -> None:
    await talk.say("control", {"data": {"action": "forceMute", "peerId": ME}})
    await session.publish(PublishRequest(Source.MICROPHONE, (Codec.OPUS,)))
    assert MutedByServer(Source.MICROPHONE) not in ear.events
    await talk.hear("b", "control", action="forceMute", peerId=ME, payload={"action": "forceMute", "peerId": ME})
    await talk.hear("b", "unmute", payload={"name": "audio"})
    await until(lambda: ear.publication("Bob", Source.MICROPHONE) is not None, "Bob's microphone")
    assert MutedByServer(Source.MICROPHONE) not in ear.events
    await talk.say("control", {"data": {"action": "forceMute", "peerId": "b"}})
    await talk.say("control", {"data": {"action": "forceMute", "peerId": ME}})
    await until(lambda: MutedByServer(Source.MICROPHONE) in ear.events, "silenced")
    own, others = ear.publication("Ada", Source.MICROPHONE), ear.publication("Bob", Source.MICROPHONE)
    assert own is not None
    assert others is not None
    assert (own.muted, others.muted) == (True, True)
    await until(lambda: talk.messages("mute")[-1]["payload"] == {"name": "audio"}, "told")


async def test_what_is_of_the_media_server_nobody_else_says(talk: ScriptedTalk, session: TalkSession) -> None:
    await talk.hear("b", "offer", how="room", payload={"sdp": "v=0\r\n"}, sid="9")
    await talk.hear("b", "candidate", how="room", payload={"candidate": {"candidate": "candidate:1"}})
    await talk.hear("b", "candidate", payload={"candidate": {"candidate": "candidate:x", "sdpMid": "0"}})
    await talk.hear(ME, "candidate", payload={"candidate": {"candidate": "candidate:x", "sdpMid": "0"}})
    session.on_said("b", b'{"type": "speaking"}')
    session.on_said("b", b"\xff")
    session.on_said("b", b"x" * 100_000)
    await until(lambda: talk.messages("requestoffer") != [], "Bob asked for")
    assert talk.messages("answer") == []


async def test_what_goes_beside_a_stream_counts_too(ear: SessionEar, session: TalkSession) -> None:
    for said in (b'{"type": "audioOn"}', b'{"type": "speaking"}', b'{"type": "nickChanged", "payload": "Robert"}'):
        session.on_said("b", said)
    session.on_said("b", b'{"type": "nickChanged", "payload": {"name": "Rob"}}')
    assert SpeakersChanged(frozenset({"b"})) in ear.events
    assert (ear.others, ear.publication("Rob", Source.MICROPHONE) is not None) == (["Rob"], True)
