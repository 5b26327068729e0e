"""Our client as a guest, La Suite Meet's web client as the host: what each sends arrives at the other, on the wire."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.helpers.clock_media import ClockCamera, ClockViewer, ToneListener, ToneMicrophone, until
from tests.helpers.lasuite import ContractServer
from tests.helpers.lasuite.ours import Ours, adapter, ours
from tests.helpers.lasuite.web_client import WebClient, WebState
from visio_desktop.meeting.events import (
    CapabilitiesChanged,
    Captioned,
    ChatReceived,
    Dropped,
    HandChanged,
    InvitationChanged,
    Joined,
    MutedByServer,
    NoticeReceived,
    ParticipantChanged,
    Reacted,
    RecordingChanged,
    RulesChanged,
    SendingAllowed,
)
from visio_desktop.meeting.requests import (
    EditChat,
    MuteOther,
    React,
    Rename,
    RequestRecording,
    StartCaptions,
    StartRecording,
)
from visio_desktop.meeting.rooms import Access, Emoji, Notice, RecordingKind, RecordingState
from visio_desktop.meeting.values import Capability, ProblemCode, Role, Source
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.port import PublishRequest, RequestFailed
from visio_desktop.system.tasks import Tasks

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOM = "pub-lica-aaa"
AGENT = "multi-user-transcriber-"
CAMERA = PublishRequest(Source.CAMERA, (Codec.VP8,), width_px=640, height_px=360, fps=15, bitrate_bps=600_000)
SCREEN = PublishRequest(Source.SCREEN, (Codec.VP8,), width_px=640, height_px=360, fps=10, bitrate_bps=600_000)
MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))


@pytest.fixture(scope="module")
def server() -> Iterator[ContractServer]:
    with ContractServer() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web(server: ContractServer) -> AsyncIterator[WebClient]:
    async with WebClient(server) as client:
        await client.log_in("owner")
        await client.enter(ROOM, "Odile")
        await client.camera(width=640, height=360, fps=15)
        await client.publish_tone(660)
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tasks() -> AsyncIterator[Tasks]:
    owned = Tasks("test")
    yield owned
    await owned.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ada(server: ContractServer, web: WebClient, tasks: Tasks) -> AsyncIterator[Ours]:
    async with ours(server, ROOM, "Ada") as joined:
        ClockCamera(await joined.session.publish(CAMERA), tasks, size=(640, 360))
        ToneMicrophone(await joined.session.publish(MICROPHONE), tasks, hz=440)
        await web.wait(lambda s: s.publication(joined.me.id, "microphone"), "Ada's microphone")
        yield joined


def sees(state: WebState, ada: Ours) -> dict[str, object]:
    """What the web client knows of Ada."""
    return state.participant(ada.me.id) or {}


class TestMedia:
    async def test_pictures_and_tones_both_ways(self, ada: Ours, web: WebClient) -> None:
        await until(lambda: ada.ear.stream("Odile", Source.CAMERA) is not None, "Odile's camera")
        await until(lambda: ada.ear.stream("Odile", Source.MICROPHONE) is not None, "Odile's sound")
        camera, sound = (ada.ear.stream("Odile", s) for s in (Source.CAMERA, Source.MICROPHONE))
        assert camera is not None
        assert sound is not None
        viewer, listener = ClockViewer(camera), ToneListener(sound)
        await web.wait(lambda s: s.sees(ada.me.id, codes=20) and s.hears(ada.me.id, 440), "Ada's picture and tone")
        await until(lambda: len(viewer.codes) >= 20, "20 pictures of Odile")
        await until(lambda: abs(listener.hz - 660) < 12, "Odile's tone")
        assert (viewer.codec, viewer.errors) == (Codec.VP9, 0)

    async def test_shares_both_ways_at_once(self, ada: Ours, web: WebClient, tasks: Tasks) -> None:
        await web.do("screen", {"width": 1280, "height": 720, "fps": 10})
        ClockCamera(await ada.session.publish(SCREEN), tasks, size=(640, 360), fps=10)
        await until(lambda: ada.ear.stream("Odile", Source.SCREEN) is not None, "Odile's share")
        stream = ada.ear.stream("Odile", Source.SCREEN)
        assert stream is not None
        viewer = ClockViewer(stream)
        await until(lambda: len(viewer.codes) >= 10, "10 pictures of Odile's share")
        assert (viewer.codec, viewer.size, viewer.errors) == (Codec.VP9, (1280, 720), 0)
        await web.wait(lambda s: s.sees(ada.me.id, "screen_share", codes=10), "Ada's share")
        await ada.session.unpublish(Source.SCREEN)
        await web.wait(lambda s: s.publication(ada.me.id, "screen_share") is None, "Ada's share gone")
        await web.unpublish("screen")
        await until(lambda: ada.ear.publication("Odile", Source.SCREEN) is None, "Odile's share gone")


class TestJoining:
    async def test_who_one_is(self, server: ContractServer, ada: Ours, web: WebClient) -> None:
        (joined,) = ada.heard(Joined)
        assert (joined.title, joined.me.name, joined.me.role) == (ROOM, "Ada", Role.MEMBER)
        assert joined.me.is_authenticated is False
        wanted = Capability.HAND | Capability.RENAME | Capability.CHAT | Capability.REACTIONS | Capability.CAPTIONS
        assert wanted | Capability.REQUEST_RECORDING in joined.capabilities
        assert not joined.capabilities & (Capability.REMOVE | Capability.ROLES | Capability.RULES | Capability.ADMIT)
        state = await web.wait(lambda s: sees(s, ada), "Ada")
        attributes = sees(state, ada)["attributes"]
        assert isinstance(attributes, dict)
        assert (attributes["is_authenticated"], attributes["room_role"]) == ("false", "")

    async def test_chat_is_asked_for_in_the_form_that_all_versions_write(
        self, server: ContractServer, ada: Ours
    ) -> None:
        listed = await asyncio.to_thread(server.people, ROOM)
        mine = next(person for person in listed if person["identity"] == ada.me.id)
        assert mine.get("client_protocol", 0) < 2

    async def test_who_the_others_are(self, ada: Ours) -> None:
        odile = await ada.somebody("Odile")
        assert (odile.role, odile.is_authenticated) == (Role.OWNER, True)
        assert odile.colour

    async def test_the_invitation_holds_link_number_and_pin(self, server: ContractServer, ada: Ours) -> None:
        invitation = (await ada.hears(InvitationChanged)).invitation
        assert invitation.link == server.link(ROOM)
        assert invitation.phone.replace(" ", "") == "+33123456789"
        assert invitation.pin == server.room(ROOM).pin_code

    async def test_coming_again_one_is_the_same(self, server: ContractServer, ada: Ours) -> None:
        mine = adapter()
        ids = []
        for name in ("Ben", "Benjamin"):
            async with ours(server, ROOM, name, by=mine) as ben:
                ids.append(ben.me.id)
        assert ids[0] == ids[1] != ada.me.id


class TestChat:
    async def test_lines_are_read_once_on_both_sides(self, ada: Ours, web: WebClient) -> None:
        ada.forget()
        await ada.session.send_chat("m1", "tea? ☕ <b>https://example.org</b>")
        await web.wait(lambda s: any(line["from"] == ada.me.id for line in s.chat), "Ada's line")
        await web.say("yes, please")
        await web.say_legacy("l1", "and cake")
        await until(lambda: len([c for c in ada.ear.chat if not c.is_mine]) >= 2, "both answers")
        assert [c.text for c in ada.ear.chat if not c.is_mine] == ["yes, please", "and cake"]
        lines = [(c["id"], c["text"], c["way"]) for c in (await web.web_state()).chat if c["from"] == ada.me.id]
        assert lines == [("m1", "tea? ☕ <b>https://example.org</b>", "stream")]

    async def test_the_same_id_again_is_an_edit(self, ada: Ours, web: WebClient) -> None:
        await ada.session.send_chat("m2", "teh")
        await ada.session.request(EditChat("m2", "the"))
        state = await web.wait(lambda s: [c["text"] for c in s.chat if c["id"] == "m2"] == ["teh", "the"], "the edit")
        assert {c["way"] for c in state.chat if c["id"] == "m2"} == {"stream"}
        ada.forget()
        await web.do("edit", "w2", "frist")
        await web.do("edit", "w2", "first")
        await until(lambda: [c.text for c in ada.ear.chat] == ["frist", "first"], "the web client's edit")
        assert len({(c.sender_id, c.id) for c in ada.ear.chat}) == 1


class TestReactionsAndHands:
    @pytest.mark.parametrize("emoji", Emoji)
    async def test_reactions(self, ada: Ours, web: WebClient, emoji: Emoji) -> None:
        ada.forget()
        await ada.session.request(React(emoji))
        packet = {"from": ada.me.id, "type": "reactionReceived", "data": {"emoji": emoji.value}}
        await web.wait(lambda s: packet in s.told, "Ada's reaction")
        await web.do("react", emoji.value)
        odile = await ada.somebody("Odile")
        reacted = await ada.hears(Reacted, lambda r: r.participant_id == odile.id)
        assert reacted.emoji is emoji

    async def test_hands(self, ada: Ours, web: WebClient) -> None:
        await ada.session.set_hand(raised=True, at_ms=1.0)
        up = await web.wait(lambda s: raised(s, ada), "Ada's hand up")
        assert "T" in raised(up, ada)
        await ada.hears(HandChanged, lambda h: h.participant_id == ada.me.id and h.raised_at_ms is not None)
        await web.do("lowerHand", ada.me.id)
        await ada.hears(HandChanged, lambda h: h.participant_id == ada.me.id and h.raised_at_ms is None)
        await ada.session.set_hand(raised=True, at_ms=2.0)
        await web.wait(lambda s: raised(s, ada), "up again")
        await ada.session.set_hand(raised=False, at_ms=3.0)
        await web.wait(lambda s: not raised(s, ada), "down again")
        odile = await ada.somebody("Odile")
        await web.do("hand", True)
        await ada.hears(HandChanged, lambda h: h.participant_id == odile.id and h.raised_at_ms is not None)
        await web.do("hand", False)
        await ada.hears(HandChanged, lambda h: h.participant_id == odile.id and h.raised_at_ms is None)

    async def test_names(self, ada: Ours, web: WebClient) -> None:
        await ada.session.request(Rename("Ada Lovelace"))
        await web.wait(lambda s: s.named("Ada Lovelace"), "Ada's new name")
        await until(lambda: ada.me.name == "Ada Lovelace", "one's own new name")
        await web.do("rename", "Odile O.")
        await ada.somebody("Odile O.")
        await web.do("rename", "Odile")
        await ada.somebody("Odile")


def raised(state: WebState, ada: Ours) -> str:
    attributes = sees(state, ada).get("attributes", {})
    assert isinstance(attributes, dict)
    return str(attributes.get("handRaisedAt", ""))


class TestModeration:
    async def test_muting(self, ada: Ours, web: WebClient) -> None:
        ada.forget()
        await web.do("mute", ada.me.id)
        await ada.hears(MutedByServer)
        notice = await ada.hears(NoticeReceived)
        assert (notice.notice, notice.participant_id) == (Notice.MUTED_BY_HOST, "owner-sub")
        await ada.session.set_muted(Source.MICROPHONE, muted=False)
        await ada.session.request(MuteOther("owner-sub"))
        await web.wait(lambda s: {"source": "microphone", "muted": True} in s.me["sending"], "the host muted")
        await web.wait(lambda s: {"from": ada.me.id, "type": "participantMuted"} in s.told, "told so")

    async def test_muting_others_can_be_forbidden(self, ada: Ours, web: WebClient) -> None:
        ada.forget()
        await web.mute("microphone", False)
        await until(lambda: microphone_open(ada), "the host's microphone open")
        await web.do("change", {"configuration": {"everyone_can_mute": False}})
        assert (await ada.hears(RulesChanged)).rules.everyone_mutes is False
        await ada.hears(CapabilitiesChanged, lambda c: Capability.MUTE_OTHERS not in c.capabilities)
        with pytest.raises(RequestFailed):
            await ada.session.request(MuteOther("owner-sub"))
        await web.do("change", {"configuration": {}})
        await ada.hears(CapabilitiesChanged, lambda c: Capability.MUTE_OTHERS in c.capabilities)

    async def test_access(self, ada: Ours, web: WebClient) -> None:
        ada.forget()
        for access in (Access.RESTRICTED, Access.PUBLIC):
            await web.do("change", {"access_level": access.value})
            await ada.hears(RulesChanged, lambda r, a=access: r.rules.access is a)  # type: ignore[misc]

    async def test_what_one_may_send(self, ada: Ours, web: WebClient) -> None:
        await web.wait(lambda s: len(s.raw["participants"]) == 1, "others who left are gone")
        ada.forget()
        await web.do("sources", ["microphone", "screen_share"])
        allowed = await ada.hears(SendingAllowed)
        assert allowed.sources == {Source.MICROPHONE, Source.SCREEN}
        notice = await ada.hears(NoticeReceived, lambda n: n.notice is Notice.SOURCES_REMOVED)
        assert notice.sources == {Source.CAMERA, Source.SCREEN_AUDIO}
        assert (await ada.hears(RulesChanged)).rules.member_sources == {Source.MICROPHONE, Source.SCREEN}
        await web.do("sources", ["camera", "microphone", "screen_share", "screen_share_audio"])
        await ada.hears(SendingAllowed, lambda s: s.sources == set(Source))

    async def test_being_given_a_role(self, server: ContractServer, web: WebClient) -> None:
        async with ours(server, ROOM, "Tristan", user="trusted") as tristan:
            assert tristan.me.role is Role.MEMBER
            await web.wait(lambda s: s.participant("trusted-sub"), "Tristan")
            await web.do("role", "trusted-sub", "administrator")
            leading = Capability.REMOVE | Capability.RULES | Capability.ADMIT | Capability.ROLES
            await tristan.hears(CapabilitiesChanged, lambda c: leading in c.capabilities)
            await until(lambda: tristan.me.role is Role.ADMINISTRATOR, "their own role")
            tristan.forget()
            await web.do("role", "trusted-sub", "member")
            await tristan.hears(CapabilitiesChanged, lambda c: not leading & c.capabilities)
            await until(lambda: tristan.me.role is Role.MEMBER, "their old role")


def microphone_open(ada: Ours) -> bool:
    found = ada.ear.publication("Odile", Source.MICROPHONE)
    return found is not None and not found.muted


class TestRecordingAndSubtitles:
    async def test_recording_is_known_to_all(self, ada: Ours, web: WebClient) -> None:
        ada.forget()
        await ada.session.request(RequestRecording(RecordingKind.SCREEN))
        asked = {"from": ada.me.id, "type": "screenRecordingRequested"}
        await web.wait(lambda s: asked in s.told, "Ada's wish")
        with pytest.raises(RequestFailed):
            await ada.session.request(StartRecording(RecordingKind.SCREEN))
        await web.do("startRecording", "screen_recording")
        await ada.hears(RecordingChanged, lambda r: r.recording is not None)
        await ada.hears(RecordingChanged, lambda r: bool(r.recording and r.recording.state is RecordingState.STARTED))
        await ada.hears(NoticeReceived, lambda n: n.notice is Notice.RECORDING_STARTED)
        await web.do("stopRecording", "screen_recording")
        await ada.hears(RecordingChanged, lambda r: bool(r.recording and r.recording.state is RecordingState.SAVING))
        await ada.hears(NoticeReceived, lambda n: n.notice is Notice.RECORDING_STOPPED)
        await ada.hears(RecordingChanged, lambda r: r.recording is None)

    async def test_limits_come_from_the_server(self, server: ContractServer, ada: Ours, web: WebClient) -> None:
        ada.forget()
        await web.do("startRecording", "transcript")
        await ada.hears(NoticeReceived, lambda n: n.notice is Notice.TRANSCRIPT_STARTED)
        server.reach_limit(ROOM)
        notice = await ada.hears(NoticeReceived, lambda n: n.notice is Notice.TRANSCRIPT_LIMIT)
        assert notice.participant_id == ""
        await ada.hears(RecordingChanged, lambda r: r.recording is None)

    async def test_subtitles(self, server: ContractServer, ada: Ours, web: WebClient) -> None:
        ada.forget()
        await ada.session.request(StartCaptions())
        server.say(ROOM, "owner-sub", "Bonj", line="s1", final=False)
        server.say(ROOM, "owner-sub", "Bonjour", line="s1")
        await web.wait(lambda s: s.raw["captions"].get("s1", {}).get("text") == "Bonjour", "the web client's subtitle")
        done = await ada.hears(Captioned, lambda c: c.caption.final)
        assert (done.caption.participant_id, done.caption.text) == ("owner-sub", "Bonjour")
        words = [c.caption.text for c in ada.heard(Captioned) if c.caption.id == done.caption.id]
        # The agent says it twice, as a transcription and as a text stream; both are the same line.
        assert [text for text, _ in itertools.groupby(words)] == ["Bonj", "Bonjour"]
        assert {c.caption.id for c in ada.heard(Captioned)} == {done.caption.id}
        await web.wait(lambda s: any(p["identity"].startswith(AGENT) for p in s.raw["details"]), "the agent")
        await web.do("react", "thumbs-up")
        await ada.hears(Reacted)
        assert not [person for person in ada.ear.people if person.startswith(AGENT)]


class TestEnd:
    async def test_nothing_of_ours_was_unreadable(self, web: WebClient) -> None:
        assert (await web.web_state()).raw["unreadable"] == []

    async def test_unknown_packets_change_nothing(self, ada: Ours, web: WebClient) -> None:
        ada.forget()
        for text in ("no json", "[]", "null", '{"type": 7}', '{"type": "fromTheFuture", "data": []}'):
            await web.do("raw", text)
        await web.do("raw", "\u0000" * 2_000, "unknown-topic")
        await web.do("react", "thumbs-up")
        await ada.hears(Reacted)
        assert not ada.heard(NoticeReceived)
        assert not ada.heard(Dropped)
        assert not ada.heard(ChatReceived)

    async def test_metadata_of_any_kind(self, server: ContractServer, ada: Ours, web: WebClient) -> None:
        state = await web.web_state()
        assert json.loads(state.me["metadata"]) is None
        ada.forget()
        server.push_metadata(ROOM, configuration="not an object", access_level=7, recording_mode=["x"])
        server.push_metadata(ROOM, configuration={}, access_level="public", recording_mode=None)
        await web.do("react", "thumbs-down")
        await ada.hears(Reacted)
        assert not ada.heard(Dropped)
        assert not ada.heard(ParticipantChanged)

    async def test_being_removed(self, ada: Ours, web: WebClient) -> None:
        await web.do("remove", ada.me.id)
        dropped = await ada.hears(Dropped)
        assert (dropped.problem.code, dropped.may_retry) == (ProblemCode.REMOVED, False)
