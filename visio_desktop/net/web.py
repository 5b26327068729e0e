"""Requests and WebSockets with bounded waits and sizes, the system's proxies and certificates, and typed errors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Self

from yarl import URL

from visio_desktop.net.bounds import Bounds
from visio_desktop.net.connector import DialingConnector
from visio_desktop.net.dial import Dialer
from visio_desktop.net.errors import HostUnreachable, NetError, Refused, Silent
from visio_desktop.net.http_library import aiohttp
from visio_desktop.net.ledger import Purpose

_CLOSE_TIMEOUT_S = 1.0
PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer; of its body at most the asked-for bytes. Header names are in lower case.

    `cookies` are the values of its `Set-Cookie` headers: nothing here keeps or sends them back.
    """

    status: int
    body: bytes = field(repr=False)
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: tuple[str, ...] = field(default=(), repr=False)


class Socket:
    """An open WebSocket. Sending after its end raises `Silent`; receiving gives None at its end."""

    def __init__(self, host: str, socket: aiohttp.ClientWebSocketResponse, session: aiohttp.ClientSession) -> None:
        self._host = host
        self._socket = socket
        self._session = session

    @property
    def is_open(self) -> bool:
        """Whether it may still be written to."""
        return not self._socket.closed

    async def send(self, data: bytes) -> None:
        """Send one binary message."""
        await self._sent(self._socket.send_bytes(data))

    async def send_text(self, text: str) -> None:
        """Send one text message: some servers take no other."""
        await self._sent(self._socket.send_str(text))

    async def _sent(self, sending: Awaitable[None]) -> None:
        try:
            await sending
        except (aiohttp.ClientError, ConnectionError, RuntimeError) as error:
            raise Silent(self._host, "the connection is closed") from error

    async def receive(self) -> bytes | str | None:
        """The next message, None once the socket has ended or the other side broke the protocol."""
        message = await self._socket.receive()
        match message.type:
            case aiohttp.WSMsgType.BINARY:
                return bytes(message.data)
            case aiohttp.WSMsgType.TEXT:
                return str(message.data)
            case _:
                return None

    async def close(self) -> None:
        """Say goodbye, wait shortly for the other side, release the connection."""
        try:
            await asyncio.wait_for(self._socket.close(), _CLOSE_TIMEOUT_S)
        except TimeoutError:
            pass
        finally:
            await self._session.close()


class Web:
    """Opens connections. Holds none itself: each socket and reply owns and ends its own.

    `purpose` is what the ledger says its requests are for; a WebSocket is signalling.
    """

    def __init__(self, dialer: Dialer | None = None, purpose: Purpose = Purpose.SERVER) -> None:
        self.dialer = dialer or Dialer()
        self._purpose = purpose

    async def open_socket(
        self, url: str, *, parameters: Mapping[str, str], timeout_s: float, max_message_bytes: int, protocol: str = ""
    ) -> Socket:
        """Open a WebSocket within `timeout_s`. `parameters` go into the query and never into an error or a log.

        `protocol` is the subprotocol that is spoken (RFC 6455, section 1.9).
        """
        target = _target(url)
        host = target.host or ""
        async with AsyncExitStack() as on_failure, _translated(host), asyncio.timeout(timeout_s):
            session = await on_failure.enter_async_context(self._session(target, Purpose.SIGNALLING))
            socket = await session.ws_connect(
                target.with_query(parameters),
                protocols=(protocol,) if protocol else (),
                max_msg_size=max_message_bytes,
                timeout=aiohttp.ClientWSTimeout(ws_close=_CLOSE_TIMEOUT_S),
            )
            on_failure.pop_all()
            return Socket(host, socket, session)

    async def get(
        self, url: str, *, parameters: Mapping[str, str] | None = None, timeout_s: float = 10, max_bytes: int = 65_536
    ) -> Reply:
        """Fetch; any status is an answer. Redirects are not followed."""
        async with self.client(url) as client:
            return await client.request("GET", url, parameters=parameters, timeout_s=timeout_s, max_bytes=max_bytes)

    def client(self, origin: str) -> Client:
        """For several requests to one origin, over connections that are kept for the next one. Close it."""
        target = _target(origin)
        return Client(target, self._session(target, self._purpose), self.bounds)

    @property
    def bounds(self) -> Bounds:
        """Where connections may lead."""
        return self.dialer.bounds

    def _session(self, url: URL, purpose: Purpose) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=DialingConnector(self.dialer, purpose),
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(_stay_on(url),),
        )


