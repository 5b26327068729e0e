"""The signalling WebSocket: requests out, answers in, and a watchdog for servers that fall silent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from livekit.protocol.models import DisconnectReason
from livekit.protocol.rtc import JoinResponse, LeaveRequest, Ping, SignalRequest, SignalResponse

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import NetError, Refused, Silent, Socket, Web
from visio_desktop.servers.livekit.link import Address
from visio_desktop.servers.livekit.problems import refused, refused_by, unreachable
from visio_desktop.servers.livekit.wire import MAX_SIGNAL_BYTES, WireError, parse_response, print_request
from visio_desktop.servers.port import JoinError, SessionClosed
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)

# The client protocol version: 16 with two peer connections is understood by every server tried (1.8 to 1.13).
PROTOCOL = 16
_CLIENT = {"sdk": "python", "version": "1.0.0", "os": "linux", "protocol": str(PROTOCOL), "auto_subscribe": "1"}
GOODBYE = LeaveRequest(reason=DisconnectReason.CLIENT_INITIATED, action=LeaveRequest.Action.DISCONNECT)
_JOIN_TIMEOUT_S = 10.0
_EXPLAIN_TIMEOUT_S = 3.0
_SEND_TIMEOUT_S = 5.0
_MAX_RUBBISH = 20


class Signal:
    """One signalling connection. `connect` once, then `run`; `on_lost` is called at most once."""

    def __init__(self, web: Web, *, clock: Clock, tasks: Tasks) -> None:
        self._web = web
        self._clock = clock
        self._tasks = tasks
        self._socket: Socket | None = None
        self._heard_at_ms = 0.0
        self._interval_s = 5.0
        self._patience_ms = 15_000.0
        self._lost = False
        self.rtt_ms: float | None = None

    async def connect(self, address: Address, token: str) -> JoinResponse:
        """Open the connection and wait for the join answer. Raises `JoinError`."""
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
        """Hand each answer on from now on, until the connection is lost or closed."""
        self._heard_at_ms = self._clock()
        self._tasks.start(self._read(on_response, on_lost), name="read")
        self._tasks.start(self._watch(on_lost), name="ping")

    async def send(self, **request: Any) -> None:
        """Send one request, named as in `SignalRequest`. Raises `SessionClosed`."""
        if self._socket is None or not self._socket.is_open:
            raise SessionClosed("signalling is closed")
        try:
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                await self._socket.send(print_request(SignalRequest(**request)))
        except (Silent, TimeoutError) as error:
            raise SessionClosed("signalling is closed") from error

    async def close(self) -> None:
        """Close the connection; may be called twice."""
        self._lost = True
        socket, self._socket = self._socket, None
        if socket is not None:
            await socket.close()

    async def _open(self, address: Address, token: str) -> Socket:
        try:
            return await self._web.open_socket(
                address.signalling,
                parameters=_CLIENT | {"access_token": token},
                timeout_s=_JOIN_TIMEOUT_S,
                max_message_bytes=MAX_SIGNAL_BYTES,
            )
        except Refused as error:
            raise JoinError(refused(error, await self._explanation(address, token)), str(error)) from error
        except NetError as error:
            raise JoinError(unreachable(error), str(error)) from error

    async def _explanation(self, address: Address, token: str) -> bytes:
        """Why the server refused, in its words; the WebSocket handshake only gives a number."""
        try:
            reply = await self._web.get(
                address.validation, parameters=_CLIENT | {"access_token": token}, timeout_s=_EXPLAIN_TIMEOUT_S
            )
        except NetError:
            return b""
        return reply.body

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

    async def _read(self, on_response: Callable[[SignalResponse], None], on_lost: Callable[[], None]) -> None:
        try:
            await self._read_until_the_end(on_response)
        finally:
            self._lose(on_lost, "closed")

    async def _read_until_the_end(self, on_response: Callable[[SignalResponse], None]) -> None:
        rubbish = 0
        while self._socket is not None and rubbish < _MAX_RUBBISH:
            data = await self._socket.receive()
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
            else:
                on_response(response)

    async def _watch(self, on_lost: Callable[[], None]) -> None:
        """Ping, and give up on a server that says nothing for as long as it told us to wait."""
        while self._clock() - self._heard_at_ms < self._patience_ms:
            rtt_ms = int(self.rtt_ms or 0)
            try:
                await self.send(ping_req=Ping(timestamp=int(self._clock()), rtt=rtt_ms))
            except SessionClosed:
                break
            await asyncio.sleep(self._interval_s)
        self._lose(on_lost, "silent")

    def _lose(self, on_lost: Callable[[], None], cause: str) -> None:
        if not self._lost:
            self._lost = True
            _log.info("signal_lost", cause=cause)
            on_lost()
