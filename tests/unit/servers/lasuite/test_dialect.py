from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol.models import ParticipantInfo, ParticipantPermission, Room

from visio_desktop.meeting.events import InvitationChanged, NoticeReceived, Reacted, RecordingChanged, RulesChanged
from visio_desktop.meeting.rooms import Access, Emoji, Invitation, Notice, Recording, RecordingKind, Rules
from visio_desktop.meeting.rooms import RecordingState as State
from visio_desktop.meeting.values import Capability, Participant, Role, Source
from visio_desktop.servers.lasuite.config import ServerConfig
from visio_desktop.servers.lasuite.dialect import LaSuiteDialect, parse_colour
from visio_desktop.servers.lasuite.place import Place
from visio_desktop.servers.lasuite.room import RoomAnswer
from visio_desktop.servers.livekit.dialect import Sender
from visio_desktop.servers.livekit.reactions import print_reaction

PERMISSION = ParticipantPermission(can_publish=True, can_subscribe=True, can_publish_data=True)
CONFIG = ServerConfig("https://lk", phone="+33 1", captions=True, recordings=frozenset(RecordingKind))
ROOM = RoomAnswer("uuid", "weekly", Access.PUBLIC, {}, pin="1234567890")
PLACE = Place(CONFIG, ROOM, "https://visio.example.org/weekly", "weekly", session=True)
LEADING = Capability.LOWER_HANDS | Capability.REMOVE | Capability.ROLES | Capability.RULES | Capability.ADMIT
RECORDING = Capability.RECORD | Capability.TRANSCRIBE


def dialect(place: Place = PLACE) -> LaSuiteDialect:
    return LaSuiteDialect(place, lambda: None)


def info(**attributes: str) -> ParticipantInfo:
    return ParticipantInfo(identity="ada", permission=PERMISSION, attributes=attributes, metadata="null")


def metadata(**fields: object) -> Room:
    return Room(metadata=json.dumps(fields))


def test_what_attributes_mean() -> None:
    known = dialect().traits(
        info(
            color="hsl(0, 100%, 50%)",
            room_role="owner",
            is_authenticated="true",
            handRaisedAt="1970-01-01T00:00:05+00:00",
        )
    )
    assert (known.colour, known.role, known.is_authenticated) == ("#ff0000", Role.OWNER, True)
    assert known.hand_raised_at_ms == 5_000.0
    nobody = dialect().traits(info(color="url(x)", room_role="", is_authenticated="", handRaisedAt=""))
    assert (nobody.colour, nobody.role, nobody.is_authenticated) == ("", Role.MEMBER, None)
    assert dialect().traits(info(is_authenticated="false", room_role="emperor")).is_authenticated is False


def test_agents_and_recorders_are_no_people() -> None:
    kinds = (
        ParticipantInfo.Kind.STANDARD,
        ParticipantInfo.Kind.SIP,
        ParticipantInfo.Kind.AGENT,
        ParticipantInfo.Kind.EGRESS,
    )
    assert [dialect().shows(ParticipantInfo(kind=kind)) for kind in kinds] == [True, True, False, False]


def test_what_somebody_who_leads_can_do() -> None:
    found = dialect().capabilities(info(room_role="administrator", is_authenticated="true"))
    assert LEADING | RECORDING | Capability.CAPTIONS | Capability.RENAME | Capability.HAND in found
    assert Capability.REQUEST_RECORDING not in found
    without_session = dialect(replace(PLACE, session=False)).capabilities(info(room_role="owner"))
    assert not without_session & (LEADING | RECORDING)


def test_what_a_guest_can_do() -> None:
    found = dialect().capabilities(info(room_role="", is_authenticated="false"))
    assert not found & (LEADING | RECORDING)
    expected = Capability.HAND | Capability.RENAME | Capability.MUTE_OTHERS | Capability.REQUEST_RECORDING
    assert expected | Capability.CHAT | Capability.REACTIONS | Capability.EDIT_CHAT in found


def test_what_the_server_lacks_nobody_can() -> None:
    bare = dialect(replace(PLACE, config=ServerConfig("https://lk", names_editable=False)))
    found = bare.capabilities(info(room_role="owner", is_authenticated="true"))
    assert not found & (RECORDING | Capability.CAPTIONS | Capability.REQUEST_RECORDING | Capability.RENAME)
    assert Capability.RENAME in bare.capabilities(info(is_authenticated="false")), "guests choose their name"


