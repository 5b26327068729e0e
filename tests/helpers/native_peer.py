"""LiveKit's native SDK as another participant, in a process of its own: sends a frame clock and a tone, tells what it
sees and hears.

    async with NativePeer() as native:
        await native.join(server.url, server.token("room", "native"))
        await native.publish_video("camera", codec="VP9", scalability="L3T1")
        state = await native.until(lambda s: s.sees("ada", "camera", codes=20))

The process reads commands and writes what it knows, both as JSON lines.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class NativeState:
    """What the process knows: by identity, by source (`camera`, `microphone`, ...); `chat` is (identity, text)."""

    people: dict[str, dict[str, dict[str, Any]]]
    attributes: dict[str, dict[str, str]]
    chat: list[tuple[str, str]]

    def publication(self, identity: str, source: str) -> dict[str, Any]:
        """What is known of a source; empty without one."""
        return self.people.get(identity, {}).get(source, {})

    def sees(self, identity: str, source: str, *, codes: int = 1) -> bool:
        """Whether as many frames with a readable frame clock came since the publication began."""
        return int(self.publication(identity, source).get("codes", 0)) >= codes

    def hears(self, identity: str, hz: float, *, within_hz: float = 12.0) -> bool:
        """Whether this tone is the loudest in what this participant says."""
        found = self.publication(identity, "microphone")
        return bool(abs(found.get("hz", 0.0) - hz) <= within_hz and found.get("rms", 0.0) > 100)

    def tones(self, identity: str, source: str) -> tuple[list[float], list[float]]:
        """The tones now in the left and the right of a sound, loudest or at most 40 dB below."""
        left, right = self.publication(identity, source).get("tones") or ([], [])
        return left, right


class NativePeer:
    """One participant; `prefix` runs it elsewhere, for instance `link.a.prefix` for a network namespace."""

    def __init__(self, prefix: Sequence[str] = ()) -> None:
        self._prefix = prefix
        self._process: asyncio.subprocess.Process | None = None
        self.state = NativeState({}, {}, [])

    async def join(self, url: str, token: str, *, passphrase: str = "") -> None:
        """Join, receiving everything; with a passphrase encrypted end to end."""
        await self._do("join", url=url, token=token, passphrase=passphrase)

    async def publish_video(
        self,
        source: str = "camera",
        *,
        codec: str = "VP8",
        width: int = 640,
        height: int = 360,
        fps: int = 15,
        scalability: str = "",
    ) -> None:
        """Send pictures with the frame clock of the machine's monotonic time."""
        await self._do(
            "publish_video",
            source=source,
            codec=codec,
            width=width,
            height=height,
            fps=fps,
            scalability=scalability,
        )

    async def publish_tone(self, hz: float, source: str = "microphone") -> None:
        """Open the microphone, or the sound of a screen, on a tone."""
        await self._do("publish_tone", hz=hz, source=source)

    async def unpublish(self, source: str) -> None:
        """Take a source back."""
        await self._do("unpublish", source=source)

    async def set_muted(self, source: str, muted: bool) -> None:
        """Mute or open a source."""
        await self._do("set_muted", source=source, muted=muted)

    async def set_quality(self, identity: str, source: str, quality: str) -> None:
        """Ask for a simulcast layer of somebody's pictures: `LOW`, `MEDIUM` or `HIGH`."""
        await self._do("set_quality", identity=identity, source=source, quality=quality)

    async def set_subscribed(self, identity: str, source: str, subscribed: bool) -> None:
        """Receive somebody's source, or do not."""
        await self._do("set_subscribed", identity=identity, source=source, subscribed=subscribed)

    async def chat(self, text: str) -> None:
        """Send a text stream on `lk.chat`."""
        await self._do("chat", text=text)

    async def data(self, payload: str, topic: str) -> None:
        """Send application data."""
        await self._do("data", payload=payload, topic=topic)

    async def look(self) -> NativeState:
        """What it knows at this moment: `state` is as old as what was read last."""
        await self._do("look")
        return self.state

    async def leave(self) -> None:
        """Leave; `join` may follow."""
        await self._do("leave")

    async def until(self, wanted: Callable[[NativeState], bool], *, timeout_s: float = 15.0) -> NativeState:
        """Wait for this state to come about."""
        try:
            async with asyncio.timeout(timeout_s):
                while not wanted(self.state):
                    await self._listen()
        except TimeoutError:
            raise AssertionError(f"never came about: {self.state}") from None
        return self.state

    async def _do(self, command: str, **arguments: Any) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": command, **arguments}).encode() + b"\n")
        async with asyncio.timeout(20):
            while (answer := await self._listen()) != command:
                assert not answer.startswith("failed"), answer

    async def _listen(self) -> str:
        """Take in one line; gives the command it says is done, or ""."""
        assert self._process is not None
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, "the native peer ended"
        told = json.loads(line)
        if "done" in told:
            return str(told["done"])
        self.state = NativeState(told["people"], told["attributes"], [(i, t) for i, t in told["chat"]])
        return ""

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *self._prefix,
            sys.executable,
            "-m",
            "tests.helpers.native_process",
            cwd=_ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        # What it still tells is read: a process is not seen to end while its output waits for somebody.
        try:
            async with asyncio.timeout(3):
                await self._process.communicate()
        except TimeoutError:
            self._process.kill()
            await self._process.communicate()
