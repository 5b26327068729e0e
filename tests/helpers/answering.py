"""A host that answers as a kind of meeting server would, over a real socket, and keeps every byte it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.helpers.listening import listening

PAGE = b"<!doctype html><html><title>App</title><script src=/app.js></script></html>"


@dataclass(frozen=True)
class Told:
    """An answer as it goes over the wire. `endless` goes on for ever, `silent` never begins."""

    body: bytes = b""
    status: int = 200
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    endless: bool = False
    silent: bool = False


HTML = Told(PAGE, kind="text/html")
NOT_FOUND = Told(b"<h1>Not Found</h1>", 404, "text/html")


@dataclass
class Host:
    """`answers` by `METHOD /path`; `otherwise` for all the rest."""

    answers: Mapping[str, Told] = field(default_factory=dict)
    otherwise: Told = NOT_FOUND
    port: int = 0
    requests: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """What was asked for: method and path."""
        return [request.partition(" HTTP/")[0] for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: answers until the other side is done."""
        try:
            while True:
                request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                self.requests.append(request)
                told = self.answers.get(request.partition(" HTTP/")[0], self.otherwise)
                if told.silent:
                    await reader.read()
                    return
                await self._tell(writer, told, with_body=not request.startswith("HEAD"))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    @staticmethod
    async def _tell(writer: asyncio.StreamWriter, told: Told, *, with_body: bool) -> None:
        length = 1 << 40 if told.endless else len(told.body)
        head = [f"HTTP/1.1 {told.status} Something", f"Content-Type: {told.kind}", f"Content-Length: {length}"]
        head += [f"{name}: {value}" for name, value in told.headers]
        if told.status == 204:
            head = [line for line in head if not line.startswith("Content")]
        writer.write("\r\n".join([*head, "", ""]).encode() + (told.body if with_body else b""))
        await writer.drain()
        while told.endless:
            writer.write(b" " * 65_536)
            await writer.drain()


@asynccontextmanager
async def answering(host: Host) -> AsyncIterator[Host]:
    """It runs on a loopback port."""
    async with listening(host.serve) as host.port:
        yield host