class Download:
    """An answer that comes piece by piece; `total_bytes` is 0 where the server does not say, or packs what it sends."""

    def __init__(self, host: str, response: aiohttp.ClientResponse) -> None:
        self._host = host
        self._response = response
        self.status = response.status
        self.total_bytes = 0 if "Content-Encoding" in response.headers else response.content_length or 0

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body, at most `PIECE_BYTES` at a time. Raises `NetError`; what its reader raises is not of the net."""
        while True:
            async with _translated(self._host):
                piece = await self._response.content.read(PIECE_BYTES)
            if not piece:
                return
            yield piece


class Client:
    """Requests to one origin; an async context manager that closes it."""

    def __init__(self, origin: URL, session: aiohttp.ClientSession, bounds: Bounds) -> None:
        self._session = session
        self.bounds = bounds
        self.host = origin.host or ""
        self.origin = str(origin.origin()) if origin.host else ""

    async def request(
        self,
        method: str,
        url: str,
        *,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout_s: float = 10,
        max_bytes: int = 65_536,
    ) -> Reply:
        """Ask; any status is an answer, redirects are not followed. Raises `NetError`, for other origins too."""
        target = _target(url)
        async with (
            _translated(self.host),
            asyncio.timeout(timeout_s),
            self._session.request(
                method, target, params=parameters, headers=headers, data=body, allow_redirects=False
            ) as response,
        ):
            read = await _read(response.content, max_bytes)
            names = {name.lower() for name in response.headers}
            named = {name: ", ".join(response.headers.getall(name)) for name in names}
            cookies = tuple(response.headers.getall("Set-Cookie", ()))
            return Reply(response.status, read, response.content_type, named, cookies)

    @asynccontextmanager
    async def download(self, url: str, *, headers: Mapping[str, str], stalled_s: float) -> AsyncIterator[Download]:
        """Fetch what may be large, piece by piece; only a standstill of so long ends it. Raises `NetError`."""
        limits = aiohttp.ClientTimeout(total=None, sock_connect=stalled_s, sock_read=stalled_s)
        headers = {**headers, "Accept-Encoding": "identity"}
        async with AsyncExitStack() as opened:
            async with _translated(self.host):
                asked = self._session.get(_target(url), headers=headers, allow_redirects=False, timeout=limits)
                response = await opened.enter_async_context(asked)
            yield Download(self.host, response)

    async def close(self) -> None:
        """Release the connections; may be called twice."""
        await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _target(url: str) -> URL:
    try:
        return URL(url)
    except ValueError:
        raise HostUnreachable("", "not an address") from None


async def _read(content: aiohttp.StreamReader, max_bytes: int) -> bytes:
    """At most `max_bytes`, which may come in pieces."""
    body = b""
    while len(body) < max_bytes and (piece := await content.read(max_bytes - len(body))):
        body += piece
    return body


def _stay_on(url: URL) -> aiohttp.ClientMiddlewareType:
    """A redirect to another origin would carry tokens to whoever the server names: it is refused."""

    async def guard(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        if (request.url.host, request.url.port) != (url.host, url.port):
            raise Refused(url.host or "", 302, "redirected elsewhere")
        return await handler(request)

    return guard


@asynccontextmanager
async def _translated(host: str) -> AsyncIterator[None]:
    """Turn what aiohttp raises into `NetError`; addresses with their queries stay out of the texts."""
    try:
        yield
    except NetError:
        raise
    except aiohttp.ClientResponseError as error:
        raise Refused(host, error.status) from None
    except TimeoutError as error:
        raise Silent(host, "no answer in time") from error
    except (aiohttp.ClientOSError, OSError) as error:
        raise HostUnreachable(host, error.strerror or "") from error
    except aiohttp.ClientError as error:
        raise Silent(host, type(error).__name__) from error
    except ValueError as error:
        raise HostUnreachable(host, "not an address") from error
