"""A meeting of La Suite Meet: LiveKit's session for everything that flows, the REST API for what is decided."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from visio_desktop.meeting.events import Dropped, Joined, ParticipantChanged, ServerEvent
from visio_desktop.meeting.requests import EditChat, React, Rename, Request
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.servers.lasuite.api import Api, ApiError, Faulty, NotFound, NotUnderstood
from visio_desktop.servers.lasuite.dialect import LaSuiteDialect
from visio_desktop.servers.lasuite.moderation import Means, Moderation
from visio_desktop.servers.lasuite.place import Stay
from visio_desktop.servers.lasuite.waiting import WaitingRoom
from visio_desktop.servers.livekit.session import LiveKitSession
from visio_desktop.servers.port import (
    PublishRequest,
    Renew,
    RequestFailed,
    SessionClosed,
    SessionListener,
    Wanted,
)
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)
_LOOKS_AT_FIRST = 5


class LaSuiteSession:
    """See `servers.port.Session`. Listens in on the LiveKit session it is given with `begin`.

    `on_lost` hears of a connection that may be come back to.
    """

    def __init__(
        self,
        api: Api,
        stay: Stay,
        listener: SessionListener,
        *,
        language: Callable[[], str],
        on_lost: Callable[[Stay], None],
        renew: Renew | None = None,
    ) -> None:
        self._api = api
        self._stay = stay
        self._listener = listener
        self._on_lost = on_lost
        self._tasks = Tasks("lasuite")
        self._leads = False
        self._closed: asyncio.Task[None] | None = None
        self._livekit: LiveKitSession | None = None
        self._moderation: Moderation | None = None
        self._waiting = WaitingRoom(api, stay.place.room.id, self._emit, self._tasks, renew=renew)
        self.dialect = LaSuiteDialect(stay.place, self._on_knock)
        self._means = Means(api, stay.place.room.id, self.dialect, self._waiting, lambda: stay.token, language)

    def begin(self, livekit: LiveKitSession, name: str = "") -> None:
        """LiveKit let us in, and may have told of us already. A `name` is the one taken before the connection broke."""
        self._livekit = livekit
        self._moderation = Moderation(self._means, livekit)
        if name and name != livekit.people[0].name:
            self._tasks.start(self._take_name(name), name="name")

    def keep_token(self, token: str, *, clock: Clock) -> None:
        """LiveKit sent a newer token."""
        self._stay.token, self._stay.since_ms = token, clock()

    # ---- servers.port.Session

    async def publish(self, request: PublishRequest) -> OutboundStream:
        """See `Session`."""
        return await self._joined.publish(request)

    async def unpublish(self, source: Source) -> None:
        """See `Session`."""
        await self._joined.unpublish(source)

    async def set_muted(self, source: Source, muted: bool) -> None:
        """See `Session`."""
        await self._joined.set_muted(source, muted)

    async def set_wanted(self, publication_id: str, wanted: Wanted) -> None:
        """See `Session`."""
        await self._joined.set_wanted(publication_id, wanted)

    async def send_chat(self, message_id: str, text: str) -> None:
        """See `Session`."""
        await self._joined.send_chat(message_id, text)

    async def set_hand(self, raised: bool, at_ms: float) -> None:
        """See `Session`: the server takes the time, so that all queue by one clock."""
        del at_ms
        moderation = self._moderating()
        try:
            await moderation.raise_hand(raised)
        except ApiError as error:
            raise _refusal(error) from error

    async def request(self, request: Request) -> None:
        """See `Session`."""
        moderation = self._moderating()
        if isinstance(request, React | EditChat):
            await self._joined.request(request)
            return
        try:
            events = await moderation.request(request)
        except ApiError as error:
            raise _refusal(error) from error
        for event in events:
            self._emit(event)

    async def leave(self) -> None:
        """See `Session`."""
        try:
            if self._livekit is not None:
                await self._livekit.leave()
        finally:
            await asyncio.shield(self._begin_closing())

    def network_changed(self) -> None:
        """See `Session`."""
        self._joined.network_changed()

    def path(self) -> dict[str, str]:
        """See `Session`."""
        return self._joined.path()

    def capacity_bps(self) -> int | None:
        """See `Session`."""
        return self._joined.capacity_bps()

    # ---- servers.port.SessionListener, between LiveKit's session and ours

    def on_event(self, event: ServerEvent) -> None:
        """See `SessionListener`."""
        match event:
            case Joined(me=me) | ParticipantChanged(participant=me) if me.is_me:
                self._stay.name = me.name
                self._emit(event)
                self._may_let_in(leads=me.role.leads and self._api.has_session and bool(self._stay.place.room.id))
            case Dropped(may_retry=may_retry):
                if may_retry:
                    self._on_lost(self._stay)
                self._begin_closing()
                self._emit(event)
            case _:
                self._emit(event)

    def on_stream(self, publication_id: str, stream: InboundStream) -> None:
        """See `SessionListener`."""
        self._listener.on_stream(publication_id, stream)

    def on_stream_ended(self, publication_id: str) -> None:
        """See `SessionListener`."""
        self._listener.on_stream_ended(publication_id)

    def on_mark(self, name: str) -> None:
        """See `SessionListener`."""
        self._listener.on_mark(name)

    # ---- within

    def _begin_closing(self) -> asyncio.Task[None]:
        """Release what is not LiveKit's, once."""
        if self._closed is None:
            self._closed = self._tasks.start(self._release(), name="close")
        return self._closed

    async def _release(self) -> None:
        await self._tasks.close()
        await self._api.close()

    async def _take_name(self, name: str) -> None:
        try:
            await self.request(Rename(name))
        except (RequestFailed, SessionClosed) as error:
            _log.info("name_not_taken_again", error=str(error))

    def _emit(self, event: ServerEvent) -> None:
        self._listener.on_event(event)

    def _on_knock(self) -> None:
        if self._leads:
            self._waiting.look()

    def _may_let_in(self, *, leads: bool) -> None:
        """Somebody may wait already when one comes, or comes to lead.

        Who begins to wait while the data channel is not open yet is not told of.
        """
        before, self._leads = self._leads, leads
        if leads and not before:
            self._waiting.look(times=_LOOKS_AT_FIRST)
        elif before and not leads:
            self._waiting.stop()

    @property
    def _joined(self) -> LiveKitSession:
        if self._livekit is None:
            raise SessionClosed("the session has not begun")
        return self._livekit

    def _moderating(self) -> Moderation:
        if self._moderation is None or self._joined.is_over:
            raise SessionClosed("the session is over")
        return self._moderation


def _refusal(error: ApiError) -> RequestFailed:
    """Within a meeting a thing not found is no room, and a server that cannot record is not busy."""
    is_vague = isinstance(error, NotFound | Faulty | NotUnderstood)
    return RequestFailed(str(error), None if is_vague else error.problem)
