"""Chromium with livekit-client as a client of the benchmarks, in a real window on a display of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.peers.port import Camera
from bench.peers.wire import ClientError
from bench.timeline import Heard, Painted, RecentMean, Told
from tests.helpers.chromium_peer import ChromiumPeer

_WATCH = Path(__file__).with_name("watch.js")
_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
# The page sends a canvas; with a camera of a file that one's picture goes out instead, and nothing is drawn.
_USE_CAMERA = """
const wanted = { video: { width: 1280, height: 720, frameRate: 30 } };
navigator.mediaDevices.getUserMedia(wanted).then((stream) => {
  HTMLCanvasElement.prototype.captureStream = () => stream;
  CanvasRenderingContext2D.prototype.fillRect = () => {};
})"""
_JOIN_S = 20.0
_RATE_HZ = 48_000


class Chromium:
    """See `Client`. Pictures count as shown when the compositor expects to show them."""

    name = "chromium"

    def __init__(self, prefix: Sequence[str] = (), *, camera_file: Path | None = None, tile: str = "480x270") -> None:
        flags = [] if camera_file is None else [*_CAMERA, f"--use-file-for-fake-video-capture={camera_file}"]
        self._has_camera = camera_file is not None
        self._peer = ChromiumPeer({"read_every": 0, "listen": 0, "tile": tile}, prefix=prefix, flags=flags)
        self._identities: dict[str, str] = {}
        self._delay = RecentMean()

    @property
    def pid(self) -> int:
        """The root of its process tree."""
        return self._peer.pid

    async def join(self, url: str, token: str, camera: Camera | None = None, tone_hz: float = 0.0) -> None:
        """See `Client`."""
        try:
            await asyncio.wait_for(self._peer.join(url, token), _JOIN_S)
            if camera is not None:
                await self._peer.publish_camera(
                    width=camera.width_px,
                    height=camera.height_px,
                    fps=camera.fps,
                    bitrate=camera.bitrate_bps,
                    simulcast=camera.simulcast,
                )
            if tone_hz:
                await self._peer.publish_tone(tone_hz)
        except (TimeoutError, RuntimeError) as error:
            raise ClientError(f"chromium did not join: {error}") from error

    async def told(self) -> Told:
        """See `Client`."""
        raw = await self._page("window.watched()")
        self._identities |= {s["trackIdentifier"]: s["participant"] for s in raw["stats"] if "trackIdentifier" in s}
        tiles: dict[str, list[Painted]] = {}
        for track, rows in raw["tiles"].items():
            tiles.setdefault(self._identities.get(track, track), []).extend(Painted(*row) for row in rows)
        return Told(tiles, heard(raw["stats"], self._delay))

    async def leave(self) -> None:
        """See `Client`."""
        await self._peer.leave()

    async def _page(self, code: str) -> Any:
        tools = self._peer._tools  # noqa: SLF001 - the page is asked what its helper has no word for
        assert tools is not None
        return await tools.evaluate(code)

    async def __aenter__(self) -> Self:
        await self._peer.__aenter__()
        await self._page(_WATCH.read_text(encoding="utf-8"))
        if self._has_camera:
            await self._page(_USE_CAMERA)
            await self._page("window.unread = true")  # what it costs is measured: it shall not read clocks
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._peer.__aexit__(kind, error, trace)


def heard(statistics: Sequence[Mapping[str, Any]], delay: RecentMean) -> Heard:
    """The counts of all received sound in the browser's `inbound-rtp` statistics."""
    voices = [s for s in statistics if s.get("kind") == "audio"]

    def total(name: str) -> float:
        return sum(float(voice.get(name, 0.0)) for voice in voices)

    return Heard(
        played_ms=total("totalSamplesReceived") * 1000 / _RATE_HZ,
        concealed_ms=total("concealedSamples") * 1000 / _RATE_HZ,
        delay_ms=delay.since(total("jitterBufferDelay") * 1000, total("jitterBufferEmittedCount")),
    )
