from __future__ import annotations

import pytest

from tests.contract.house import CAMERA, MICROPHONE
from tests.helpers.clock_media import until
from tests.helpers.galene_people import LEADER, Member, Tea
from visio_desktop.meeting.events import (
    CapabilitiesChanged,
    Captioned,
    ChatCleared,
    MutedByServer,
    NoticeReceived,
    ParticipantChanged,
    RecordingChanged,
    RulesChanged,
    SendingAllowed,
)
from visio_desktop.meeting.requests import (
    ClearChat,
    LetSpeak,
    MuteEveryone,
    MuteOther,
    RemovePerson,
    SetLock,
    SetRole,
    StartCaptions,
    StartRecording,
    StopRecording,
)
from visio_desktop.meeting.rooms import Notice, RecordingKind, Rules
from visio_desktop.meeting.values import Capability, ProblemCode, Role, Source
from visio_desktop.servers.port import RequestFailed


async def test_a_mute_of_who_leads_is_obeyed_and_said_and_no_other(room: Tea) -> None:
    olga, bob, eve = await room.join(LEADER), await room.join("Bob"), await room.join("Eve")
    for member in (olga, bob):
        await member.session.publish(MICROPHONE)
    await eve.there._usermessage({"type": "usermessage", "kind": "mute", "source": eve.there.id, "dest": bob.there.id})
    await eve.session.send_chat("m", "after it")
    await until(lambda: bool(bob.ear.chat), "what was said after it")
    assert MutedByServer(Source.MICROPHONE) not in bob.ear.events
    await olga.session.request(MuteOther(bob.ear.me.id))
    notice = NoticeReceived(Notice.MUTED_BY_HOST, olga.ear.me.id)
    await until(lambda: notice in bob.ear.events, "Bob told")
    events = bob.ear.events
    assert events.index(MutedByServer(Source.MICROPHONE)) < events.index(notice)
    await until(lambda: bob.there.data == {"visio-muted": ["microphone"]}, "everybody can see it")
    await bob.session.set_muted(Source.MICROPHONE, muted=False)
    await olga.session.request(MuteEveryone())
    await until(lambda: events.count(MutedByServer(Source.MICROPHONE)) == 2, "muted with everybody")
    assert MutedByServer(Source.MICROPHONE) not in olga.ear.events


async def test_who_is_kicked_hears_why(room: Tea) -> None:
    olga, bob = await room.join(LEADER), await room.join("Bob")
    bob.there.act(lambda: bob.there.be_kicked("no singing", LEADER))
    await until(lambda: bob.ear.dropped is not None, "Bob put out")
    assert bob.ear.dropped is not None
    problem = bob.ear.dropped.problem
    assert (problem.code, problem.subject, bob.ear.dropped.may_retry) == (
        ProblemCode.REMOVED_BECAUSE,
        "no singing",
        False,
    )
    eve = await room.join("Eve")
    await until(lambda: "Eve" in olga.ear.others, "Eve seen")
    await olga.session.request(RemovePerson(eve.ear.me.id))
    await until(lambda: eve.ear.dropped is not None and eve.ear.dropped.problem.code is ProblemCode.REMOVED, "Eve, too")


def changes(member: Member) -> list[Capability]:
    """What somebody was told to be able to do, since they came."""
    return [e.capabilities for e in member.ear.events if isinstance(e, CapabilitiesChanged)]


def arrived(member: Member) -> list[str]:
    """Who came after somebody."""
    return [e.participant.name for e in member.ear.events if isinstance(e, ParticipantChanged) and e.arrived]


async def test_roles_are_given_and_taken_and_change_what_one_can_do(room: Tea) -> None:
    olga, bob = await room.join(LEADER), await room.join("Bob")
    assert Capability.REMOVE in olga.ear.events[0].capabilities  # type: ignore[union-attr]
    for number, (role, able) in enumerate(((Role.ADMINISTRATOR, True), (Role.MEMBER, False)), start=1):
        await olga.session.request(SetRole(bob.ear.me.id, role))
        await until(lambda number=number: len(changes(bob)) == number, "told")  # type: ignore[misc]
        assert (Capability.REMOVE in changes(bob)[-1]) is able
        await until(lambda role=role: bob.ear.people[bob.ear.me.id].role is role, "seen")  # type: ignore[misc]
    with pytest.raises(RequestFailed):
        await bob.session.request(RemovePerson(olga.ear.me.id))
    await bob.session.request(StartCaptions())


async def test_who_may_not_send_does_not_and_what_was_sent_ends(room: Tea) -> None:
    otto, bob = await room.join("Otto"), await room.join("Bob")
    assert SendingAllowed(frozenset()) in otto.ear.events
    with pytest.raises(RequestFailed):
        await otto.session.publish(CAMERA)
    await bob.session.publish(MICROPHONE)
    await until(lambda: otto.ear.publication("Bob", Source.MICROPHONE) is not None, "Bob heard")
    olga = await room.join(LEADER)
    await olga.session.request(LetSpeak(bob.ear.me.id, allowed=False))
    await until(lambda: bob.ear.publication("Bob", Source.MICROPHONE) is None, "no longer sent")
    assert SendingAllowed(frozenset()) in bob.ear.events
    await until(lambda: otto.ear.publication("Bob", Source.MICROPHONE) is None, "no longer there")
    assert bob.there.ups == {}
    await until(lambda: not olga.ear.people[bob.ear.me.id].may_send, "seen by who leads")
    await olga.session.request(LetSpeak(bob.ear.me.id, allowed=True))
    await until(lambda: SendingAllowed(frozenset(Source)) in bob.ear.events, "allowed again")
    await bob.session.publish(MICROPHONE)
    await bob.there.be_allowed("shutup")
    await until(lambda: any(isinstance(e, CapabilitiesChanged) for e in bob.ear.events), "may not write")
    with pytest.raises(RequestFailed):
        await bob.session.send_chat("m", "hello")


