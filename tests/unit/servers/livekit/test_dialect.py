from __future__ import annotations

from livekit.protocol.models import ParticipantInfo, ParticipantPermission, Room, TrackSource

from visio_desktop.meeting.events import DataReceived, Reacted
from visio_desktop.meeting.rooms import EVERY_SOURCE, Emoji
from visio_desktop.meeting.values import Capability, Participant, Role, Source
from visio_desktop.servers.livekit.dialect import Dialect, Sender, Traits, capabilities, sendable

ALL = ParticipantPermission(can_publish=True, can_subscribe=True, can_publish_data=True, can_update_metadata=True)
MODERATION = Capability.MUTE_OTHERS | Capability.REMOVE | Capability.ADMIT | Capability.RULES | Capability.RECORD
ADA = Sender("ada", Participant("ada", "Ada"))
THUMB = b'{"type": "reactionReceived", "data": {"emoji": "thumbs-up"}}'


def able(**permission: object) -> Capability:
    return capabilities(ParticipantInfo(permission=ParticipantPermission(**permission)))  # type: ignore[arg-type]


def test_capabilities_follow_the_permissions() -> None:
    everything = capabilities(ParticipantInfo(permission=ALL))
    carried = Capability.CHAT | Capability.EDIT_CHAT | Capability.REACTIONS | Capability.HAND | Capability.RENAME
    assert carried in everything
    assert not everything & MODERATION
    viewer = able(can_subscribe=True)
    assert Capability.SUBSCRIBE in viewer
    assert not viewer & (Capability.PUBLISH | carried | Capability.SCREEN_SHARE)
    assert Capability.SCREEN_SHARE not in able(can_publish=True, can_publish_sources=[TrackSource.CAMERA])


def test_no_source_named_means_every_source() -> None:
    assert sendable(ALL) == EVERY_SOURCE
    assert sendable(ParticipantPermission(can_publish=False)) == frozenset()
    some = ParticipantPermission(can_publish=True, can_publish_sources=[TrackSource.MICROPHONE, TrackSource.UNKNOWN])
    assert sendable(some) == {Source.MICROPHONE}
    unknown = ParticipantPermission(can_publish=True, can_publish_sources=[TrackSource.UNKNOWN])
    assert sendable(unknown) == frozenset()


def test_attributes_of_clients_that_have_no_server_above() -> None:
    raised = {"handRaisedAt": "1970-01-01T00:00:05+00:00", "color": "#aabbcc", "room_role": "owner"}
    assert Dialect().traits(ParticipantInfo(attributes=raised)) == Traits(5_000.0, "#aabbcc", Role.MEMBER, None)
    assert Dialect().traits(ParticipantInfo(attributes={"color": "x" * 999})) == Traits()


def test_rooms_say_nothing_and_packets_only_reactions() -> None:
    dialect = Dialect()
    assert (dialect.title(Room(name="tea")), dialect.room(Room(metadata="{}"))) == ("tea", [])
    assert dialect.packet(ADA, "", THUMB) == [Reacted("ada", Emoji.THUMBS_UP)]
    assert dialect.packet(ADA, "poll", THUMB) == [DataReceived("ada", "poll", THUMB)]
    assert dialect.packet(Sender("", None), "", THUMB) == [DataReceived("", "", THUMB)]
    assert Sender("", None).is_server
    assert not ADA.is_server
