"""Chromium with livekit-client as another participant: sends a frame clock and a tone, tells what it sees and hears.

async with ChromiumPeer() as chromium:
    await chromium.join(server.url, server.token("room", "chromium"))
    await chromium.publish_camera()
    state = await chromium.until(lambda s: s.sees("ada", "camera", codes=20))
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import signal
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from tests.helpers.devtools import DevTools
from tests.helpers.needs import need, need_program
from tests.helpers.xvfb import Xvfb
from tools.web import BUNDLE
from visio_desktop.system.clock import epoch_ms

_PAGE = "<!doctype html><meta charset=utf-8><title>peer</title><body><script src={bundle}></script>"
_AGES = re.compile(r', "ages_ms": \[[^]]*\]')
_FLAGS = (
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks",
    "--password-store=basic",
    "--mute-audio",
    "--window-position=0,0",
    "--window-size=1280,800",
)


@dataclass(frozen=True, slots=True)
class PeerState:
    """What the page knows; `raw` is all of it."""

    raw: dict[str, Any]

    def participant(self, identity: str) -> dict[str, Any] | None:
        """What is known of a participant, None without one."""
        return next((p for p in self.raw["participants"] if p["identity"] == identity), None)

    def publication(self, identity: str, source: str) -> dict[str, Any] | None:
        """What is seen or heard of a source (`camera`, `microphone`, `screen_share`), None without one."""
        participant = self.participant(identity) or {"publications": []}
        return next((q for q in participant["publications"] if q["source"] == source), None)

    def sees(self, identity: str, source: str = "camera", *, codes: int = 10) -> bool:
        """Whether so many different frame clocks were read from this picture."""
        found = self.publication(identity, source)
        return found is not None and found.get("codes", 0) >= codes

    def hears(self, identity: str, hz: float, *, within_hz: float = 12.0) -> bool:
        """Whether this tone is the loudest in what this participant says."""
        found = self.publication(identity, "microphone")
        return found is not None and abs(found.get("tone_hz", 0.0) - hz) <= within_hz and found["level_db"] > -60

    def meets(self, people: Mapping[str, float]) -> bool:
        """Whether these people, by name, and no others are there, seen moving, each saying a tone of so many Hz."""
        identities = {p["name"]: p["identity"] for p in self.raw["participants"]}
        return identities.keys() == people.keys() and all(
            self.sees(identities[name], codes=2) and self.hears(identities[name], hz) for name, hz in people.items()
        )

    @property
    def chat(self) -> list[dict[str, Any]]:
        """All lines received: `from`, `id`, `text`, `way`."""
        lines: list[dict[str, Any]] = self.raw["chat"]
        return lines


class ChromiumPeer:
    """One browser on a display of its own.

    `page` configures the page: `tile` (WxH), `read_every` (frames, 0: reads no clocks), `listen` (0: no tones), `red`,
    `passphrase` (encrypts end to end), `each_own_key` (likewise, with the keys of `use_key`), and `url` with `token` to
    join at once.
    For `quiet_s` after its start nothing disturbs the browser. `address` is a page with this script, from elsewhere;
    `bundle` is another script, which has a `peer`, too.
    """

    def __init__(
        self,
        page: Mapping[str, str | int] | None = None,
        *,
        prefix: Sequence[str] = (),
        quiet_s: float = 0.0,
        flags: Sequence[str] = (),
        address: str = "",
        bundle: Path = BUNDLE,
    ) -> None:
        self.started_epoch_ms = 0.0
        self._bundle = bundle
        self._prefix = list(prefix)
        self._quiet_s = quiet_s
        self._flags = flags
        self._address = address
        self._query = dict(page or {})
        self._folder = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        self._display = Xvfb()
        self._tools: DevTools | None = None

    @property
    def pid(self) -> int:
        """The root of the browser's process tree."""
        assert self._tools is not None
        return self._tools.process.pid

    async def join(self, url: str, token: str) -> None:
        """Join and wait until connected."""
        await self.call("join", url, token)

    async def use_key(self, identity: str, index: int, material: bytes) -> None:
        """Open this participant's frames with a key; seal with it, if it is oneself."""
        await self.call("useKey", identity, index, base64.b64encode(material).decode())

    async def publish_camera(self, **options: Any) -> None:
        """Publish a picture with the frame clock: `width`, `height`, `fps`, `codec`, `simulcast`, `bitrate`."""
        await self.call("publishPicture", "camera", options)

    async def publish_screen(self, **options: Any) -> None:
        """Share a screen, with the options of `publish_camera`."""
        await self.call("publishPicture", "screen", options)

    async def publish_tone(self, hz: float) -> None:
        """Open the microphone on a tone."""
        await self.call("publishTone", hz)

    async def unpublish(self, source: str) -> None:
        """Take back `camera`, `screen` or `microphone`."""
        await self.call("unpublish", source)

    async def mute(self, source: str, muted: bool) -> None:
        """Mute or open `camera`, `screen` or `microphone`."""
        await self.call("mute", source, muted)

    async def say(self, text: str) -> None:
        """Write a chat line as La Suite Meet's web client does."""
        await self.call("say", text)

    async def say_legacy(self, message_id: str, text: str) -> None:
        """Write a chat line as older clients do."""
        await self.call("sayLegacy", message_id, text)

    async def hand(self, raised: bool) -> None:
        """Raise or lower the hand; needs the grant `canUpdateOwnMetadata`."""
        await self.call("hand", raised)

    async def leave(self) -> None:
        """Leave the room; another may be joined."""
        await self.call("leave")

    async def state(self) -> PeerState:
        """What is seen and heard now."""
        return PeerState(await self.call("state"))

    async def stats(self) -> list[dict[str, Any]]:
        """The browser's `inbound-rtp` statistics."""
        found: list[dict[str, Any]] = await self.call("stats")
        return found

    async def until(self, fits: Callable[[PeerState], bool], timeout_s: float = 15.0) -> PeerState:
        """Wait until the state fits; raises `TimeoutError` with the last state."""
        state = await self.state()
        try:
            async with asyncio.timeout(timeout_s):
                while not fits(state):
                    await asyncio.sleep(0.1)
                    state = await self.state()
        except TimeoutError:
            raise TimeoutError(_AGES.sub("", json.dumps(state.raw))[:5000]) from None
        return state

    async def call(self, function: str, *arguments: Any) -> Any:
        """One of the functions of the page's `peer`."""
        return await self._evaluate(f"peer.{function}({','.join(map(json.dumps, arguments))})")

    async def _evaluate(self, code: str) -> Any:
        assert self._tools is not None
        return await self._tools.evaluate(code)

    async def __aenter__(self) -> Self:
        need_program("chromium")
        need(self._bundle.exists(), "the browser's page")
        self._display.__enter__()
        page = Path(self._folder.name) / "peer.html"
        page.write_text(_PAGE.format(bundle=self._bundle.as_uri()), encoding="utf-8")
        flags = [*_FLAGS, *self._flags, f"--user-data-dir={self._folder.name}/profile"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        address = self._address or page.as_uri()
        command = [*self._prefix, "chromium", *flags, f"--app={address}?{urlencode(self._query)}"]
        self.started_epoch_ms = epoch_ms()
        self._tools = await DevTools.start(command, {**os.environ, **self._display.environment})
        await asyncio.sleep(self._quiet_s)
        await self._tools.attach()
        async with asyncio.timeout(20):
            while not await self._tools.evaluate("!!window.peer"):
                await asyncio.sleep(0.05)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._tools is not None:
            self._tools.close()
            try:
                await asyncio.wait_for(self._tools.process.wait(), 3)
            except TimeoutError:
                os.killpg(self._tools.process.pid, signal.SIGKILL)
                await self._tools.process.wait()
        self._display.__exit__(kind, error, trace)
        self._folder.cleanup()
