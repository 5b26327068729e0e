"""Our place at a server: joins, hands events on, and forgets everything of a session that is over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from visio_desktop.engine.services import Services
from visio_desktop.meeting.effects import Connect
from visio_desktop.meeting.errands import Errand
from visio_desktop.meeting.events import Dropped, Event, JoinFailed, Left, LobbyEntered, ServerEvent
from visio_desktop.meeting.values import MeetingLink, OptionalSecret, Problem, ProblemCode
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.accounts import AccountError
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest, ServerAdapter, ServersError, Session
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.engine.accounts import Accounts
    from visio_desktop.engine.receiving import Receiving
    from visio_desktop.engine.sending import Sending

JOIN_TIMEOUT_S = 30.0
LOBBY_TIMEOUT_S = 600.0
"""How long the web client waits to be let in, too."""
LEAVE_TIMEOUT_S = 3.0
_WRONG_BESIDES = (ProblemCode.ROOM_SECRET_REFUSED, ProblemCode.RECOVERY_KEY_REFUSED)
_log = get_logger(__name__)


class Connection:
    """At most one session at a time. Runs on the engine's loop."""

    def __init__(
        self, services: Services, report: Callable[[Event], None], sending: Sending, receiving: Receiving
    ) -> None:
        self._services = services
        self._report = report
        self._sending = sending
        self._receiving = receiving
        self._listener: _Listener | None = None
        self._leaving = asyncio.Lock()
        self._passphrase: tuple[MeetingLink, str] | None = None
        self._token: tuple[MeetingLink, str] | None = None
        self._login: tuple[MeetingLink, str, str] | None = None
        self._besides: tuple[MeetingLink, str] | None = None
        self._agreed: set[MeetingLink] = set()
        self.session: Session | None = None
        self.accounts: Accounts | None = None
        self.before_joining: Callable[[], Awaitable[None]] | None = None
        self._link: MeetingLink | None = None

    async def join(self, effect: Connect) -> None:
        """Join; reports `Joined` (through the adapter) or `JoinFailed`."""
        self._link = effect.link
        listener = _Listener(self, self._report)
        await self._release(listener)
        if self.before_joining is not None:
            await self.before_joining()
        if listener is not self._listener:
            return  # given up while what was there before was being left
        try:
            adapter = self._services.catalog().of_kind(effect.link)
            async with asyncio.timeout(JOIN_TIMEOUT_S) as listener.limit:
                session = await self._enter(adapter, effect, listener)
        except JoinError as error:
            _log.warning("join_failed", error=str(error))
            self._fail(listener, error.problem)
        except TimeoutError:
            code = ProblemCode.ENTRY_TIMED_OUT if listener.in_lobby else ProblemCode.SERVER_SILENT
            self._fail(listener, Problem(code, effect.link.host))
        else:
            listener.limit = None
            await self._settle(listener, session)

    async def _enter(self, adapter: ServerAdapter, effect: Connect, listener: _Listener) -> Session:
        """Join as whoever one is at that server; a login that has run out is renewed once, unseen."""
        request = JoinRequest(effect.link, effect.name, await self.credentials(effect.link))
        try:
            session = await adapter.join(request, listener)
        except JoinError as error:
            if error.problem.code in _WRONG_BESIDES:
                self._besides = None
            if error.problem.code is not ProblemCode.LOGIN_EXPIRED or not await self.renew_login():
                raise
            session = await adapter.join(request, listener)
        if effect.link.takes_besides is OptionalSecret.RECOVERY_KEY:
            self._besides = None  # the device is signed, and stays so
        return session

    async def renew_login(self) -> bool:
        """Whether the login by which this session asks could be renewed unseen; it has the new one then."""
        if self.accounts is None or self._link is None:
            return False
        try:
            return bool(await self.accounts.renew(self._link))
        except AccountError:
            return False

    def keep_passphrase(self, link: MeetingLink, passphrase: str) -> None:
        """Join this link with a passphrase from now on, returns included."""
        self._passphrase = (link, passphrase)

    def keep_token(self, link: MeetingLink, token: str) -> None:
        """Join this link with an access token from now on, returns included."""
        self._token = (link, token)

    def keep_consent(self, link: MeetingLink) -> None:
        """Join this link agreeing to be recorded, returns included."""
        self._agreed.add(link)

    def keep_login(self, link: MeetingLink, user: str, password: str) -> None:
        """Join this link as who logs in with these from now on, returns included."""
        self._login = (link, user, password)

    def keep_besides(self, link: MeetingLink, secret: str) -> None:
        """Join this link with what it `takes_besides`: a recovery key until it was used, others returns included."""
        self._besides = (link, secret)

    async def leave(self) -> None:
        """Leave in order, or give up joining; reports `Left`."""
        await self._release()
        self._report(Left())

    def run(self, errand: Errand) -> None:
        """Do something around meetings, where there are accounts."""
        if self.accounts is not None:
            self.accounts.run(errand)

    def network_changed(self) -> None:
        """The way to the server may lead nowhere any more."""
        if self.session is not None:
            self.session.network_changed()

    def lost(self) -> None:
        """The session is gone: nothing more is sent or received over it."""
        self._sending.use_session(None)
        self._receiving.clear()

    async def credentials(self, link: MeetingLink) -> Credentials:
        """What one joins this link with now."""
        given = replace(self._services.credentials(link), consents=link in self._agreed)
        if self.accounts is not None:
            given = replace(given, cookies=await self.accounts.cookies(link), renew=self.renew_login)
        if self._token is not None and self._token[0] == link and self._token[1]:
            given = replace(given, token=self._token[1])
        if self._login is not None and self._login[0] == link and self._login[1]:
            given = replace(given, user=self._login[1], user_password=self._login[2])
        if self._besides is not None and self._besides[0] == link and self._besides[1]:
            given = _with_besides(given, link, self._besides[1])
        if self._passphrase is not None and self._passphrase[0] == link:
            return replace(given, password=self._passphrase[1])
        return given

    async def _settle(self, listener: _Listener, session: Session) -> None:
        if listener is not self._listener or listener.over:
            await _leave(session)
            return
        self.session = session
        self._sending.use_session(session)

    async def _release(self, following: _Listener | None = None) -> None:
        if self._listener is not None:
            self._listener.give_up()
        self._listener = following
        self.lost()
        async with self._leaving:
            session, self.session = self.session, None
            if session is not None:
                await _leave(session)

    def _fail(self, listener: _Listener, problem: Problem) -> None:
        if listener is self._listener:
            listener.over = True
            self._listener = None
            self._report(JoinFailed(problem))

    def stream(self, publication_id: str, stream: InboundStream) -> None:
        """Media of a publication begins."""
        self._receiving.begin(publication_id, stream)

    def stream_ended(self, publication_id: str) -> None:
        """Media of a publication ended."""
        self._receiving.end(publication_id)

    def mark(self, name: str) -> None:
        """A moment the report keeps."""
        self._services.marks.mark(name)


