"""Our client without its window, as a client of the benchmarks: `python -m bench.peers.ours`.

Engine, rtc, media and the LiveKit adapter are the program's; a picture counts as shown when it reaches its sink, scaled
and ready to paint. Sound is listened to where the mix goes to the null speaker.
"""

from __future__ import annotations

import asyncio
import tempfile
import wave
from collections import defaultdict
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.beat import BeatEar, beat, warble
from bench.codes import read_whole
from bench.peers.port import Camera
from bench.peers.wire import serve
from bench.pictures import loop_of
from tests.helpers.engines import running_engine
from visio_desktop.engine.engine import Engine
from visio_desktop.media import pump, qualities, sound
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.mixer import Mixer
from visio_desktop.media.raw import RawFrame, unstack
from visio_desktop.media.samples import FRAME, Pcm, Samples
from visio_desktop.media.sources import testpicture
from visio_desktop.meeting.frames import Picture, PictureTarget
from visio_desktop.meeting.intents import Join, Leave, OpenLink
from visio_desktop.meeting.look import PictureQuality
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Source
from visio_desktop.rtc import PeerConnection, PeerListener, PeerOptions
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials
from visio_desktop.system.clock import epoch_ms

_ROWS = 16
_JOIN_S = 20.0


class NotingSink:
    """A tile's mailbox that notes when which picture came."""

    def __init__(self, rows: list[tuple[float, int | None, int]], size: PictureTarget) -> None:
        self._rows = rows
        self._size = size

    def put(self, picture: Picture) -> None:
        """See `FrameSink`."""
        wide = picture.width_px
        pixels = np.frombuffer(picture.pixels, np.uint8, wide * 4 * _ROWS).reshape(_ROWS, wide, 4)
        self._rows.append((epoch_ms(), read_whole(pixels[:, :, 1]), picture.source_height_px))

    def target(self) -> PictureTarget | None:
        """See `FrameSink`."""
        return self._size


class HeardMixer(Mixer):
    """The mixer, with somebody at the null speaker that takes its blocks."""

    ear = BeatEar()

    def mix(self, voices: Iterable[tuple[Samples, float]]) -> Pcm:
        """See `Mixer.mix`."""
        mixed = super().mix(voices)
        self.ear.take(mixed.astype(np.float32) / np.float32(32_768), epoch_ms())
        return mixed


class BeatMicrophone:
    """A microphone that hears the beat as it happens."""

    name = "beat"
    is_acoustic = False
    backlog = 0
    last_heard_ms = None
    has_delivered = True

    def read(self) -> Samples:
        """See `Microphone`."""
        return beat(epoch_ms(), FRAME)

    def stop(self) -> None:
        """See `Microphone`."""


