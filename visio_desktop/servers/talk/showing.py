"""What the engine is told and handed: a stream only while what it belongs to is shown.

Media of a microphone or a camera flows from the beginning, with nothing in it while it is off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from visio_desktop.meeting.events import ParticipantLeft, PublicationChanged, PublicationGone, ServerEvent
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.port import SessionListener
from visio_desktop.servers.talk.roster import Roster, publication_id
from visio_desktop.system.tasks import Tasks

LOOK_S = 1.0
_OF_SCREENS = (Source.SCREEN, Source.SCREEN_AUDIO)
_EMPTY_PICTURE_BYTES = 2_000
"""A picture that is off is a single small one from the media server (`webrtc.js`, checkPeerMedia)."""


class Showing:
    """`tell` it all events; those before `begin` are told then."""

    def __init__(self, roster: Roster, listener: SessionListener, tasks: Tasks) -> None:
        self._roster = roster
        self._listener = listener
        self._tasks = tasks
        self._flowing: dict[str, tuple[str, Source, InboundStream]] = {}
        self._given: dict[str, InboundStream] = {}
        self._shown: set[str] = set()
        self._early: list[ServerEvent] | None = []
        self._watch: asyncio.Task[None] | None = None

    def begin(self, *first: ServerEvent) -> None:
        """These first, then all that was told before."""
        early, self._early = self._early or [], None
        self.tell((*first, *early))

    def tell(self, events: Iterable[ServerEvent]) -> None:
        """Tell the engine, and hand out or take back what follows from it."""
        for event in events:
            if self._early is not None:
                self._early.append(event)
                continue
            match event:
                case PublicationChanged(publication):
                    self._shown.add(publication.id)
                    self._listener.on_event(event)
                    self._hand_out(publication.id)
                case PublicationGone(gone):
                    self._shown.discard(gone)
                    self._take_back(gone)
                    self._listener.on_event(event)
                case ParticipantLeft(person):
                    for gone in [each for each in self._shown if each.startswith(f"{person}:")]:
                        self._shown.discard(gone)
                        self._take_back(gone)
                    self._listener.on_event(event)
                case _:
                    self._listener.on_event(event)

    def on_media(self, person: str, source: Source, stream: InboundStream) -> None:
        """Media of somebody begins."""
        publication = publication_id(person, source)
        self._flowing[publication] = (person, source, stream)
        if source in _OF_SCREENS:
            self.tell(self._roster.shows(person, source))
        elif self._watch is None or self._watch.done():
            self._watch = self._tasks.start(self._watch_the_silent(), name="untold")
        self._hand_out(publication)

    def on_media_ended(self, person: str, source: Source) -> None:
        """It ended."""
        publication = publication_id(person, source)
        self._flowing.pop(publication, None)
        self._take_back(publication)
        if source in _OF_SCREENS:
            self.tell(self._roster.hides(person, source))

    def _hand_out(self, publication: str) -> None:
        _, _, stream = self._flowing.get(publication, ("", Source.CAMERA, None))
        if stream is None or publication not in self._shown or self._given.get(publication) is stream:
            return
        self._take_back(publication)
        self._given[publication] = stream
        self._listener.on_stream(publication, stream)

    def _take_back(self, publication: str) -> None:
        if self._given.pop(publication, None) is not None:
            self._listener.on_stream_ended(publication)

    async def _watch_the_silent(self) -> None:
        """Some clients do not say what they send: what has something in it is shown."""
        while True:
            await asyncio.sleep(LOOK_S)
            untold = [
                (person, source, stream)
                for person, source, stream in self._flowing.values()
                if not self._roster.has_told(person, source)
            ]
            if not untold:
                return
            for person, source, stream in untold:
                if stream.statistics().bytes_received > (_EMPTY_PICTURE_BYTES if source.is_video else 0):
                    self.tell(self._roster.shows(person, source))
