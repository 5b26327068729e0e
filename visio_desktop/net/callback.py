"""An address of this machine that a web browser is sent back to after a login elsewhere (RFC 8252, section 7.3).

Nobody guesses it: whoever could send the browser there with words of their own would log us in as somebody else. It is
open for one login, answers with one page that loads nothing, and listens to this machine alone.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import parse_qs

from visio_desktop.system.tasks import Tasks

_HEAD_BYTES: Final = 16 * 1024
_HEAD_S: Final = 10.0
_MOST_CONNECTIONS: Final = 20
_MOST_FIELDS: Final = 20
_HEADERS: Final = (
    "Content-Type: text/html; charset=utf-8",
    "Content-Security-Policy: default-src 'none'",
    "Referrer-Policy: no-referrer",
    "Cache-Control: no-store",
    "Connection: close",
)


class Callback:
    """An open one. `url` is where the browser is to be sent, `page` is what it shows then."""

    def __init__(self, wanted: str, page: str) -> None:
        self._wanted = wanted
        self._page = page.encode()
        self._path = f"/{secrets.token_urlsafe(24)}"
        self._host = ""
        self._came: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._tasks = Tasks("callback")

    @property
    def url(self) -> str:
        """The whole address."""
        return f"http://{self._host}{self._path}"

    async def came(self) -> str:
        """What the browser brought in the wanted field; the first word holds. Waits for as long as one waits."""
        return await self._came

    def open_at(self, port: int) -> None:
        """Listening at this port from now on."""
        self._host = f"127.0.0.1:{port}"

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        if len(self._tasks) >= _MOST_CONNECTIONS:
            writer.transport.abort()
            return
        self._tasks.start(self._serve(reader, writer), name="connection")

    async def close(self) -> None:
        """End all connections."""
        await self._tasks.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        brought = ""
        try:
            async with asyncio.timeout(_HEAD_S):
                brought = self._understood(parse(await reader.readuntil(b"\r\n\r\n")))
                writer.write(self._answer(has_come=bool(brought)))
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        if brought and not self._came.done():
            self._came.set_result(brought)

    def _understood(self, asked: tuple[str, str, Mapping[str, str]]) -> str:
        """What was brought, "" by anybody else."""
        host, path, fields = asked
        is_ours = hmac.compare_digest(path.encode(), self._path.encode()) and host == self._host
        return fields.get(self._wanted, "") if is_ours else ""

    def _answer(self, *, has_come: bool) -> bytes:
        body = self._page if has_come else b""
        first = "HTTP/1.1 200 OK" if has_come else "HTTP/1.1 404 No"
        return "\r\n".join((first, *_HEADERS, f"Content-Length: {len(body)}", "", "")).encode() + body


@asynccontextmanager
async def listening(wanted: str, page: str) -> AsyncIterator[Callback]:
    """Open for the field `wanted` of the query a browser brings; shows `page`, HTML, then. Raises `OSError`."""
    callback = Callback(wanted, page)
    server = await asyncio.start_server(callback.take, "127.0.0.1", 0, limit=_HEAD_BYTES)
    callback.open_at(server.sockets[0].getsockname()[1])
    try:
        yield callback
    finally:
        server.close()
        await callback.close()


def parse(head: bytes) -> tuple[str, str, Mapping[str, str]]:
    """Host, path and query of a GET request's head. Raises `ValueError`."""
    first, *lines = head.decode("ascii").split("\r\n")
    method, target, _ = first.split(" ")
    if method != "GET":
        raise ValueError("no question")
    path, _, query = target.partition("?")
    hosts = [value.strip() for name, _, value in (line.partition(":") for line in lines) if name.lower() == "host"]
    fields = parse_qs(query, max_num_fields=_MOST_FIELDS)
    return hosts[0] if len(hosts) == 1 else "", path, {name: values[0] for name, values in fields.items()}
