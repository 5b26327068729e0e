from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol.models import (
    ConnectionQuality,
    ParticipantInfo,
    ParticipantPermission,
    Room,
    SpeakerInfo,
    TrackInfo,
    TrackSource,
    TrackType,
)
from livekit.protocol.rtc import ConnectionQualityInfo, JoinResponse

from visio_desktop.meeting.events import (
    CapabilitiesChanged,
    HandChanged,
    Joined,
    ParticipantChanged,
    ParticipantLeft,
    PublicationChanged,
    PublicationGone,
    QualityChanged,
    SendingAllowed,
    SpeakersChanged,
)
from visio_desktop.meeting.rooms import EVERY_SOURCE
from visio_desktop.meeting.values import Capability, Publication, Quality, Role, Source
from visio_desktop.servers.livekit.dialect import Dialect, Traits
from visio_desktop.servers.livekit.roster import Roster

GONE = ParticipantInfo.State.DISCONNECTED
ALL = ParticipantPermission(can_publish=True, can_subscribe=True, can_publish_data=True, can_update_metadata=True)


def person(identity: str, **fields: Any) -> ParticipantInfo:
    return ParticipantInfo(**{"identity": identity, "sid": f"PA_{identity}", "name": identity.title(), **fields})


def camera(sid: str = "TR_c", **fields: Any) -> TrackInfo:
    known = {"sid": sid, "type": TrackType.VIDEO, "source": TrackSource.CAMERA, "width": 640, "height": 360}
    return TrackInfo(**{**known, **fields})


def joined(*others: ParticipantInfo) -> Roster:
    roster = Roster()
    roster.join(JoinResponse(participant=person("me", permission=ALL), other_participants=others), 0)
    return roster


def test_joining_tells_of_oneself_first_then_of_everybody() -> None:
    answer = JoinResponse(
        room=Room(name="tea"),
        participant=person("me", permission=ALL),
        other_participants=[person("ada", tracks=[camera()])],
    )
    me, allowed, ada, picture = Roster().join(answer, 5.0)
    assert allowed == SendingAllowed(EVERY_SOURCE)
    assert isinstance(me, Joined)
    assert (me.me.id, me.me.name, me.me.is_me, me.title, me.at_ms) == ("me", "Me", True, "tea", 5.0)
    assert isinstance(ada, ParticipantChanged)
    assert picture == PublicationChanged(Publication("TR_c", "ada", Source.CAMERA, False, 640, 360))


def test_coming_muting_and_going() -> None:
    roster = joined()
    events = roster.update([person("ada", version=1, tracks=[camera()])])
    assert [type(e) for e in events] == [ParticipantChanged, PublicationChanged]
    assert roster.update([person("ada", version=2, tracks=[camera(muted=True)])]) == [
        PublicationChanged(Publication("TR_c", "ada", Source.CAMERA, True, 640, 360))
    ]
    assert roster.update([person("ada", version=2, tracks=[camera(muted=True)])]) == []
    assert roster.update([person("ada", version=1, tracks=[])]) == []
    assert roster.update([person("ada", version=3)]) == [PublicationGone("TR_c")]
    assert roster.update([person("ada", state=GONE)]) == [ParticipantLeft("ada")]
    assert roster.update([person("ada", state=GONE)]) == []


def test_somebody_who_comes_back_replaces_themselves() -> None:
    roster = joined(person("ada", tracks=[camera("TR_old")]))
    events = roster.update([person("ada", sid="PA_new", tracks=[camera("TR_new")])])
    assert [type(e) for e in events] == [PublicationGone, ParticipantLeft, ParticipantChanged, PublicationChanged]
    assert roster.update([person("ada", sid="PA_ada", state=GONE)]) == []
    assert roster.participant("ada") is not None


def test_who_is_not_among_all_has_left() -> None:
    roster = joined(person("ada", tracks=[camera()]), person("bob"))
    assert roster.missing([person("me"), person("bob"), person("eve")]) == [
        PublicationGone("TR_c"),
        ParticipantLeft("ada"),
    ]
    assert roster.missing([person("bob")]) == []


