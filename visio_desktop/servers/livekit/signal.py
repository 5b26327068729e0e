"""The signalling WebSocket: requests out, answers in, a watchdog for servers that fall silent, and a way back.

SignalBroken   the connection could not be opened anew, or broke at once: worth another try
ResumeRefused  the server knows us no more: only joining anew helps
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from livekit.protocol.models import DisconnectReason, ReconnectReason
from livekit.protocol.rtc import JoinResponse, LeaveRequest, Ping, ReconnectResponse, SignalRequest, SignalResponse

from visio_desktop.meeting.events import Dropped
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import NetError, Refused, Silent, Socket, Web
from visio_desktop.servers.livekit.entry import Return, plain, wrapped
from visio_desktop.servers.livekit.link import Address
from visio_desktop.servers.livekit.problems import dropped_by, refused, refused_by
from visio_desktop.servers.livekit.wire import MAX_SIGNAL_BYTES, WireError, parse_response, print_request
from visio_desktop.servers.port import JoinError, ServersError, SessionClosed
from visio_desktop.servers.unreachable import unreachable
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)

GOODBYE = LeaveRequest(reason=DisconnectReason.CLIENT_INITIATED, action=LeaveRequest.Action.DISCONNECT)
_JOIN_TIMEOUT_S = 10.0
_EXPLAIN_TIMEOUT_S = 3.0
_SEND_TIMEOUT_S = 5.0
_REOPEN_TIMEOUT_S = 5.0
_ASKED_TIMEOUT_S = 2.5
_MAX_RUBBISH = 20
_OK = 200
_CLIENT_ERRORS = range(400, 500)
# What is said alike by every door. Anything else, a web page too, may mean that there is none: old servers and proxies.
_SAID_BY_ALL = frozenset({401, 403, 429, 500, 502, 503, 504})


class SignalBroken(ServersError):  # noqa: N818 - reads as a state
    """No signalling for now."""


class ResumeRefused(ServersError):  # noqa: N818 - reads as a finding
    """The session cannot be taken up again."""

    def __init__(self, dropped: Dropped) -> None:
        super().__init__(dropped.problem.code.value)
        self.dropped = dropped


class Signal:
    """One signalling connection. `connect` once, then `run`; `on_lost` is called once for each loss.

    After a loss `reopen` brings it back. What is sent in between is dropped: whoever asked says it again after it.
    """

    def __init__(self, web: Web, *, clock: Clock, tasks: Tasks) -> None:
        self._web = web
        self._clock = clock
        self._tasks = tasks
        self._socket: Socket | None = None
        self._ending: set[Socket] = set()
        self._address: Address | None = None
        self._heard_at_ms = 0.0
        self._interval_s = 5.0
        self._patience_ms = 15_000.0
        self._closed = False
        self._on_response: Callable[[SignalResponse], None] = lambda _: None
        self._on_lost: Callable[[], None] | None = None
        self.rtt_ms: float | None = None
        self.is_single = False

    @property
    def is_open(self) -> bool:
        """Whether requests get through, as far as is known."""
        return self._socket is not None and self._socket.is_open

    async def connect(self, address: Address, token: str, *, singly: bool = False) -> JoinResponse:
        """Open the connection and wait for the join answer. Raises `JoinError`.

        With `singly` one connection for all media is asked for; `is_single` says whether the server has that.
        """
        self._address, self.is_single = address, singly
        self._socket = await self._open(address, token)
        try:
            async with asyncio.timeout(_JOIN_TIMEOUT_S):
                response = await self._first(self._socket, address)
        except TimeoutError:
            await self.close()
            raise JoinError(Problem(ProblemCode.SERVER_SILENT, address.host)) from None
        except JoinError:
            await self.close()
            raise
        self._interval_s = min(max(float(response.ping_interval or 5), 1.0), 30.0)
        self._patience_ms = 1e3 * min(max(float(response.ping_timeout or 15), 2 * self._interval_s), 60.0)
        return response

    def run(self, on_response: Callable[[SignalResponse], None], on_lost: Callable[[], None]) -> None:
        """Hand each answer on from now on, until the connection is closed; `on_lost` hears of each loss."""
        self._on_response, self._on_lost = on_response, on_lost
        if self._socket is not None:
            self._listen(self._socket)

    async def reopen(self, token: str, participant_sid: str, reason: ReconnectReason) -> ReconnectResponse:
        """Open the connection anew for the same participant. Raises `SignalBroken` or `ResumeRefused`."""
        if self._closed or self._address is None:
            raise SessionClosed("signalling is closed")
        host = self._address.host
        try:
            async with asyncio.timeout(_REOPEN_TIMEOUT_S):
                socket = await self._enter(self._address, token, _REOPEN_TIMEOUT_S, Return(participant_sid, reason))
                response = await self._welcome(socket, host)
        except Refused as error:
            if error.status in _CLIENT_ERRORS:
                raise ResumeRefused(Dropped(unreachable(error), may_retry=True)) from error
            raise SignalBroken(str(error)) from error
        except (NetError, TimeoutError) as error:
            raise SignalBroken(str(error)) from error
        if self._closed:
            await socket.close()
            raise SessionClosed("signalling is closed")
        previous, self._socket = self._socket, socket
        if previous is not None:
            self._let_go(previous)
        self._listen(socket)
        return response

    async def send(self, **request: Any) -> None:
        """Send one request, named as in `SignalRequest`. Raises `SessionClosed` before the first and after the last."""
        socket = self._socket
        if self._closed or (socket is None and self._on_lost is None):
            raise SessionClosed("signalling is closed")
        if socket is None:
            _log.debug("request_not_sent", request=next(iter(request), ""))
            return
        try:
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                await socket.send(print_request(SignalRequest(**request)))
        except Silent:
            # Whoever reads will find it closed, after the words that still wait there: they may say why.
            _log.debug("request_lost", request=next(iter(request), ""))
        except TimeoutError:
            self._lose(socket, "not sent")

    def suspect(self) -> None:
        """Something happened to the network: find out soon whether the server still hears us."""
        if self._socket is not None:
            self._tasks.start(self._ask(self._socket), name="ask")

    async def close(self) -> None:
        """Close the connection; may be called twice."""
        self._closed = True
        socket, self._socket = self._socket, None
        # Those that are being closed too: their tasks may be cancelled before they have begun.
        for each in (*self._ending, *((socket,) if socket is not None else ())):
            await each.close()

    async def _open(self, address: Address, token: str) -> Socket:
        try:
            return await self._enter(address, token, _JOIN_TIMEOUT_S)
        except Refused as error:
            if self.is_single and error.status not in _SAID_BY_ALL:
                self.is_single = False
                return await self._open(address, token)
            raise JoinError(refused(error, await self._explanation(address, token)), str(error)) from error
        except NetError as error:
            raise JoinError(unreachable(error), str(error)) from error

    async def _enter(self, address: Address, token: str, timeout_s: float, back: Return | None = None) -> Socket:
        """Open a socket. Raises `NetError`."""
        return await self._web.open_socket(
            address.single_signalling if self.is_single else address.signalling,
            parameters=(wrapped if self.is_single else plain)(token, back),
            timeout_s=timeout_s,
            max_message_bytes=MAX_SIGNAL_BYTES,
        )

    async def _explanation(self, address: Address, token: str) -> bytes:
        """Why the server refused, in its words; the WebSocket handshake only gives a number."""
        try:
            reply = await self._web.get(address.validation, parameters=plain(token), timeout_s=_EXPLAIN_TIMEOUT_S)
        except NetError:
            return b""
        return reply.body

    async def ask(self, address: Address, token: str) -> None:
        """Ask whether the server would let us in, without going in. Raises `JoinError`."""
        try:
            reply = await self._web.get(address.validation, parameters=plain(token), timeout_s=_JOIN_TIMEOUT_S)
        except NetError as error:
            raise JoinError(unreachable(error), str(error)) from error
        if reply.status != _OK:
            refusal = Refused(address.host, reply.status)
            raise JoinError(refused(refusal, reply.body), str(refusal))

    async def _first(self, socket: Socket, address: Address) -> JoinResponse:
        """The join answer. Anything that is none is a server we do not understand."""
        rubbish = JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, address.host))
        data = await socket.receive()
        if data is None:
            raise rubbish
        try:
            response = parse_response(data)
        except WireError:
            raise rubbish from None
        match response.WhichOneof("message"):
            case "join" if response.join.participant.identity and response.join.participant.sid:
                return response.join
            case "leave":
                raise JoinError(refused_by(response.leave, address.host))
            case _:
                raise rubbish

    async def _welcome(self, socket: Socket, host: str) -> ReconnectResponse:
        """The answer to coming back. Raises `SignalBroken` or `ResumeRefused`; then the socket is closed."""
        response = SignalResponse()
        try:
            data = await socket.receive()
            response = parse_response(data) if data is not None else response
        except WireError as error:
            raise SignalBroken(str(error)) from error
        finally:
            if response.WhichOneof("message") != "reconnect":
                await socket.close()
        match response.WhichOneof("message"):
            case "reconnect":
                return response.reconnect
            case "leave":
                raise ResumeRefused(dropped_by(response.leave, host))
            case _:
                raise SignalBroken("no answer to coming back")

    def _listen(self, socket: Socket) -> None:
        self._heard_at_ms = self._clock()
        self._tasks.start(self._read(socket), name="read")
        self._tasks.start(self._watch(socket), name="ping")

    async def _read(self, socket: Socket) -> None:
        try:
            await self._read_until_the_end(socket)
        finally:
            self._lose(socket, "closed")

    async def _read_until_the_end(self, socket: Socket) -> None:
        rubbish = 0
        while self._socket is socket and rubbish < _MAX_RUBBISH:
            data = await socket.receive()
            if data is None:
                return
            try:
                response = parse_response(data)
            except WireError as error:
                rubbish += 1
                _log.warning("signal_not_understood", error=str(error))
                continue
            self._heard_at_ms = self._clock()
            if response.WhichOneof("message") == "pong_resp":
                self.rtt_ms = max(0.0, self._clock() - response.pong_resp.last_ping_timestamp)
            elif self._socket is socket:
                self._on_response(response)

    async def _watch(self, socket: Socket) -> None:
        """Ping, and give up on a server that says nothing for as long as it told us to wait."""
        while self._socket is socket and self._clock() - self._heard_at_ms < self._patience_ms:
            await self._ping()
            await asyncio.sleep(self._interval_s)
        self._lose(socket, "silent")

    async def _ask(self, socket: Socket) -> None:
        asked_at_ms = self._clock()
        await self._ping()
        await asyncio.sleep(_ASKED_TIMEOUT_S)
        if self._heard_at_ms <= asked_at_ms:
            self._lose(socket, "silent when asked")

    async def _ping(self) -> None:
        if not self._closed:
            await self.send(ping_req=Ping(timestamp=int(self._clock()), rtt=int(self.rtt_ms or 0)))

    def _lose(self, socket: Socket, cause: str) -> None:
        if self._socket is not socket or self._closed:
            return
        _log.info("signal_lost", cause=cause)
        self._socket = None
        self._let_go(socket)
        if self._on_lost is not None:
            self._on_lost()

    def _let_go(self, socket: Socket) -> None:
        self._ending.add(socket)
        self._tasks.start(self._end(socket), name="close")

    async def _end(self, socket: Socket) -> None:
        await socket.close()
        self._ending.discard(socket)
