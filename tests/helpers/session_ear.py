"""A session's listener that keeps what it hears."""

from __future__ import annotations

from visio_desktop.meeting.events import (
    ChatReceived,
    Dropped,
    Joined,
    ParticipantChanged,
    ParticipantLeft,
    PublicationChanged,
    PublicationGone,
    Restoring,
    ServerEvent,
)
from visio_desktop.meeting.values import ChatMessage, Participant, Publication, Source
from visio_desktop.rtc.frames import InboundStream


class SessionEar:
    """Keeps events, and out of them who is there with what."""

    def __init__(self) -> None:
        self.events: list[ServerEvent] = []
        self.people: dict[str, Participant] = {}
        self.publications: dict[str, Publication] = {}
        self.streams: dict[str, InboundStream] = {}
        self.ended: list[str] = []
        self.marks: list[str] = []

    def on_event(self, event: ServerEvent) -> None:
        self.events.append(event)
        match event:
            case Joined(me):
                self.people[me.id] = me
            case ParticipantChanged(participant):
                self.people[participant.id] = participant
            case ParticipantLeft(participant_id):
                self.people.pop(participant_id, None)
                self.publications = {k: p for k, p in self.publications.items() if p.participant_id != participant_id}
            case PublicationChanged(publication):
                self.publications[publication.id] = publication
            case PublicationGone(publication_id):
                self.publications.pop(publication_id, None)

    def on_stream(self, publication_id: str, stream: InboundStream) -> None:
        assert publication_id in self.publications, "media before its publication"
        self.streams[publication_id] = stream

    def on_stream_ended(self, publication_id: str) -> None:
        self.streams.pop(publication_id, None)
        self.ended.append(publication_id)

    def on_mark(self, name: str) -> None:
        self.marks.append(name)

    @property
    def me(self) -> Participant:
        """Oneself."""
        return next(p for p in self.people.values() if p.is_me)

    @property
    def is_disturbed(self) -> bool:
        """Whether it was told that something is broken."""
        return any(isinstance(event, Restoring | Dropped) for event in self.events)

    @property
    def others(self) -> list[str]:
        """The names of the others, in order."""
        return sorted(p.name for p in self.people.values() if not p.is_me)

    @property
    def chat(self) -> list[ChatMessage]:
        """The lines heard."""
        return [e.message for e in self.events if isinstance(e, ChatReceived)]

    @property
    def dropped(self) -> Dropped | None:
        """Why the session ended by itself, None while it has not."""
        return next((e for e in self.events if isinstance(e, Dropped)), None)

    def named(self, name: str) -> Participant | None:
        """Somebody by name."""
        return next((p for p in self.people.values() if p.name == name), None)

    def publication(self, name: str, source: Source) -> Publication | None:
        """What somebody publishes."""
        person = self.named(name)
        mine = [p for p in self.publications.values() if person is not None and p.participant_id == person.id]
        return next((p for p in mine if p.source is source), None)

    def stream(self, name: str, source: Source) -> InboundStream | None:
        """The media of what somebody publishes."""
        publication = self.publication(name, source)
        return self.streams.get(publication.id) if publication is not None else None
