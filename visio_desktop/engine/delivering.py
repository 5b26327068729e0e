"""What is said to a server and asked of it within a meeting, and what came of it."""

from __future__ import annotations

from collections.abc import Callable

from visio_desktop.engine.connection import Connection
from visio_desktop.meeting.effects import Deliver, DeliverChat, DeliverHand
from visio_desktop.meeting.events import ChatDelivered, ChatFailed, Event, HandFailed, RequestDone, RequestRefused
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.port import RequestFailed, ServersError, Session
from visio_desktop.system.log import get_logger

_REFUSED = Problem(ProblemCode.REQUEST_REFUSED)
_log = get_logger(__name__)


class Delivering:
    """Runs on the engine's loop."""

    def __init__(self, connection: Connection, report: Callable[[Event], None]) -> None:
        self._connection = connection
        self._report = report

    async def deliver(self, effect: DeliverChat | DeliverHand | Deliver) -> None:
        """Say it to the server; reports how it went."""
        match effect:
            case DeliverChat(message_id, text):
                await self._chat(message_id, text)
            case DeliverHand(raised, at_ms):
                await self._hand(raised, at_ms)
            case Deliver(request):
                await self._request(request)

    async def _chat(self, message_id: str, text: str) -> None:
        session = self._connection.session
        if session is None:
            self._report(ChatFailed(message_id))
            return
        try:
            await session.send_chat(message_id, text)
        except ServersError as error:
            _log.warning("chat_not_sent", error=str(error))
            self._report(ChatFailed(message_id))
        else:
            self._report(ChatDelivered(message_id))

    async def _hand(self, raised: bool, at_ms: float) -> None:
        session = self._connection.session
        if session is None:
            return
        try:
            await session.set_hand(raised, at_ms)
        except ServersError as error:
            _log.warning("hand_not_sent", error=str(error))
            self._report(HandFailed(raised, at_ms, _problem_of(error)))

    async def _request(self, request: Request) -> None:
        session = self._connection.session
        if session is None:
            self._report(RequestRefused(request, _REFUSED))
            return
        try:
            await self._ask(session, request)
        except ServersError as error:
            _log.warning("request_not_done", request=type(request).__name__, error=str(error))
            self._report(RequestRefused(request, _problem_of(error)))
        else:
            self._report(RequestDone(request))

    async def _ask(self, session: Session, request: Request) -> None:
        """Once more, where the login had run out and could be renewed unseen."""
        try:
            await session.request(request)
        except RequestFailed as error:
            expired = error.problem is not None and error.problem.code is ProblemCode.LOGIN_EXPIRED
            if not expired or not await self._connection.renew_login():
                raise
            await session.request(request)


def _problem_of(error: ServersError) -> Problem:
    """What a person is told of it."""
    return (error.problem if isinstance(error, RequestFailed) else None) or _REFUSED
