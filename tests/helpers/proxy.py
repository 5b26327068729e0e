"""An HTTP proxy that speaks CONNECT, and asks who one is by Basic, NTLM or Negotiate with pyspnego's server side.

    async with proxying("ntlm") as proxy:
        proxy.url, proxy.asked          # the CONNECT targets it let through

By itself, for a network namespace: `python -m tests.helpers.proxy ADDRESS PORT SCHEME [PORT...]`, ended by its input's
end; with ports it lets through to those only.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import spnego
from spnego.exceptions import SpnegoError

NAME, PASSWORD, DOMAIN = "ada", "sésame-ouvre-toi", "EXAMPLE"
SCHEMES = ("none", "basic", "ntlm", "negotiate")


@contextmanager
def credential_file() -> Iterator[None]:
    """What pyspnego's NTLM server knows people by: DOMAIN:NAME:PASSWORD in a file that the environment names."""
    with tempfile.TemporaryDirectory(prefix="ntlm-") as folder:
        path = Path(folder) / "people"
        path.write_text(f"{DOMAIN}:{NAME}:{PASSWORD}\n", encoding="utf-8")
        os.environ["NTLM_USER_FILE"] = str(path)
        try:
            yield
        finally:
            del os.environ["NTLM_USER_FILE"]


@dataclass
class Proxy:
    """`forbidden` targets are refused with 403, as are ports other than `ports` where given.

    With `hangs_up` each 407 ends its connection, where that can work. `accepts` judges Negotiate's tokens in place of
    pyspnego: it says who somebody is ("refused", "more" for not yet) and what to answer.
    """

    scheme: str = "none"
    hangs_up: bool = False
    forbidden: frozenset[str] = frozenset()
    ports: frozenset[int] = frozenset()
    accepts: Callable[[bytes], tuple[str, bytes]] | None = None
    people: list[str] = field(default_factory=list)
    port: int = 0
    asked: list[str] = field(default_factory=list)
    challenges: int = 0
    connections: int = 0
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._converse(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        context: Any = None
        while True:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = lines[0].split()
            assert method == "CONNECT"
            said = next((line.partition(":")[2].strip() for line in lines if line.lower().startswith("proxy-auth")), "")
            let_in, challenge, context = self._judge(said, context)
            if let_in:
                await self._tunnel(target, reader, writer)
                return
            self.challenges += 1
            body = b"<html>who are you?</html>"
            close = "Connection: close\r\n" if self.hangs_up and not challenge.count(" ") else ""
            head = f"HTTP/1.1 407 Who?\r\nProxy-Authenticate: {challenge}\r\n{close}Content-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            await writer.drain()
            if close:
                return

    def _judge(self, said: str, context: Any) -> tuple[bool, str, Any]:
        """Whether to let it through, else what to answer and what to remember for this connection."""
        if self.scheme == "none":
            return True, "", None
        scheme, _, token = said.partition(" ")
        if scheme.lower() != self.scheme:
            name = {"basic": 'Basic realm="example"', "ntlm": "NTLM", "negotiate": "Negotiate"}[self.scheme]
            return False, name, None
        heard = base64.b64decode(token)
        if self.scheme == "basic":
            return heard.decode() == f"{NAME}:{PASSWORD}", 'Basic realm="example"', None
        if self.accepts is not None:
            who, answer = self.accepts(heard)
            self.people.append(who)
            return who not in {"refused", "more"}, f"{scheme} {base64.b64encode(answer).decode()}".strip(), None
        if context is None:
            context = spnego.server(hostname="127.0.0.1", service="HTTP", protocol=self.scheme)
        try:
            answer = context.step(heard)
        except SpnegoError:
            return False, scheme, None
        return bool(context.complete), f"{scheme} {base64.b64encode(answer or b'').decode()}", context

    async def _tunnel(self, target: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, _, port = target.rpartition(":")
        if target in self.forbidden or (self.ports and int(port) not in self.ports):
            writer.write(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
            return
        try:
            there, back = await asyncio.open_connection(host.strip("[]"), int(port))
        except OSError:
            writer.write(b"HTTP/1.1 502 No way\r\nContent-Length: 0\r\n\r\n")
            return
        self.asked.append(target)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            back.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()


@asynccontextmanager
async def proxying(
    scheme: str = "none", *, address: str = "127.0.0.1", port: int = 0, **more: Any
) -> AsyncIterator[Proxy]:
    """A proxy on this loop."""
    proxy = Proxy(scheme, **more)
    with credential_file():
        server = await asyncio.start_server(proxy.serve, address, port)
        proxy.port = server.sockets[0].getsockname()[1]
        try:
            yield proxy
        finally:
            server.close()
            await proxy.close()


async def main() -> None:
    address, port, scheme, *ports = sys.argv[1:]
    async with proxying(scheme, address=address, port=int(port), ports=frozenset(map(int, ports))):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