async def test_what_was_written_before_is_read_and_what_is_private_stays_so(room: Tea) -> None:
    olga, bob = await room.join(LEADER), await room.join("Bob")
    await olga.session.send_chat("m0", "tea is ready")
    await until(lambda: len(bob.ear.chat) == 1, "the line")
    eve = await room.join("Eve")
    assert [line.text for line in eve.ear.chat] == ["tea is ready"]
    private = {"type": "chat", "kind": "", "source": olga.there.id, "username": LEADER, "dest": bob.there.id}
    await olga.there._chat({**private, "value": "cake, too"})
    await until(lambda: len(bob.ear.chat) == 2, "a private line")
    assert bob.ear.chat[1].sender_name == "Olga (to you alone)"
    await olga.there._chat({**private, "dest": "", "kind": "caption", "value": "so I said"})
    await until(lambda: any(isinstance(e, Captioned) for e in eve.ear.events), "a caption")
    assert [line.text for line in eve.ear.chat] == ["tea is ready"]
    await bob.there.say("usermessage", kind="warning", privileged=True, value="we close soon")
    await bob.there.say("usermessage", kind="warning", value="give me your password")
    await bob.there.say("usermessage", kind="clearchat", privileged=True)
    await until(lambda: len(bob.ear.chat) == 4, "what the server says")
    assert ChatCleared() in bob.ear.events
    assert [line.text for line in bob.ear.chat][2] == "we close soon"
    assert [line.sender_id for line in bob.ear.chat][2:] == ["", ""]


async def test_a_lock_and_a_recording_are_shown(room: Tea) -> None:
    olga, bob = await room.join(LEADER), await room.join("Bob")
    assert RulesChanged(Rules(locked=False)) in bob.ear.events
    for number, (locked, said) in enumerate(((True, "is locked"), (False, "is open again")), start=1):
        await olga.session.request(SetLock(locked))
        await until(lambda number=number: len(bob.ear.chat) == number, said)  # type: ignore[misc]
        assert said in bob.ear.chat[-1].text
        assert [e for e in bob.ear.events if isinstance(e, RulesChanged)][-1] == RulesChanged(Rules(locked=locked))
    await olga.session.request(StartRecording(RecordingKind.SCREEN))
    await until(lambda: any(isinstance(e, RecordingChanged) and e.recording for e in bob.ear.events), "recording")
    await olga.session.request(StopRecording())
    await until(lambda: RecordingChanged(None) in bob.ear.events, "no more")
    assert bob.ear.others == [LEADER]
    with pytest.raises(RequestFailed):
        await bob.session.request(StartRecording(RecordingKind.SCREEN))


async def test_who_leads_clears_the_chat_of_everybody(room: Tea) -> None:
    olga, bob = await room.join(LEADER), await room.join("Bob")
    await bob.session.send_chat("m0", "forget it")
    await until(lambda: len(olga.ear.chat) == 1, "the line")
    with pytest.raises(RequestFailed):
        await bob.session.request(ClearChat())
    assert Capability.CLEAR_CHAT in olga.ear.events[0].capabilities  # type: ignore[union-attr]
    await olga.session.request(ClearChat())
    for member in (olga, bob):
        await until(lambda member=member: ChatCleared() in member.ear.events, "cleared")  # type: ignore[misc]
    eve = await room.join("Eve")
    assert eve.ear.chat == []


async def test_only_who_comes_after_us_arrives(room: Tea) -> None:
    olga, bob, eve = await room.join(LEADER), await room.join("Bob"), await room.join("Eve")
    await until(lambda: olga.ear.others == ["Bob", "Eve"], "everybody seen")
    await until(lambda: arrived(bob) == ["Eve"], "Eve comes")
    assert (arrived(olga), arrived(eve)) == (["Bob", "Eve"], [])


async def test_what_makes_no_sense_is_passed_over(room: Tea) -> None:
    bob = await room.join("Bob")
    for what in ("close", "abort", "answer", "ice", "renegotiate", "offer", "joined", "user", "chat", "no such thing"):
        for stream in ("", "x", bob.there.id):
            await bob.there.say(
                what, id=stream, kind="leave" if what == "chat" else "", sdp="v=0", candidate={"candidate": "x"}
            )
    await bob.there.say("usermessage", kind="kicked", value="by nobody who may")
    await bob.session.send_chat("m", "still here")
    await until(lambda: "still here" in [line.text for line in bob.ear.chat], "still here")
    assert bob.ear.dropped is None
    # Streams of strangers are not wanted.
    assert {said["id"] for said in bob.there.said if said["type"] == "abort"} == {"", "x", bob.there.id}