def test_names_hands_and_colours() -> None:
    roster = joined()
    attributes = {"handRaisedAt": "2026-11-22T05:33:26Z", "color": "hsl(1, 2%, 3%)"}
    (changed, hand) = roster.update([person("ada", name="  ", attributes=attributes)])
    assert isinstance(changed, ParticipantChanged)
    assert (changed.participant.name, changed.participant.colour) == ("ada", "hsl(1, 2%, 3%)")
    assert hand == HandChanged("ada", 1795325606000)
    assert roster.update([person("ada", name="Ada", attributes={"handRaisedAt": ""})])[1:] == [HandChanged("ada", None)]


def test_ones_own_hand() -> None:
    roster = joined()
    raised = person("me", version=1, attributes={"handRaisedAt": "2026-11-22T05:33:26Z"})
    assert HandChanged("me", 1795325606000) in roster.update([raised])


def test_speaking_is_told_as_a_whole() -> None:
    roster = joined(person("ada"), person("bob"))
    assert roster.speakers([SpeakerInfo(sid="PA_ada", active=True)]) == [SpeakersChanged(frozenset({"ada"}))]
    both = roster.speakers([SpeakerInfo(sid="PA_bob", active=True), SpeakerInfo(sid="PA_x", active=True)])
    assert both == [SpeakersChanged(frozenset({"ada", "bob"}))]
    assert roster.speakers([SpeakerInfo(sid="PA_bob", active=True)]) == []
    assert roster.update([person("bob", state=GONE)]) == [SpeakersChanged(frozenset({"ada"})), ParticipantLeft("bob")]


def test_speaking_survives_other_changes() -> None:
    roster = joined(person("ada"))
    roster.speakers([SpeakerInfo(sid="PA_ada", active=True)])
    (changed,) = roster.update([person("ada", name="Ada L.", version=1)])
    assert isinstance(changed, ParticipantChanged)
    assert changed.participant.speaking


def test_quality() -> None:
    roster = joined(person("ada"))
    poor = ConnectionQualityInfo(participant_sid="PA_ada", quality=ConnectionQuality.POOR)
    assert roster.qualities([poor]) == [QualityChanged("ada", Quality.POOR)]
    assert roster.qualities([poor, ConnectionQualityInfo(participant_sid="PA_x")]) == []


def test_ones_own_publications_end_only_when_withdrawn() -> None:
    roster = joined()
    assert roster.published(camera("TR_m")) == [
        PublicationChanged(Publication("TR_m", "me", Source.CAMERA, False, 640, 360))
    ]
    assert roster.update([person("me", version=1)]) == []
    (muted,) = roster.muted("TR_m", muted=True)
    assert muted == PublicationChanged(Publication("TR_m", "me", Source.CAMERA, True, 640, 360))
    assert roster.muted("TR_m", muted=True) == []
    assert roster.update([person("me", version=1, tracks=[camera("TR_m", muted=False)])]) == []
    assert roster.withdrawn("TR_m") == [PublicationGone("TR_m")]
    assert roster.update([person("me", version=2, tracks=[camera("TR_m")])]) == []


def test_sources() -> None:
    tracks = [
        camera("TR_1", source=TrackSource.SCREEN_SHARE),
        TrackInfo(sid="TR_2", type=TrackType.AUDIO, source=TrackSource.SCREEN_SHARE_AUDIO),
        TrackInfo(sid="TR_3", type=TrackType.AUDIO),
        camera("TR_4", source=TrackSource.UNKNOWN),
        camera("TR_5", source=TrackSource.MICROPHONE),
        TrackInfo(sid="TR_6", type=TrackType.DATA),
        camera(""),
    ]
    events = joined().update([person("ada", tracks=tracks)])
    found = {e.publication.id: e.publication.source for e in events if isinstance(e, PublicationChanged)}
    assert found == {
        "TR_1": Source.SCREEN,
        "TR_2": Source.SCREEN_AUDIO,
        "TR_3": Source.MICROPHONE,
        "TR_4": Source.CAMERA,
    }


