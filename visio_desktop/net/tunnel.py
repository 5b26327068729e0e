"""A way through a proxy: CONNECT (RFC 9110, section 9.3.6), with whatever proof of ourselves it asks for; or SOCKS."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from visio_desktop.net.answers import MAX_BODY_BYTES, MAX_HEAD_BYTES, Answer, AnswerError, parse_answer, split_head
from visio_desktop.net.authentication import AuthenticationError, Conversation, Way, header, ways
from visio_desktop.net.errors import ProxyAuthFailed, ProxyRefused, ProxyUnreachable
from visio_desktop.net.ledger import Tally
from visio_desktop.net.logins import ProxyLogins
from visio_desktop.net.proxies import Proxy, ProxyLogin
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)
_MAX_ROUNDS = 12
_MAX_UNREAD_BYTES = MAX_HEAD_BYTES + MAX_BODY_BYTES + 65_536
_ASKS_WHO = 407
_SUCCESS = range(200, 300)


class Line(asyncio.Protocol):
    """A connection to a proxy while it is spoken with; what is received is kept, within bounds, until asked for."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._received = b""
        self._more = asyncio.Event()
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        if isinstance(transport, asyncio.Transport):
            self.transport = transport

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        self._received += data
        if len(self._received) > _MAX_UNREAD_BYTES and self.transport is not None:
            self.transport.abort()
        self._more.set()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """See `asyncio.Protocol`."""
        self._ended = True
        self._more.set()

    @property
    def is_open(self) -> bool:
        """Whether it may be used for another request."""
        return not self._ended and self.transport is not None and not self.transport.is_closing()

    async def ask(self, request: bytes) -> Answer:
        """Send one request and read its answer with its body, which is thrown away. Raises `AnswerError`."""
        if self.transport is None:
            raise AnswerError("not connected")
        self.transport.write(request)
        while (parts := split_head(self._received)) is None:
            await self._wait()
        head, rest = parts
        answer = parse_answer(head)
        if answer.status in _SUCCESS:
            self._received = rest
            return answer
        while answer.body_bytes is not None and len(rest) < answer.body_bytes:
            self._received = rest
            await self._wait()
            rest = self._received
        self._received = rest[answer.body_bytes :] if answer.body_bytes is not None else b""
        if answer.body_bytes is None or not answer.stays_open:
            self.close()
        return answer

    async def say(self, data: bytes) -> None:
        """Send, where no answer of HTTP is awaited. Raises `AnswerError`."""
        if self.transport is None:
            raise AnswerError("not connected")
        self.transport.write(data)

    async def hear(self, count: int) -> bytes:
        """Exactly so many bytes. Raises `AnswerError` where the connection ends before."""
        while len(self._received) < count:
            await self._wait()
        heard, self._received = self._received[:count], self._received[count:]
        return heard

    @property
    def unread(self) -> bytes:
        """What came after the last answer."""
        return self._received

    def close(self) -> None:
        """End the connection."""
        if self.transport is not None:
            self.transport.abort()

    async def _wait(self) -> None:
        if self._ended:
            raise AnswerError("the proxy ended the connection")
        self._more.clear()
        await self._more.wait()


class ToProxy(Protocol):
    """Connects to a proxy: `dial.Dialer.to_proxy`."""

    async def __call__(self, make: type[Line], proxy: Proxy) -> tuple[Line, Tally]:
        """The connection, and what counts its bytes. Raises `OSError`."""


@dataclass(slots=True)
class Tunnels:
    """Opens ways through proxies, and remembers which proof each took: the next connection begins with it."""

    logins: ProxyLogins
    to_proxy: ToProxy
    _took: dict[tuple[str, int], str] = field(default_factory=dict)

    async def open(self, proxy: Proxy, host: str, port: int) -> tuple[asyncio.Transport, Tally]:
        """A connection through `proxy` to `host`, whose protocol has to be set at once. Raises `ProxyError`.

        With it comes what counts the proxy's bytes. Without a bound of its own: the caller has one.
        """
        attempt = _Attempt(self, proxy, host, port)
        try:
            return await attempt.run()
        except AnswerError as error:
            raise ProxyUnreachable(proxy.host, str(error)) from error
        finally:
            attempt.end()

    def took(self, proxy: Proxy) -> str:
        """The name of the way this proxy took before."""
        return self._took.get((proxy.host, proxy.port), "")

    def remember(self, proxy: Proxy, way: Way | None) -> None:
        """It took this one."""
        if way is not None:
            self._took[proxy.host, proxy.port] = way.name