def test_a_room_that_is_not_registered_has_nothing_to_decide() -> None:
    unregistered = dialect(replace(PLACE, room=RoomAnswer("", "tea")))
    found = unregistered.capabilities(info(room_role="owner"))
    assert Capability.CHAT in found
    assert not found & (LEADING | RECORDING | Capability.HAND | Capability.RENAME | Capability.CAPTIONS)


def test_coming_in_one_is_told_of_the_room() -> None:
    invitation, rules = dialect().room(Room())
    assert isinstance(invitation, InvitationChanged)
    assert invitation.invitation == Invitation("https://visio.example.org/weekly", "+33 1", "1234567890")
    assert rules == RulesChanged(Rules(Access.PUBLIC))
    without_pin = dialect(replace(PLACE, room=replace(ROOM, pin="")))
    (invitation, _) = without_pin.room(Room())
    assert isinstance(invitation, InvitationChanged)
    assert (invitation.invitation.phone, invitation.invitation.pin) == ("", "")


def test_metadata_are_laid_over_what_was_known() -> None:
    heard = dialect()
    heard.room(Room())
    assert heard.room(Room()) == [], "nothing new"
    changed = Rules(Access.PUBLIC, frozenset({Source.CAMERA}), False)
    configuration = {"can_publish_sources": ["camera"], "everyone_can_mute": False}
    assert heard.room(metadata(configuration=configuration)) == [RulesChanged(changed)]
    assert Capability.MUTE_OTHERS not in heard.capabilities(info())
    trusted = metadata(access_level="trusted", configuration=configuration)
    assert heard.room(trusted) == [RulesChanged(replace(changed, access=Access.TRUSTED))]


def test_what_is_recorded_begins_and_ends() -> None:
    heard = dialect()
    heard.room(Room())
    started = Recording(RecordingKind.TRANSCRIPT, State.STARTED)
    assert heard.room(metadata(recording_mode="transcript", recording_status="started")) == [RecordingChanged(started)]
    assert heard.recording == started
    assert heard.room(metadata()) == [RecordingChanged(None)]


def test_our_own_decision_is_told_once_whichever_word_of_it_comes_first() -> None:
    answer = replace(ROOM, access=Access.RESTRICTED)
    first = dialect()
    first.room(Room())
    assert first.decided(answer) == [RulesChanged(Rules(Access.RESTRICTED))]
    assert first.room(metadata(access_level="restricted", configuration={})) == []
    second = dialect()
    second.room(Room())
    assert len(second.room(metadata(access_level="restricted", configuration={}))) == 1
    assert second.decided(answer) == []


def test_packets() -> None:
    knocks: list[bool] = []
    heard = LaSuiteDialect(PLACE, lambda: knocks.append(True))
    ada = Sender("ada", Participant("ada", "Ada"))
    assert heard.packet(ada, "", print_reaction(Emoji.PARTY_POPPER)) == [Reacted("ada", Emoji.PARTY_POPPER)]
    assert heard.packet(ada, "", b'{"type": "participantWaiting"}') == []
    assert heard.packet(Sender("", None), "", b'{"type": "participantWaiting"}') == []
    assert knocks == [True]
    muted = b'{"type": "participantMuted"}'
    assert heard.packet(ada, "", muted) == [NoticeReceived(Notice.MUTED_BY_HOST, "ada")]
    assert heard.packet(ada, "else", muted) == heard.packet(ada, "", b"\xff") == []


def test_colours() -> None:
    assert [parse_colour(c) for c in ("hsl(120,100%,50%)", "hsl(302, 50%, 39%)", "hsl(999, 999%, 999%)")] == [
        "#00ff00",
        "#953292",
        "#ffffff",
    ]
    assert [parse_colour(c) for c in ("", "red", "hsl(1)", "hsl(1, 2%, 3%)" + " " * 99)] == [""] * 4


@given(st.text(max_size=60))
def test_any_colour_is_one_or_none(text: str) -> None:
    assert parse_colour(text) == "" or parse_colour(text).startswith("#")