def test_what_one_may_send_changes_while_one_is_there() -> None:
    roster = joined()
    camera_only = ParticipantPermission(
        can_publish=True, can_subscribe=True, can_publish_data=True, can_update_metadata=True
    )
    camera_only.can_publish_sources.append(TrackSource.CAMERA)
    events = roster.update([person("me", permission=camera_only, version=1)])
    assert SendingAllowed(frozenset({Source.CAMERA})) in events
    (changed,) = [event for event in events if isinstance(event, CapabilitiesChanged)]
    assert Capability.SCREEN_SHARE not in changed.capabilities
    assert Capability.CHAT in changed.capabilities
    assert roster.update([person("me", permission=camera_only, version=2)]) == []
    assert roster.update([person("me", version=3)]) == [], "nothing is said of permissions"
    assert SendingAllowed(EVERY_SOURCE) in roster.update([person("me", permission=ALL, version=4)])


def test_only_those_who_come_later_are_announced() -> None:
    roster = Roster()
    answer = JoinResponse(participant=person("me", permission=ALL), other_participants=[person("ada")])
    there = [event for event in roster.join(answer, 0) if isinstance(event, ParticipantChanged)]
    (later,) = roster.update([person("bob")])
    assert [event.arrived for event in there] == [False]
    assert isinstance(later, ParticipantChanged)
    assert later.arrived


def test_agents_are_no_ordinary_people() -> None:
    roster = joined(person("ada"), person("bot", kind=ParticipantInfo.Kind.AGENT))
    assert [roster.is_ordinary(who) for who in ("ada", "bot", "nobody")] == [True, False, False]


class Strict(Dialect):
    """A server of its own above LiveKit."""

    def title(self, room: Room) -> str:
        return "Weekly"

    def shows(self, info: ParticipantInfo) -> bool:
        return info.metadata != "unseen"

    def traits(self, info: ParticipantInfo) -> Traits:
        return Traits(role=Role.OWNER if info.metadata == "boss" else Role.MEMBER, is_authenticated=True)


def test_what_attributes_mean_is_the_dialects() -> None:
    roster = Roster(Strict())
    first, *_ = roster.join(JoinResponse(room=Room(name="uuid"), participant=person("me", permission=ALL)), 0)
    assert isinstance(first, Joined)
    assert first.title == "Weekly"
    (changed,) = roster.update([person("ada", metadata="boss")])
    assert isinstance(changed, ParticipantChanged)
    assert (changed.participant.role, changed.participant.is_authenticated) == (Role.OWNER, True)
    assert [p.id for p in roster.people] == ["me", "ada"]
    assert roster.update([person("spy", metadata="unseen")]) == []


infos = st.builds(
    person,
    st.sampled_from(["me", "ada", "bob", ""]),
    sid=st.sampled_from(["PA_1", "PA_2", ""]),
    version=st.integers(0, 3),
    state=st.sampled_from([0, 1, 2, 3]),
    tracks=st.lists(st.builds(camera, st.sampled_from(["TR_1", "TR_2"]), muted=st.booleans()), max_size=3),
)


@given(st.lists(infos, max_size=30))
def test_events_tell_a_consistent_story(story: list[ParticipantInfo]) -> None:
    """Whoever follows the events alone knows of nobody twice, and of no publication without its participant."""
    roster, people, publications = joined(), {"me"}, dict[str, str]()
    for event in roster.update(story):
        match event:
            case ParticipantChanged(participant):
                people.add(participant.id)
            case ParticipantLeft(participant_id):
                people.remove(participant_id)
                assert participant_id != "me"
                assert participant_id not in publications.values()
            case PublicationChanged(publication):
                assert publication.participant_id in people
                publications[publication.id] = publication.participant_id
            case PublicationGone(publication_id):
                publications.pop(publication_id, None)
    assert all(roster.participant(p) is not None for p in people)
