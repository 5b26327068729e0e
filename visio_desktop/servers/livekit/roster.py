"""Who is in the room and what they publish: LiveKit's `ParticipantInfo` turned into meeting events. Pure.

A participant's id is LiveKit's identity, which stays the same when somebody comes back; a publication's id is the
track's sid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from livekit.protocol.models import (
    ConnectionQuality,
    Encryption,
    ParticipantInfo,
    SpeakerInfo,
    TrackInfo,
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
    ServerEvent,
    SpeakersChanged,
)
from visio_desktop.meeting.rooms import EVERY_SOURCE
from visio_desktop.meeting.values import Participant, Publication, Quality, Source
from visio_desktop.servers.livekit.dialect import MAX_NAME_CHARACTERS, SOURCES, Dialect, sendable

_MAX_PEOPLE = 5_000
_MAX_TRACKS = 64
_MAX_SIDE_PX = 16_384

_QUALITIES = {
    ConnectionQuality.POOR: Quality.POOR,
    ConnectionQuality.GOOD: Quality.GOOD,
    ConnectionQuality.EXCELLENT: Quality.EXCELLENT,
    ConnectionQuality.LOST: Quality.LOST,
}


@dataclass(slots=True)
class _Person:
    """What is known of one identity; `sid` changes when they come back."""

    sid: str
    version: int
    shown: Participant
    is_agent: bool = False
    publications: dict[str, Publication] = field(default_factory=dict)


class Roster:
    """The people of one session. Every method gives the events that follow, in order."""

    def __init__(self, dialect: Dialect | None = None, *, encrypted: bool = False) -> None:
        self._dialect = dialect or Dialect()
        self._encrypted = encrypted
        self._people: dict[str, _Person] = {}
        self._identities: dict[str, str] = {}
        self._speaking: set[str] = set()
        self._withdrawn: set[str] = set()
        self._my_id = ""
        self._mine = ParticipantInfo()
        self._capabilities = self._dialect.capabilities(self._mine)
        self._sendable = EVERY_SOURCE

    @property
    def my_id(self) -> str:
        """One's own identity."""
        return self._my_id

    @property
    def people(self) -> list[Participant]:
        """Everybody with what they publish, oneself first."""
        return [replace(p.shown, publications=tuple(p.publications.values())) for p in self._people.values()]

    def join(self, response: JoinResponse, at_ms: float) -> list[ServerEvent]:
        """We are in; everybody already there follows."""
        info = response.participant
        self._my_id = info.identity
        me = self._shown(info, is_me=True)
        self._people[me.id] = _Person(info.sid, info.version, me)
        self._identities[info.sid] = me.id
        self._mine, self._capabilities = info, self._dialect.capabilities(info)
        joined = Joined(me, self._dialect.title(response.room), self._capabilities, at_ms)
        self._sendable = sendable(info.permission)
        there = [event for info in response.other_participants for event in self._update_one(info, arrived=False)]
        return [joined, SendingAllowed(self._sendable), *there]

    def update(self, infos: Iterable[ParticipantInfo]) -> list[ServerEvent]:
        """Some came, changed or went."""
        return [event for info in infos for event in self._update_one(info, arrived=True)]

    def standing(self) -> list[ServerEvent]:
        """What one may do and send, where that is something else than was told last."""
        events: list[ServerEvent] = []
        capabilities, may_send = self._dialect.capabilities(self._mine), sendable(self._mine.permission)
        if capabilities != self._capabilities:
            events.append(CapabilitiesChanged(capabilities))
        if may_send != self._sendable:
            events.append(SendingAllowed(may_send))
        self._capabilities, self._sendable = capabilities, may_send
        return events

    def missing(self, everybody: Iterable[ParticipantInfo]) -> list[ServerEvent]:
        """These are all who are there: who is not among them has left."""
        there = {info.identity for info in everybody} | {self._my_id}
        gone = [identity for identity in self._people if identity not in there]
        return [event for identity in gone for event in self._leave(identity)]

    def speakers(self, changed: Iterable[SpeakerInfo]) -> list[ServerEvent]:
        """The server tells of those who began or ended speaking."""
        before = set(self._speaking)
        for speaker in changed:
            person = self._people.get(self._identities.get(speaker.sid, ""))
            if person is not None:
                person.shown = replace(person.shown, speaking=speaker.active)
                (self._speaking.add if speaker.active else self._speaking.discard)(person.shown.id)
        return [SpeakersChanged(frozenset(self._speaking))] if before != self._speaking else []

    def qualities(self, updates: Iterable[ConnectionQualityInfo]) -> list[ServerEvent]:
        """The server's judgement of connections."""
        events: list[ServerEvent] = []
        for update in updates:
            person = self._people.get(self._identities.get(update.participant_sid, ""))
            quality = _QUALITIES.get(update.quality, Quality.UNKNOWN)
            if person is not None and person.shown.quality is not quality:
                person.shown = replace(person.shown, quality=quality)
                events.append(QualityChanged(person.shown.id, quality))
        return events

    def published(self, track: TrackInfo) -> list[ServerEvent]:
        """One's own track was taken."""
        return self._tracks(self._people[self._my_id], [track], complete=False)

    def muted(self, sid: str, muted: bool) -> list[ServerEvent]:
        """One's own track was muted or opened."""
        me = self._people[self._my_id]
        before = me.publications.get(sid)
        if before is None or before.muted is muted:
            return []
        me.publications[sid] = replace(before, muted=muted)
        return [PublicationChanged(me.publications[sid])]

    def opens(self, sid: str, opens: bool) -> list[ServerEvent]:
        """What comes of a track can be decrypted now, or no longer."""
        for person in self._people.values():
            before = person.publications.get(sid)
            if before is not None and before.encrypted is not opens:
                person.publications[sid] = replace(before, encrypted=opens)
                return [PublicationChanged(person.publications[sid])]
        return []

    def withdrawn(self, sid: str) -> list[ServerEvent]:
        """One's own track ended; updates already under way do not bring it back."""
        self._withdrawn.add(sid)
        gone = self._people[self._my_id].publications.pop(sid, None)
        return [PublicationGone(sid)] if gone is not None else []

    def publication(self, sid: str) -> Publication | None:
        """The publication of this track."""
        return next((p.publications[sid] for p in self._people.values() if sid in p.publications), None)

    def participant(self, identity: str) -> Participant | None:
        """Somebody by identity."""
        person = self._people.get(identity)
        return person.shown if person is not None else None

    def is_ordinary(self, identity: str) -> bool:
        """Whether this is somebody in the meeting, and no agent of the server's."""
        person = self._people.get(identity)
        return person is not None and not person.is_agent

    def identity(self, sid: str) -> str:
        """The identity behind a participant's sid, "" for nobody known."""
        return self._identities.get(sid, "")

    def _update_one(self, info: ParticipantInfo, *, arrived: bool) -> list[ServerEvent]:
        if not info.identity or not info.sid:
            return []
        person = self._people.get(info.identity)
        gone = info.state == ParticipantInfo.State.DISCONNECTED
        if person is None:
            return [] if gone or len(self._people) >= _MAX_PEOPLE else self._come(info, arrived=arrived)
        if person.sid == info.sid and not (gone and person.shown.is_me):
            return self._leave(info.identity) if gone else self._change(person, info)
        if gone or person.shown.is_me:
            return []
        return [*self._leave(info.identity), *self._come(info, arrived=arrived)]

    def _come(self, info: ParticipantInfo, *, arrived: bool) -> list[ServerEvent]:
        if not self._dialect.shows(info):
            return []
        is_agent = info.kind == ParticipantInfo.Kind.AGENT
        person = _Person(info.sid, info.version, self._shown(info, is_me=False), is_agent)
        self._people[info.identity] = person
        self._identities[info.sid] = info.identity
        events: list[ServerEvent] = [ParticipantChanged(person.shown, arrived)]
        if person.shown.hand_raised_at_ms is not None:
            events.append(HandChanged(person.shown.id, person.shown.hand_raised_at_ms))
        return [*events, *self._tracks(person, info.tracks, complete=True)]

    def _change(self, person: _Person, info: ParticipantInfo) -> list[ServerEvent]:
        if info.version < person.version:
            return []
        before = person.shown
        after = replace(self._shown(info, is_me=before.is_me), quality=before.quality, speaking=before.speaking)
        person.shown, person.version = after, info.version
        events: list[ServerEvent] = [ParticipantChanged(after)] if after != before else []
        if after.hand_raised_at_ms != before.hand_raised_at_ms:
            events.append(HandChanged(after.id, after.hand_raised_at_ms))
        if before.is_me:
            permission = info.permission if info.HasField("permission") else self._mine.permission
            self._mine = ParticipantInfo(permission=permission, attributes=info.attributes, metadata=info.metadata)
            events += self.standing()
        return [*events, *self._tracks(person, info.tracks, complete=not before.is_me)]

    def _leave(self, identity: str) -> list[ServerEvent]:
        person = self._people.pop(identity)
        self._identities.pop(person.sid, None)
        events: list[ServerEvent] = [PublicationGone(sid) for sid in person.publications]
        if identity in self._speaking:
            self._speaking.discard(identity)
            events.append(SpeakersChanged(frozenset(self._speaking)))
        return [*events, ParticipantLeft(identity)]

    def _tracks(self, person: _Person, tracks: Iterable[TrackInfo], *, complete: bool) -> list[ServerEvent]:
        """`complete` says that tracks not listed have ended; one's own end only by `withdrawn`."""
        listing = list(tracks)[:_MAX_TRACKS]
        found = [_publication(track, person.shown.id, encrypted=self._encrypted) for track in listing]
        now = {publication.id: publication for publication in found if publication is not None}
        events: list[ServerEvent] = []
        if complete:
            gone = [sid for sid in person.publications if sid not in now]
            for sid in gone:
                del person.publications[sid]
            events += [PublicationGone(sid) for sid in gone]
        for sid, listed in now.items():
            before = person.publications.get(sid)
            # Of our own what we said last counts: an update already under way may still say otherwise.
            muted = before.muted if before is not None and person.shown.is_me else listed.muted
            # Whether it opens is known from its frames.
            encrypted = listed.encrypted if before is None else before.encrypted
            publication = replace(listed, muted=muted, encrypted=encrypted)
            if sid not in self._withdrawn and publication != before:
                person.publications[sid] = publication
                events.append(PublicationChanged(publication))
        return events

    def _shown(self, info: ParticipantInfo, *, is_me: bool) -> Participant:
        traits = self._dialect.traits(info)
        return Participant(
            id=info.identity,
            name=(info.name.strip() or info.identity)[:MAX_NAME_CHARACTERS],
            is_me=is_me,
            hand_raised_at_ms=traits.hand_raised_at_ms,
            colour=traits.colour,
            role=traits.role,
            is_authenticated=traits.is_authenticated,
        )


def _publication(track: TrackInfo, participant_id: str, *, encrypted: bool) -> Publication | None:
    if not track.sid or track.type not in {TrackType.AUDIO, TrackType.VIDEO}:
        return None
    default = Source.CAMERA if track.type == TrackType.VIDEO else Source.MICROPHONE
    source = SOURCES.get(track.source, default)
    if source.is_video is not (track.type == TrackType.VIDEO):
        return None
    width_px, height_px = min(track.width, _MAX_SIDE_PX), min(track.height, _MAX_SIDE_PX)
    announced = track.encryption != Encryption.Type.NONE
    # Without our key theirs cannot be opened; with it, what is clear must not be taken for encrypted.
    state = announced and encrypted if announced or encrypted else None
    return Publication(track.sid, participant_id, source, track.muted, width_px, height_px, state)
