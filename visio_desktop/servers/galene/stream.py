"""One stream of somebody: sound and pictures on one connection, as much of it as somebody here looks at."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Protocol

from visio_desktop.meeting.values import Publication, Source
from visio_desktop.rtc import DataChannel, PeerState
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.galene.words import candidate_json
from visio_desktop.servers.links.inward import OF_CAMERA, OF_SCREEN, Inward, offered_in
from visio_desktop.servers.links.ways import Ways
from visio_desktop.servers.links.wire import MakePeer
from visio_desktop.servers.port import RequestFailed, Wanted
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_CAMERA_LABELS = {"camera", ""}
REQUEST = {"": ["audio", "video"], "camera": ["audio", "video-low"]}
"""What we ask for before anybody looks: of faces the small picture, where the sender makes two."""
LOW_HEIGHT_PX = 180
"""Faces shown no larger than this do with the small picture."""
MEND_AFTER_S = 0.5
_MOST_LINES = 24
_MOST_TRIES = 3
_log = get_logger(__name__)


class Listening(Protocol):
    """Who is told of what comes in."""

    def on_publication(self, publication: Publication) -> None:
        """Somebody shows or says something."""

    def on_publication_gone(self, publication_id: str) -> None:
        """They no longer do."""

    def on_incoming(self, publication_id: str, stream: InboundStream) -> None:
        """Media of it begins, or begins anew."""

    def on_incoming_ended(self, publication_id: str) -> None:
        """Media of it ends, for now at least."""

    def on_wire_state(self, state: PeerState) -> None:
        """One of the connections is otherwise than before."""


class Surroundings(Protocol):
    """What a stream needs of all of them together."""

    @property
    def listening(self) -> Listening:
        """Who is told."""

    @property
    def ways(self) -> Ways:
        """All connections."""

    @property
    def tasks(self) -> Tasks:
        """What goes on beside."""

    @property
    def make_peer(self) -> MakePeer:
        """How a connection is made."""

    async def say(self, what: str, /, **fields: Any) -> None:
        """Say something; where nobody hears it any more, that is told elsewhere."""

    def early(self, stream_id: str) -> list[tuple[str, str]]:
        """Addresses that came before the offer."""

    def is_muted(self, person: str, source: Source) -> bool:
        """Whether somebody says that this is muted."""

    def is_taken(self, publication_id: str) -> bool:
        """Whether something is called so already."""


@dataclass(slots=True)
class _Asked:
    """What was asked of a stream. `closing`: our `abort` is not answered yet; `again`: then we want it anew."""

    request: list[str]
    wanted: dict[Source, Wanted] = field(default_factory=dict)
    closing: bool = False
    again: bool = False
    failed: int = 0


class Stream:
    """One stream of somebody: sound and pictures together. See `links.inward.Receiving` for what it hears."""

    def __init__(self, around: Surroundings, stream_id: str, owner: str, label: str) -> None:
        self._around = around
        self.id = stream_id
        self.owner = owner
        self._label = label
        self.is_camera = label in _CAMERA_LABELS
        self._sources = OF_CAMERA if self.is_camera else OF_SCREEN
        self.asked = _Asked(self._default())
        self.inward: Inward | None = None
        self._known: dict[Source, Publication] = {}
        self._live: set[Source] = set()

    def source_of(self, publication_id: str) -> Source | None:
        """What of this stream is called so."""
        return next((source for source, each in self._known.items() if each.id == publication_id), None)

    def inherit(self, before: Stream) -> None:
        """Come in the place of another: to people it is the same."""
        if before.owner == self.owner:
            self._known, before._known = before._known, {}
            self._live, before._live = before._live, set()
            self.asked.wanted = before.asked.wanted

    async def accept(self, offer: str) -> None:
        """Answer an offer; what we do not want at all is not even answered."""
        if self.asked.closing:
            return  # it has not heard yet that we do not want it
        if not self._is_wanted(offer):
            await self._abort()
            return
        is_first = self.inward is None
        if self.inward is None:
            self.asked.request = self._default()
            self.inward = self._make()
            for candidate, mid in self._around.early(self.id):
                await self.inward.take_candidate(candidate, mid)
        inward = self.inward
        try:
            answer = await inward.accept(offer)
        except RequestFailed as error:
            if inward is self.inward:
                _log.warning("offer_not_taken", error=str(error))
                await self._abort(again=True)
            return
        if inward is not self.inward:
            return  # given up meanwhile
        await self._around.say("answer", id=self.id, sdp=answer)
        inward.wire.told()
        self._drop_the_missing()
        if is_first:
            await self.ask()
        elif inward.lines > _MOST_LINES:
            await self._abort(again=True)

    async def ask(self) -> None:
        """Ask for what is looked at, unless it is what comes."""
        desired = self._desired()
        if self.inward is None:
            # Given up before, wanted again; everything else that was given up is refused once more.
            if desired and self.asked.closing:
                self.asked.again = True
            elif desired:
                await self._around.say("request", request=REQUEST)
        elif not desired:
            await self._abort()
        elif desired != self.asked.request:
            self.asked.request = desired
            await self._around.say("requestStream", id=self.id, request=desired)

    async def put_away(self) -> None:
        """Our `abort` was answered."""
        self.asked.closing = False
        if self.asked.again:
            self.asked.again = False
            await self._around.say("request", request=REQUEST)

    async def shut(self) -> None:
        """Release the connection."""
        inward, self.inward = self.inward, None
        if inward is not None:
            self._around.ways.drop(inward.wire)
            await inward.close()
        for source in list(self._live):
            self.on_media_ended(source)

    def end(self) -> None:
        """The stream is no more."""
        known, self._known = self._known, {}
        for publication in known.values():
            self._around.listening.on_publication_gone(publication.id)

    def tell(self) -> None:
        """Say of what has changed whether it is muted."""
        for source, publication in list(self._known.items()):
            if publication.muted is not self._around.is_muted(self.owner, source):
                self._announce(source)

    # ---- Receiving

    def on_state(self, state: PeerState) -> None:
        """See `Receiving`; a connection that failed is made anew (an ICE restart is none of Galene's strengths)."""
        if self.inward is None:
            return
        self._around.listening.on_wire_state(state)
        if state is PeerState.CONNECTED:
            self.asked.failed = 0
        elif state is PeerState.FAILED and self.asked.failed < _MOST_TRIES:
            self.asked.failed += 1
            self._around.tasks.start(self._begin_anew(self.inward), name="again")

    def on_media(self, source: Source, stream: InboundStream) -> None:
        """See `Receiving`."""
        self._announce(source)
        self._live.add(source)
        self._around.listening.on_incoming(self._known[source].id, stream)

    def on_media_ended(self, source: Source) -> None:
        """See `Receiving`."""
        if source in self._live:
            self._live.discard(source)
            self._around.listening.on_incoming_ended(self._known[source].id)

    def on_channel(self, channel: DataChannel) -> None:
        """Galene has none."""

    def on_candidate(self, candidate: str) -> None:
        """See `Receiving`."""
        told = self._around.say("ice", id=self.id, candidate=candidate_json(candidate))
        self._around.tasks.start(told, name="candidate")

    # ---- within

    def _make(self) -> Inward:
        inward = Inward(self._around.make_peer, self._sources, self)
        self._around.ways.add(inward.wire)
        return inward

    async def _begin_anew(self, failed: Inward) -> None:
        """Where the server has ended it on purpose, it says so right after."""
        await asyncio.sleep(MEND_AFTER_S)
        if self.inward is failed:
            await self._abort(again=True)

    async def _abort(self, *, again: bool = False) -> None:
        self.asked.again = again
        if not self.asked.closing:
            self.asked.closing = True
            await self._around.say("abort", id=self.id)
        await self.shut()

    def _announce(self, source: Source) -> None:
        known = self._known.get(source)
        name = known.id if known is not None else self._new_name(source)
        publication = Publication(name, self.owner, source, self._around.is_muted(self.owner, source))
        if publication != known:
            self._known[source] = publication
            self._around.listening.on_publication(publication)

    def _new_name(self, source: Source) -> str:
        """People show one screen at a time, as a rule."""
        usual = f"{self.owner}:{source.value}"
        return f"{usual}:{self.id}" if self._around.is_taken(usual) else usual

    def _drop_the_missing(self) -> None:
        """What no longer comes though we asked for it is no more."""
        flowing = self.inward.flowing if self.inward is not None else frozenset()
        for source in [each for each in self._known if each not in flowing and self._is_asked(each)]:
            self.on_media_ended(source)
            self._around.listening.on_publication_gone(self._known.pop(source).id)

    def _is_asked(self, source: Source) -> bool:
        return any(each.startswith("video" if source.is_video else "audio") for each in self.asked.request)

    def _is_wanted(self, offer: str) -> bool:
        """Whether anything of what is offered is, or may be; what nobody has seen yet may be."""
        try:
            offered = offered_in(offer, self._sources)
        except RequestFailed:
            return True  # the connection says so, too
        return not offered or any(self._is_looked_at(source) for source in offered)

    def _is_looked_at(self, source: Source) -> bool:
        wanted = self.asked.wanted.get(source)
        return wanted is None or wanted.enabled

    def _desired(self) -> list[str]:
        """What to ask for: with what is not there yet, but nothing where nothing is wanted of all there is."""
        if self._known and not any(self._is_looked_at(source) for source in self._known):
            return []
        return [self._word(source) for source in self._sources if self._is_looked_at(source)]

    def _word(self, source: Source) -> str:
        wanted = self.asked.wanted.get(source)
        if wanted is None:
            return next(word for word in self._default() if word.startswith("video") is source.is_video)
        if not source.is_video:
            return "audio"
        return "video-low" if self.is_camera and 0 < wanted.height_px <= LOW_HEIGHT_PX else "video"

    def _default(self) -> list[str]:
        return list(REQUEST.get(self._label, REQUEST[""]))
