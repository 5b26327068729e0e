"""What we receive: a connection for each stream of theirs, in which the server offers.

Nothing says which streams there are but the offers themselves. Of what nobody looks at, nothing is to come: where the
rest of a stream goes on we ask for that (`requestStream`); where nothing is left we `abort` it and remember that it is
there. The server answers each `abort` with one `close`; another one says that the stream itself has ended.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from visio_desktop.meeting.values import Source
from visio_desktop.net import Silent
from visio_desktop.servers.galene.stream import Listening, Stream
from visio_desktop.servers.galene.words import Said
from visio_desktop.servers.links.early import Early
from visio_desktop.servers.links.ways import Ways
from visio_desktop.servers.links.wire import MakePeer
from visio_desktop.servers.port import SessionClosed, Wanted
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_MOST_STREAMS = 500
_log = get_logger(__name__)

type Say = Callable[..., Awaitable[None]]


class Incoming:
    """All streams of the others. `muted` says what somebody has muted, `knows` whether somebody is there."""

    def __init__(
        self,
        say: Say,
        make_peer: MakePeer,
        listening: Listening,
        *,
        ways: Ways,
        tasks: Tasks,
        knows: Callable[[str], bool],
        muted: Callable[[str], frozenset[Source]],
    ) -> None:
        self._say = say
        self.make_peer = make_peer
        self.listening = listening
        self.ways = ways
        self.tasks = tasks
        self._knows = knows
        self._muted = muted
        self._streams: dict[str, Stream] = {}
        self._early = Early()

    def __contains__(self, stream_id: str) -> bool:
        return stream_id in self._streams

    async def offered(self, said: Said) -> None:
        """The server offers a stream, or offers it anew."""
        before = self._streams.pop(said.fields.text("replace"), None)
        stream = self._streams.get(said.id)
        if stream is None and self._knows(said.source) and len(self._streams) < _MOST_STREAMS:
            stream = self._streams[said.id] = Stream(self, said.id, said.source, said.fields.text("label"))
        if before is not None:
            if stream is not None:
                stream.inherit(before)
            await before.shut()
            before.end()
        if stream is None:
            await self.say("abort", id=said.id)
            return
        self.tasks.start(stream.accept(said.sdp), name="accept")

    async def closed(self, stream_id: str) -> None:
        """The server closes a stream, or answers that we did not want it."""
        stream = self._streams.get(stream_id)
        if stream is None:
            return
        if stream.asked.closing:
            await stream.put_away()
        else:
            await self._forget(stream)

    async def candidate(self, stream_id: str, candidate: str, mid: str) -> None:
        """An address of theirs; it may come before the offer."""
        stream = self._streams.get(stream_id)
        if stream is None or stream.inward is None:
            self._early.keep(stream_id, (candidate, mid))
        else:
            await stream.inward.take_candidate(candidate, mid)

    async def look(self, publication_id: str, wanted: Wanted) -> None:
        """Say how something is looked at."""
        for stream in list(self._streams.values()):
            source = stream.source_of(publication_id)
            if source is not None:
                stream.asked.wanted[source] = wanted
                await stream.ask()

    async def left(self, person: str) -> None:
        """Somebody is gone with all they had."""
        for stream in [each for each in self._streams.values() if each.owner == person]:
            await self._forget(stream)

    def muting_changed(self, person: str) -> None:
        """Somebody says otherwise what they have muted."""
        for stream in self._streams.values():
            if stream.owner == person:
                stream.tell()

    async def close(self) -> None:
        """Release all connections."""
        streams, self._streams = list(self._streams.values()), {}
        for stream in streams:
            await stream.shut()

    # ---- for the streams

    def early(self, stream_id: str) -> list[tuple[str, str]]:
        """Addresses that came before the offer."""
        return self._early.take(stream_id)

    def is_muted(self, person: str, source: Source) -> bool:
        """Whether somebody says that this is muted."""
        return source in self._muted(person)

    def is_taken(self, publication_id: str) -> bool:
        """Whether something is called so already."""
        return any(stream.source_of(publication_id) is not None for stream in self._streams.values())

    async def say(self, what: str, /, **fields: Any) -> None:
        """Say something; where nobody hears it any more, that is told elsewhere."""
        try:
            await self._say(what, **fields)
        except (Silent, SessionClosed):
            _log.debug("not_said", what=what)

    async def _forget(self, stream: Stream) -> None:
        self._streams.pop(stream.id, None)
        await stream.shut()
        stream.end()