class Ours:
    """The process's state: the engine and what its sinks noted."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._engine: Engine | None = None
        self._tiles: dict[str, list[tuple[float, int | None, int]]] = defaultdict(list)
        self._attached: set[str] = set()
        self._voices: set[str] = set()
        self._beats = False
        self._size = PictureTarget(640, 360)

    async def join(self, url: str, token: str, camera: dict[str, Any] | None, tone_hz: float) -> None:
        """Join and wait until in the room."""
        await asyncio.to_thread(self._join, url, token, None if camera is None else Camera(**camera), tone_hz)

    async def beat(self) -> None:
        """Send a beat from the next join on."""
        self._beats = True
        sound.open_microphone = lambda spec, clock, *, stereo=False: BeatMicrophone()  # type: ignore[attr-defined] # noqa: ARG005

    def _join(self, url: str, token: str, camera: Camera | None, tone_hz: float) -> None:
        if camera is not None:
            set_camera(camera)
        microphone = f"file:{self._tone(tone_hz)}" if tone_hz else "test" if self._beats else "none"
        adapters = [LiveKitAdapter(make_peer=_peer)]
        engine, watcher = self._stack.enter_context(
            running_engine(
                adapters=adapters,
                credentials=Credentials(token=token),
                camera="none" if camera is None else "test",
                microphone=microphone,
                on=camera is not None or microphone != "none",
            )
        )
        self._engine = engine
        engine.watch(self._take_in)
        server, _, room = url.partition("?room=")
        engine.post(OpenLink(f"livekit+{server}" + (f"?room={room}" if room else "")))
        watcher.wait_for(lambda m: m.page is Page.PREJOIN or m.link_problem is not None)
        engine.post(Join())
        found = watcher.wait_for(lambda m: m.page in (Page.ROOM, Page.FAILED), _JOIN_S)
        if found.page is not Page.ROOM:
            raise RuntimeError(f"not joined: {found.problem}")

    async def told(self) -> dict[str, Any]:
        """See `Client.told`."""
        tiles = {}
        for key, rows in self._tiles.items():
            tiles[key], rows[:] = list(rows), []
        return {"tiles": tiles, "heard": self._heard()}

    async def leave(self) -> None:
        """Leave."""
        if self._engine is not None:
            self._engine.post(Leave())
            await asyncio.sleep(0.3)
        await asyncio.to_thread(self._stack.close)

    def _heard(self) -> dict[str, Any]:
        assert self._engine is not None
        kit = self._engine._kit  # noqa: SLF001 - the voice's own counts, as the report has them at the end
        assert kit is not None
        counts = [kit.sound.statistics(voice) for voice in self._voices]
        silent_ms, onsets_ms = HeardMixer.ear.asked()
        return {
            "played_ms": sum(c.played_ms for c in counts),
            "concealed_ms": sum(c.concealed_ms for c in counts),
            "silent_ms": silent_ms,
            "delay_ms": max((c.playout_delay_ms for c in counts), default=None),
            "onsets_ms": onsets_ms,
        }

    def _take_in(self, meeting: Meeting) -> None:
        """A sink for each camera, as soon as it is there."""
        assert self._engine is not None
        for person in meeting.participants[1:]:
            camera, voice = person.publication(Source.CAMERA), person.publication(Source.MICROPHONE)
            if camera is not None and camera.id not in self._attached:
                self._attached.add(camera.id)
                self._engine.attach(camera.id, NotingSink(self._tiles[person.id], self._size))
            if voice is not None:
                self._voices.add(voice.id)

    def _tone(self, hz: float) -> Path:
        """A second of a tone as a file, which is looped as a microphone."""
        path = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))) / "tone.wav"
        samples = (warble(hz) * 8_000).astype("<i2")
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(48_000)
            file.writeframes(samples.tobytes())
        return path


def _peer(options: PeerOptions, listener: PeerListener) -> PeerConnection:
    """The server is elsewhere although its signalling is on loopback: media leaves from whichever address there is."""
    return PeerConnection(replace(options, host_addresses=None), listener)


class Loop:
    """A scene made once: the other clients, too, send pictures they have."""

    def __init__(self, camera: Camera) -> None:
        shape = (camera.height_px * 3 // 2, camera.width_px)
        self._pictures = [flat.reshape(shape) for flat in loop_of(camera.width_px, camera.height_px)]

    def draw(self, number: int, capture_ms: float) -> RawFrame:
        """See `Scene`."""
        return unstack(self._pictures[number % len(self._pictures)].copy(), capture_ms)


def set_camera(camera: Camera) -> None:
    """Make the program's camera one of this size and rate, with a ready picture; its own is 720p."""
    loop = Loop(camera)
    testpicture.scene_for = lambda variant, size: loop  # noqa: ARG005
    encoding = EncodeSettings(camera.width_px, camera.height_px, camera.fps, camera.bitrate_bps)
    qualities.QUALITIES[PictureQuality.HD] = encoding


def main() -> None:
    """Serve until the input ends."""
    pump.Mixer = HeardMixer  # type: ignore[attr-defined]
    ours = Ours()
    asyncio.run(serve({"join": ours.join, "beat": ours.beat, "told": ours.told, "leave": ours.leave}))


if __name__ == "__main__":
    main()