class _Attempt:
    """One connection's conversation with a proxy."""

    def __init__(self, tunnels: Tunnels, proxy: Proxy, host: str, port: int) -> None:
        self._tunnels = tunnels
        self._proxy = proxy
        self._host, self._port = host, port
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._request = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Connection: keep-alive\r\n"
        self._line: Line | None = None
        self._tally: Tally | None = None
        self._ways: Iterator[Way] | None = None
        self._way: Way | None = None
        self._conversation: Conversation | None = None

    async def run(self) -> tuple[asyncio.Transport, Tally]:
        if self._proxy.socks:
            return await self._run_socks()
        token = await self._remembered()
        for _ in range(_MAX_ROUNDS):
            line = await self._open_line()
            answer = await line.ask(self._said(token))
            if answer.status in _SUCCESS:
                return self._handed_over(line)
            if answer.status != _ASKS_WHO:
                raise ProxyRefused(self._proxy.host, answer.status)
            token = await self._next_token(answer, line)
        raise ProxyAuthFailed(self._proxy.host, "it asks without end")

    async def _run_socks(self) -> tuple[asyncio.Transport, Tally]:
        from visio_desktop.net import socks  # noqa: PLC0415 - few proxies are of that kind

        line = await self._open_line()
        await socks.connect(line, self._proxy, self._host, self._port, self._login)
        return self._handed_over(line)

    def end(self) -> None:
        """Close the connection unless it was handed over."""
        if self._line is not None:
            self._line.close()

    async def _open_line(self) -> Line:
        if self._line is not None and self._line.is_open:
            return self._line
        try:
            line, self._tally = await self._tunnels.to_proxy(Line, self._proxy)
        except OSError as error:  # ssl.SSLError is one
            raise ProxyUnreachable(self._proxy.host, error.strerror or type(error).__name__) from error
        self._line = line
        return line

    def _said(self, token: bytes | None) -> bytes:
        proof = f"{header(self._way, token)}\r\n" if self._way is not None and token is not None else ""
        return f"{self._request}{proof}\r\n".encode()

    def _handed_over(self, line: Line) -> tuple[asyncio.Transport, Tally]:
        if line.unread or line.transport is None or self._tally is None:
            raise AnswerError("it says more than it was asked")
        self._tunnels.remember(self._proxy, self._way)
        self._line = None
        return line.transport, self._tally

    async def _remembered(self) -> bytes | None:
        """Begin with what this proxy took the last time, if anything."""
        name = self._tunnels.took(self._proxy)
        if not name:
            return None
        known = ways(("negotiate", "ntlm", "basic"), self._proxy.host, await self._login())
        self._way = next((way for way in known if way.name == name), None)
        return await self._begin() if self._way is not None else None

    async def _next_token(self, answer: Answer, line: Line) -> bytes | None:
        """Go on with the conversation where the proxy does, else begin the next. Raises `ProxyAuthFailed`."""
        if self._way is not None and self._conversation is not None:
            heard = answer.token(self._way.scheme.lower())
            if heard and line.is_open and (token := await self._step(self._conversation, heard)) is not None:
                return token
            _log.info("proxy_refused_way", way=self._way.name)
        if self._ways is None:
            offered = tuple(scheme for scheme, _ in answer.challenges)
            _log.info("proxy_asks", schemes=list(offered))
            self._ways = ways(offered, self._proxy.host, await self._login())
        for way in self._ways:
            self._way = way
            if (token := await self._begin()) is not None:
                return token
        raise ProxyAuthFailed(self._proxy.host)

    async def _begin(self) -> bytes | None:
        if self._way is None:
            return None
        self._conversation = self._way.begin()
        return await self._step(self._conversation, b"")

    async def _step(self, conversation: Conversation, heard: bytes) -> bytes | None:
        try:
            return await asyncio.to_thread(conversation.step, heard)
        except AuthenticationError as error:
            _log.info("proxy_way_failed", way=self._way.name if self._way else "", error=str(error))
            return None

    async def _login(self) -> ProxyLogin | None:
        return self._proxy.login or await self._tunnels.logins.login(self._proxy)
