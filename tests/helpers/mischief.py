"""Servers that misbehave whatever they are asked, and a way to a good one that cuts, repeats and mixes up its words."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from tests.helpers.listening import listening

type Change = Callable[[bytes], tuple[bytes, bool]]
"""Words of a server made into others, and whether the connection goes on after them."""
type Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_KEY = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
_DEEP = b"[" * 50_000


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Takes everything and says nothing."""
    while await reader.read(65_536):
        pass


async def closing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hangs up at once."""
    writer.close()


def saying(data: bytes, *, then_hang: bool = False) -> Talk:
    """Says this to any request, then hangs up or falls silent."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)
        await writer.drain()
        if then_hang:
            await silent(reader, writer)

    return talk


def endless(head: bytes, again: bytes) -> Talk:
    """Never stops."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        while True:
            writer.write(again)
            await writer.drain()

    return talk


def answer(body: bytes, *, status: int = 200, kind: str = "application/json", more: str = "") -> bytes:
    """An HTTP answer."""
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n"
    )
    return head.encode() + body


def upgrading(*frames: bytes, endlessly: bool = False, wrong_key: bool = False) -> Talk:
    """Opens a WebSocket to anybody, then sends these frames."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        key = next(
            (x.partition(b": ")[2] for x in request.split(b"\r\n") if x.lower().startswith(b"sec-websocket-key")), b""
        )
        accepted = base64.b64encode(hashlib.sha1(key + (b"" if wrong_key else _KEY)).digest())
        head = b"HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accepted
        protocol = next((x for x in request.split(b"\r\n") if x.lower().startswith(b"sec-websocket-protocol")), b"")
        writer.write(head + b"\r\n" + (protocol + b"\r\n" if protocol else b"") + b"\r\n")
        while True:
            for frame in frames:
                writer.write(frame)
                await writer.drain()
            if not endlessly:
                break
        await silent(reader, writer)

    return talk


def frame(data: bytes, *, text: bool = False) -> bytes:
    """A server's WebSocket frame."""
    length = bytes([len(data)]) if len(data) < 126 else b"\x7e" + len(data).to_bytes(2)
    return bytes([0x81 if text else 0x82]) + length + data


MISCHIEF: dict[str, Talk] = {
    "silence": silent,
    "closing at once": closing,
    "rubbish": saying(bytes(range(256)) * 40),
    "half a head": saying(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "half a head, then nothing": saying(b"HTTP/1.1 200 OK\r\nContent-Ty", then_hang=True),
    "half a body, then nothing": saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", then_hang=True),
    "endless head": endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 100),
    "endless body": endless(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{", b" " * 65_536),
    "endless answer of another kind": endless(
        b"HTTP/1.1 201 OK\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n", b"a=x\r\n" * 99
    ),
    "a page": saying(answer(b"<!doctype html><h1>Hello</h1>", kind="text/html")),
    "a list": saying(answer(b"[]")),
    "null": saying(answer(b"null")),
    "deep": saying(answer(_DEEP)),
    "bytes that are no text": saying(answer(b"\xff\xfe\x00\x80" * 99)),
    "redirected": saying(answer(b"", status=302, more="Location: https://elsewhere.invalid/\r\n")),
    "redirected to itself": saying(answer(b"", status=307, more="Location: /\r\n")),
    "busy": saying(answer(b"", status=503)),
    "created nothing": saying(answer(b"v=0\r\n", status=201, kind="application/sdp", more="Location: /r\r\n")),
    "a status that is none": saying(b"HTTP/1.1 999999 X\r\n\r\n"),
    "another key": upgrading(wrong_key=True),
    "a socket that says nothing": upgrading(),
    "a socket with rubbish": upgrading(
        frame(b"\xff" * 90), frame(b"}{", text=True), frame(b"[]", text=True), frame(b"")
    ),
    "a socket with broken frames": upgrading(b"\xff\xff\xff\xff" * 20),
    "a socket without end": upgrading(frame(b"{}", text=True), frame(b"\x00" * 100), endlessly=True),
}


@asynccontextmanager
async def serving(talk: Talk) -> AsyncIterator[int]:
    """It talks so to everybody; gives the port."""

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await talk(reader, writer)
        writer.close()

    async with listening(guarded) as port:
        yield port


@asynccontextmanager
async def through(host: str, port: int, change: Callable[[], Change]) -> AsyncIterator[int]:
    """A way to a good server; `change` makes for each connection what becomes of its words."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(host, port)
        changed = change()

        async def back() -> None:
            while data := await there_reader.read(65_536):
                words, goes_on = changed(data)
                writer.write(words)
                await writer.drain()
                if not goes_on:
                    break
            writer.close()

        async def forth() -> None:
            while data := await reader.read(65_536):
                there_writer.write(data)
                await there_writer.drain()
            there_writer.close()

        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_quietly(back()))
                both.create_task(_quietly(forth()))
        finally:
            writer.close()
            there_writer.close()

    async with serving(talk) as own:
        yield own


async def _quietly(work: Awaitable[None]) -> None:
    with contextlib.suppress(OSError):
        await work


def cut(after_bytes: int) -> Callable[[], Change]:
    """Hangs up after so many bytes of the server's, over all connections together."""
    left = [after_bytes]

    def change(data: bytes) -> tuple[bytes, bool]:
        said = data[: max(0, left[0])]
        left[0] -= len(said)
        return said, left[0] > 0

    return lambda: change


class Replaying:
    """Says each WebSocket message of a server twice, every second pair in the other order; HTTP is left as it is."""

    def __init__(self) -> None:
        self._pending = b""
        self._upgraded = False
        self._held = b""
        self._known = False

    def __call__(self, data: bytes) -> tuple[bytes, bool]:
        """What becomes of it; nothing ends here."""
        return self._changed(data), True

    def _changed(self, data: bytes) -> bytes:
        if self._known and not self._upgraded:
            return data
        self._pending += data
        out = b""
        if not self._known:
            head, found, rest = self._pending.partition(b"\r\n\r\n")
            if not found:
                return b""
            self._known, self._upgraded = True, head.startswith(b"HTTP/1.1 101")
            self._pending, out = rest, head + found
            if not self._upgraded:
                whole, self._pending = out + rest, b""
                return whole
        while message := self._next():
            if message[0] & 0x0F >= 8:
                out += message
            elif self._held:
                out += message + self._held + message
                self._held = b""
            else:
                out += message
                self._held = message
        return out

    def _next(self) -> bytes:
        pending = self._pending
        if len(pending) < 2:
            return b""
        length, head = pending[1] & 0x7F, 2
        if length == 126:
            length, head = int.from_bytes(pending[2:4]), 4
        elif length == 127:
            length, head = int.from_bytes(pending[2:10]), 10
        if len(pending) < head + length:
            return b""
        self._pending = pending[head + length :]
        return pending[: head + length]