def _with_besides(given: Credentials, link: MeetingLink, secret: str) -> Credentials:
    match link.takes_besides:
        case OptionalSecret.ROOM_SECRET:
            return replace(given, room_secret=secret)
        case OptionalSecret.RECOVERY_KEY:
            return replace(given, recovery_key=secret)
        case None:
            return given


async def _leave(session: Session) -> None:
    try:
        async with asyncio.timeout(LEAVE_TIMEOUT_S):
            await session.leave()
    except (ServersError, TimeoutError, OSError) as error:
        _log.warning("leave_not_in_order", error=str(error))


class _Listener:
    """What one session may say; deaf once that session is over."""

    def __init__(self, connection: Connection, report: Callable[[Event], None]) -> None:
        self._connection = connection
        self._report = report
        self.over = False
        self.in_lobby = False
        self.limit: asyncio.Timeout | None = None

    def on_event(self, event: ServerEvent) -> None:
        if self.over:
            return
        if isinstance(event, Dropped):
            self.over = True
            self._connection.lost()
        if isinstance(event, LobbyEntered):
            self._wait_in_lobby()
        self._report(event)

    def give_up(self) -> None:
        """Nobody listens any more: a join under way ends here, so that nobody waits at a door without wanting in."""
        self.over = True
        self._give(0.0)

    def _wait_in_lobby(self) -> None:
        """People take longer to open a door than servers."""
        if self.limit is not None and not self.in_lobby:
            self.in_lobby = True
            self._give(LOBBY_TIMEOUT_S)

    def _give(self, seconds: float) -> None:
        """So long from now on to join; where the time is just running out, it is too late for more."""
        if self.limit is not None and not self.limit.expired():
            self.limit.reschedule(asyncio.get_running_loop().time() + seconds)

    def on_stream(self, publication_id: str, stream: InboundStream) -> None:
        if not self.over:
            self._connection.stream(publication_id, stream)

    def on_stream_ended(self, publication_id: str) -> None:
        if not self.over:
            self._connection.stream_ended(publication_id)

    def on_mark(self, name: str) -> None:
        if not self.over:
            self._connection.mark(name)
