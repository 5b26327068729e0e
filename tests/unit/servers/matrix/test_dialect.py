from __future__ import annotations

from livekit.protocol.models import ParticipantInfo, ParticipantPermission

from visio_desktop.meeting.values import Capability
from visio_desktop.servers.livekit.dialect import Sender, Traits
from visio_desktop.servers.matrix.dialect import BY_MEDIA, BY_ROOM, MatrixDialect


def test_livekit_carries_media_and_says_nothing() -> None:
    dialect = MatrixDialect()
    info = ParticipantInfo(identity="@ada:h:A", attributes={"handRaisedAt": "2026-11-23T12:00:00Z", "color": "red"})
    assert dialect.traits(info) == Traits()
    assert dialect.packet(Sender("@ada:h:A", None), "", b'{"type":"reactionReceived"}') == []


def test_what_can_be_done() -> None:
    everything = ParticipantPermission(
        can_subscribe=True, can_publish=True, can_publish_data=True, can_update_metadata=True
    )
    dialect = MatrixDialect()
    assert dialect.capabilities(ParticipantInfo(permission=everything)) == BY_MEDIA | BY_ROOM
    watching = dialect.capabilities(ParticipantInfo(permission=ParticipantPermission(can_subscribe=True)))
    assert Capability.PUBLISH not in watching
    assert Capability.CHAT in watching
