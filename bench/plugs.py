"""Devices that change in the middle of a meeting, on a PulseAudio server of the benchmark's own."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import numpy as np

from bench.beat import warble
from tests.helpers.engines import running_engine
from tests.helpers.pulse import Headset, Pulse, pulse_server
from tests.helpers.sound import FakeOutbound
from tests.helpers.watching import Watcher
from visio_desktop.engine.capturing import Capturing
from visio_desktop.engine.mediakit import MediaKit
from visio_desktop.media import pulse_server as server_module
from visio_desktop.media.capture import VideoCapture
from visio_desktop.media.opus import new_decoder
from visio_desktop.media.publisher import VideoPublisher
from visio_desktop.media.samples import FRAME, Samples, level_db, to_pcm
from visio_desktop.media.sound import Sound
from visio_desktop.media.specs import Spec, parse_spec
from visio_desktop.meeting.intents import Join, OpenLink
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import DeviceKind, SoundWishes, Source
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.system.clock import monotonic_ms

_FRAME_MS = 20
_SILENT_DB = -50.0
_STEADY_FRAMES = 100
_STEADY_TRIES = 15
_AFTER_FRAMES = 50
_LONGEST_S = 60.0
_NAMES = ("PULSE_SERVER", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH", "XDG_RUNTIME_DIR", "HOME")


@dataclass(frozen=True, slots=True)
class Left:
    """What is not as it should be in the end."""

    wrong: int
    over: int


@contextmanager
def server() -> Iterator[Pulse]:
    """A sound server that this process uses."""
    before = {name: os.environ.get(name) for name in _NAMES}
    with tempfile.TemporaryDirectory() as folder, pulse_server(Path(folder)) as pulse:
        os.environ.update({name: pulse.environment[name] for name in _NAMES})
        try:
            yield pulse
        finally:
            server_module.leave()
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value


async def changes(turns: int) -> list[float]:
    """How long the others hear nothing at each change between two microphones that both hear a tone, in ms."""
    async with _humming() as (sound, outbound, pulse):
        pulse.control("load-module", "module-remap-source", "master=feed.monitor", "source_name=other")
        names = ("Sound/other", "Sound/mic")
        return await _gaps_ms(sound.open_microphone, DeviceKind.MICROPHONE, names, outbound, turns)


async def speaker_changes(turns: int) -> list[float]:
    """How long the others hear nothing at each change of loudspeakers here, in ms."""
    async with _humming() as (sound, outbound, _):
        return await _gaps_ms(sound.open_speaker, DeviceKind.SPEAKER, ("Sound/speaker", "null"), outbound, turns)


@asynccontextmanager
async def _humming() -> AsyncIterator[tuple[Sound, FakeOutbound, Pulse]]:
    """Sound that is sent, of a microphone that hears a tone; nothing is played."""
    with server() as pulse:
        steady = Path(pulse.folder) / "tone.raw"
        steady.write_bytes(to_pcm(np.tile(0.3 * warble(440.0), 600)).tobytes())
        pulse.play(steady, "feed")
        sound, outbound = Sound(asyncio.get_running_loop(), clock=monotonic_ms), FakeOutbound()
        try:
            # Noise suppression would take the tone for what it is.
            await sound.set_wishes(SoundWishes(original=True))
            await sound.open_speaker(parse_spec("null", DeviceKind.SPEAKER))
            await sound.open_microphone(parse_spec("Sound/mic", DeviceKind.MICROPHONE))
            sound.attach_outbound(outbound)
            sound.set_gate(open=True)
            yield sound, outbound, pulse
        finally:
            await sound.close()


async def _gaps_ms(
    change: Callable[[Spec], Awaitable[str]],
    kind: DeviceKind,
    names: tuple[str, str],
    outbound: FakeOutbound,
    turns: int,
) -> list[float]:
    """The longest silence after each change to one of these devices and back."""
    gaps_ms = []
    for turn in range(turns):
        await _steady(outbound)
        begun = len(outbound.sent)
        await change(parse_spec(names[turn % 2], kind))
        await _more(outbound, _AFTER_FRAMES)
        gaps_ms.append(_longest_gap_ms(outbound, begun))
    return gaps_ms


class Watched:
    """Pictures on their way to the others, and when each left."""

    codec = Codec.VP8
    layers = ()

    def __init__(self) -> None:
        self.left_ms: list[float] = []

    def send(self, frame: EncodedFrame) -> None:
        """Note one."""
        assert frame.payload
        self.left_ms.append(monotonic_ms())

    def on_feedback(self, listener: object) -> None:
        """Nothing is told."""


async def camera_changes(turns: int) -> list[float]:
    """How long the others see nothing new at each change between two cameras, in ms."""
    kit = MediaKit(asyncio.get_running_loop(), clock=monotonic_ms)
    seen, publishers = Watched(), list[VideoPublisher]()

    def use(source: Source, capture: VideoCapture | None) -> None:
        while publishers:
            publishers.pop().stop()
        if capture is not None:
            publishers.append(kit.publisher(capture, cast("Any", seen), source))
            publishers[-1].start()

    capturing = Capturing(lambda: kit, lambda _event: None, use)
    gaps_ms = []
    try:
        for turn in range(turns + 1):
            begun = max(len(seen.left_ms) - 1, 0)
            await capturing.open(DeviceKind.CAMERA, "test" if turn % 2 else "test:sharp")
            wanted = len(seen.left_ms) + _AFTER_FRAMES
            async with asyncio.timeout(_LONGEST_S):
                while len(seen.left_ms) < wanted:  # noqa: ASYNC110 - as above
                    await asyncio.sleep(_FRAME_MS / 1000)
            times = seen.left_ms[begun:]
            gaps_ms.append(max(after - before for before, after in pairwise(times)))
    finally:
        await capturing.stop()
        await kit.close()
    return gaps_ms[1:]


async def _more(outbound: FakeOutbound, frames: int) -> None:
    wanted = len(outbound.sent) + frames
    async with asyncio.timeout(_LONGEST_S):
        while len(outbound.sent) < wanted:  # noqa: ASYNC110 - the stream tells nobody of its frames
            await asyncio.sleep(_FRAME_MS / 1000)


async def _steady(outbound: FakeOutbound) -> None:
    """Until the tone has been sent for two seconds without a hole: a null sink stalls by itself at times.

    A machine busy with other things makes holes all the time. After some tries the change is made all the same: its
    own holes then count as the change's, which is no praise for anybody.
    """
    for _ in range(_STEADY_TRIES):
        begun = len(outbound.sent)
        await _more(outbound, _STEADY_FRAMES)
        if _longest_gap_ms(outbound, begun) == 0:
            return


def _longest_gap_ms(outbound: FakeOutbound, begun: int) -> float:
    """The longest time in which nothing was sent, or only silence, from this frame on."""
    decoder, times, gap, longest = new_decoder(), [frame.rtp_time for frame in outbound.sent[begun - 1 :]], 0, 0
    for frame, before in zip(outbound.sent[begun:], times, strict=False):
        heard: Samples = decoder.decode(frame.payload) if frame.payload else np.zeros(FRAME, np.float32)  # type: ignore[assignment] # our own
        gap += frame.rtp_time - before - FRAME
        gap = gap + FRAME if level_db(heard) < _SILENT_DB else gap
        longest = max(longest, gap)
        gap = gap if level_db(heard) < _SILENT_DB else 0
    return longest / FRAME * _FRAME_MS


def comings_and_goings(events: int) -> Left:
    """Two headsets are plugged in and out in any order, in a meeting that uses one of them."""
    chance = random.Random(11)  # noqa: S311 - the order of events
    with server() as pulse:
        headsets = [Headset(pulse, name) for name in ("Jabra", "Poly")]
        chosen = headsets[0]
        chosen.plug()
        devices = {"camera": "none", "microphone": chosen.microphone, "speaker": chosen.speaker}
        with running_engine(**devices) as (engine, watcher):  # type: ignore[arg-type] # they are all texts
            engine.post(OpenLink("practice:"))
            watcher.wait_for(lambda m: m.page is Page.PREJOIN)
            engine.post(Join())
            watcher.wait_for(lambda m: m.page is Page.ROOM and bool(m.speaker.opened_name))
            engine.list_devices()
            watcher.wait_for(lambda m: bool(m.devices))
            for _ in range(events):
                headset = chance.choice(headsets)
                (headset.unplug if headset.is_there else headset.plug)()
                time.sleep(chance.uniform(0, 0.4))
            wrong = 0 if _settles(watcher, "Jabra" if chosen.is_there else "") else 1
            connection = server_module.shared(monotonic_ms)
            streams = 0 if connection is None else connection.streams - 2
            names = [thread.name for thread in threading.enumerate()]
            return Left(wrong, streams + names.count("sound server") - 1 + names.count("sound") - 1)


def _settles(watcher: Watcher, name: str) -> bool:
    """Whether both halves end on the chosen headset, or on another device while that is away."""
    try:
        watcher.wait_for(
            lambda m: all(
                bool(each.opened_name) and (each.opened_name == name if name else each.standing_in)
                for each in (m.microphone, m.speaker)
            )
        )
    except AssertionError:
        return False
    return watcher.meeting.microphone_on
