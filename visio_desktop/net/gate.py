"""A proxy on this machine for the login window: what its web engine asks for goes the ways of everything else.

So the engine needs to know of no PAC script, no NTLM and no Kerberos, and looks up no names; and whatever it reaches is
in the ledger. It takes CONNECT only, and only from whoever knows a password that is made for one login.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from visio_desktop.net.dial import Dialer
from visio_desktop.net.errors import NetError, NotAllowed
from visio_desktop.net.ledger import Purpose
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

NAME: Final = "login"
_HEAD_BYTES: Final = 16 * 1024
_PIECE_BYTES: Final = 64 * 1024
_HEAD_S: Final = 30.0
_CONNECT_S: Final = 20.0
_MOST_TRIES: Final = 4
_MOST_CONNECTIONS: Final = 200
_PORTS: Final = range(1, 65_536)
_WHO: Final = b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=login\r\nContent-Length: 0\r\n\r\n"
_YES: Final = b"HTTP/1.1 200 OK\r\n\r\n"
_NO: Final = b"HTTP/1.1 %d No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_log = get_logger(__name__)


@dataclass(slots=True)
class Gate:
    """An open gate: its address, and the name and the password it asks for.

    `refused` is the first host that was asked for and is not allowed, "" without one.
    """

    dialer: Dialer
    url: str = ""
    name: str = NAME
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    connections: int = 0
    refused: str = ""
    _tasks: Tasks = field(default_factory=lambda: Tasks("gate"), repr=False)

    def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self._tasks.start(self._serve(reader, writer), name="connection")

    async def close(self) -> None:
        """End all connections."""
        await self._tasks.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if self.connections <= _MOST_CONNECTIONS:
                await self._converse(reader, writer)
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return
        finally:
            self.connections -= 1
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(_MOST_TRIES):
            async with asyncio.timeout(_HEAD_S):
                head = await reader.readuntil(b"\r\n\r\n")
            method, target, proof = parse(head)
            if not self._knows(proof):
                writer.write(_WHO)
                continue
            if method != "CONNECT":
                writer.write(_NO % 403)
                return
            await self._connect(place(target), reader, writer)
            return

    async def _connect(
        self, there: tuple[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        far = asyncio.StreamReader(_PIECE_BYTES)
        try:
            transport, protocol = await self.dialer.connect(
                lambda: asyncio.StreamReaderProtocol(far),
                *there,
                secure=False,
                timeout_s=_CONNECT_S,
                purpose=Purpose.LOGIN,
            )
        except NetError as error:
            _log.info("login_not_let_through", error=type(error).__name__)
            if isinstance(error, NotAllowed):
                self.refused = self.refused or error.host
            writer.write(_NO % 502)
            return
        back = asyncio.StreamWriter(transport, protocol, far, asyncio.get_running_loop())
        writer.write(_YES)
        try:
            await asyncio.gather(_pump(reader, back), _pump(far, writer))
        finally:
            back.close()

    def _knows(self, proof: str) -> bool:
        told = base64.b64encode(f"{self.name}:{self.password}".encode()).decode()
        return hmac.compare_digest(proof.encode(), f"Basic {told}".encode())


@asynccontextmanager
async def opened(dialer: Dialer) -> AsyncIterator[Gate]:
    """A gate to the ways of `dialer`, closed again at the end. Raises `OSError`."""
    gate = Gate(dialer)
    server = await asyncio.start_server(gate.take, "127.0.0.1", 0, limit=_HEAD_BYTES)
    gate.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield gate
    finally:
        server.close()
        await gate.close()


def parse(head: bytes) -> tuple[str, str, str]:
    """Method, target and proof of a request's head, "" where there is none. Raises `ValueError`."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    fields = (line.partition(":") for line in lines)
    proofs = (value.strip() for name, _, value in fields if name.strip().lower() == "proxy-authorization")
    return method, target, next(proofs, "")


def place(target: str) -> tuple[str, int]:
    """Host and port of a CONNECT request's target. Raises `ValueError`."""
    host, _, port = target.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not host.isprintable() or not (port.isascii() and port.isdigit()) or int(port[:6]) not in _PORTS:
        raise ValueError("no place")
    return host, int(port)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(_PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
    with suppress(OSError, RuntimeError, NotImplementedError):
        writer.write_eof()
