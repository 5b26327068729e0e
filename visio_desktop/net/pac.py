"""Proxy auto-configuration: a script from the network says which proxies lead where.

The script is fetched directly, never through a proxy, kept for a while and run in a process of its own (`pac_child`),
which is ended where it takes too long. It is told host and port, never a path. What it says is kept for each host; both
are forgotten as soon as this machine's own address changes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

from visio_desktop.net.errors import NetError, PacFailed
from visio_desktop.net.ledger import Ledger, Purpose
from visio_desktop.net.proxies import Proxy
from visio_desktop.net.routes import parse_result
from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms
from visio_desktop.system.log import get_logger
from visio_desktop.system.network_events import way_out

MOST_BYTES: Final = 1_000_000
KEPT_MS: Final = 1_800_000.0
FAILED_MS: Final = 30_000.0
"""So long a script that failed is not asked for again."""
_FETCH_S: Final = 8.0
_ANSWER_S: Final = 15.0
_LOOK_UP_S: Final = 3.0
_MOST_HOSTS: Final = 500
_MOST_LOOK_UPS: Final = 20
_LINE_BYTES: Final = 64 * 1024
_OK: Final = 200
_log = get_logger(__name__)


class Fetcher(Protocol):
    """Fetches without a proxy: `net.Web` on a dialer that knows none."""

    async def get(self, url: str, *, timeout_s: float, max_bytes: int) -> Any:
        """The reply, with a `status` and a `body`. Raises `NetError`."""


@dataclass(slots=True)
class _Script:
    """One script and what it said: of this address of ours, at this time."""

    url: str
    own: str
    at_ms: float
    text: str = ""
    failed: str = ""
    said: dict[tuple[str, int], tuple[Proxy | None, ...]] = field(default_factory=dict)


class Pac:
    """Asks a script by its address. `command` starts `pac_child`; `fetcher` is made when first needed."""

    def __init__(
        self,
        command: tuple[str, ...],
        fetcher: Callable[[], Fetcher],
        *,
        ledger: Ledger | None = None,
        clock: Clock = monotonic_ms,
        now: Clock = epoch_ms,
        own_address: Callable[[], str] = lambda: way_out()[0],
        answer_s: float = _ANSWER_S,
    ) -> None:
        self._command = command
        self._fetcher = fetcher
        self._ledger = ledger or Ledger()
        self._clock = clock
        self._now = now
        self._own_address = own_address
        self._answer_s = answer_s
        self._script: _Script | None = None
        self._asking = asyncio.Lock()

    async def hops(self, url: str, host: str, port: int) -> tuple[Proxy | None, ...]:
        """The proxies to try for a host, None for the direct way. Raises `PacFailed`."""
        async with self._asking:
            script = await self._current(url)
            if script.failed:
                raise PacFailed(url, script.failed)
            known = script.said.get((host, port))
            if known is not None:
                return known
            hops = parse_result(await self._ask(script, host, port))
            if not hops:
                raise PacFailed(url, "it names no proxy that is one of HTTP")
            if len(script.said) >= _MOST_HOSTS:
                script.said.clear()
            script.said[host, port] = hops
            return hops

    async def _current(self, url: str) -> _Script:
        script, own, now_ms = self._script, self._own_address(), self._clock()
        if script is not None and (script.url, script.own) == (url, own):
            kept_ms = FAILED_MS if script.failed else KEPT_MS
            if now_ms - script.at_ms < kept_ms:
                return script
        self._script = script = _Script(url, own, now_ms)
        try:
            script.text = await self._fetch(url)
        except PacFailed as error:
            _log.warning("pac_not_fetched", error=error.why)
            script.failed = error.why
        return script

    async def _fetch(self, url: str) -> str:
        try:
            parts = urlsplit(url)
        except ValueError:
            raise PacFailed(url, "no address") from None
        match parts.scheme:
            case "file":
                body = await asyncio.to_thread(_read, url, parts.path)
            case "http" | "https":
                body = await self._get(url)
            case _:
                raise PacFailed(url, "no address of a file")
        if len(body) > MOST_BYTES:
            raise PacFailed(url, "it is too long")
        return body.decode("utf-8-sig", errors="replace")

    async def _get(self, url: str) -> bytes:
        try:
            reply = await self._fetcher().get(url, timeout_s=_FETCH_S, max_bytes=MOST_BYTES + 1)
        except NetError as error:
            raise PacFailed(url, str(error)) from error
        if reply.status != _OK:
            raise PacFailed(url, f"HTTP {reply.status}")
        return bytes(reply.body)

    async def _ask(self, script: _Script, host: str, port: int) -> str:
        """What the script says, having looked up the names it wants to know."""
        shown = f"[{host}]" if ":" in host else host
        place = shown if port == 443 else f"{shown}:{port}"  # noqa: PLR2004 - what https means by itself
        asked = {"script": script.text, "url": f"https://{place}/", "host": host, "own": script.own}
        known: dict[str, list[str]] = {}
        try:
            async with asyncio.timeout(self._answer_s), _child(self._command) as child:
                while len(known) <= _MOST_LOOK_UPS:
                    match await _exchange(child, {**asked, "now_ms": self._now(), "known": known}):
                        case {"result": str(result)}:
                            return result
                        case {"needs": [str(name), *_]} if name not in known:
                            self._ledger.note(name, 0, "dns", Purpose.PAC)
                            known[name] = await _look_up(name)
                        case {"error": str(error)}:
                            raise PacFailed(script.url, error)
                        case _:
                            break
        except TimeoutError:
            raise PacFailed(script.url, "it takes too long") from None
        except (OSError, ValueError) as error:
            raise PacFailed(script.url, "it could not be run") from error
        raise PacFailed(script.url, "it asks for too much")


@contextlib.asynccontextmanager
async def _child(command: tuple[str, ...]) -> Any:
    pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=nothing, limit=_LINE_BYTES)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def _exchange(child: asyncio.subprocess.Process, question: dict[str, Any]) -> object:
    if child.stdin is None or child.stdout is None:
        raise OSError("no pipes")
    child.stdin.write(json.dumps(question).encode() + b"\n")
    await child.stdin.drain()
    answer: object = json.loads(await child.stdout.readline())
    return answer


async def _look_up(name: str) -> list[str]:
    try:
        async with asyncio.timeout(_LOOK_UP_S):
            found = await asyncio.get_running_loop().getaddrinfo(name, None)
    except (OSError, UnicodeError, TimeoutError):
        return []
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _read(url: str, path: str) -> bytes:
    try:
        with Path(url2pathname(path)).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise PacFailed(url, error.strerror or "it cannot be read") from error
