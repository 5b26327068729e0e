"""Music: what a microphone hears in stereo reaches the others in stereo, from the moment it is wished to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.engines import running_engine
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer
from tests.helpers.pulse import pulse_server
from visio_desktop.media import capturing
from visio_desktop.media import pulse_server as server_module
from visio_desktop.meeting.intents import Join, OpenLink, SetSound
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import SoundWishes
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials

LEFT_HZ, RIGHT_HZ = 1000.0, 700.0
SECONDS = 120
WAIT_S = 60.0


def _played() -> bytes:
    at = np.arange(48_000 * SECONDS) / 48_000
    both = np.stack([np.sin(2 * np.pi * hz * at) * 8_000 for hz in (LEFT_HZ, RIGHT_HZ)], axis=1)
    return both.astype(np.int16).tobytes()


def _near(tones: list[float], hz: float) -> bool:
    return any(abs(tone - hz) < 12 for tone in tones)


def _apart(left: list[float], right: list[float]) -> bool:
    sides = ((left, LEFT_HZ, RIGHT_HZ), (right, RIGHT_HZ, LEFT_HZ))
    return all(_near(side, own) and not _near(side, other) for side, own, other in sides)


def _mixed(left: list[float], _right: list[float]) -> bool:
    return _near(left, LEFT_HZ) and _near(left, RIGHT_HZ)


async def test_original_sound_reaches_the_others_left_and_right_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capturing, "_SILENT_DEVICE_MS", 60_000.0)  # a null sink may stall
    music = tmp_path / "music.raw"
    music.write_bytes(_played())
    credentials = Credentials(api_key=LiveKitServer.key, api_secret=LiveKitServer.secret)
    with LiveKitServer() as server, pulse_server(tmp_path) as pulse:
        for name in ("PULSE_SERVER", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH", "XDG_RUNTIME_DIR", "HOME"):
            monkeypatch.setenv(name, pulse.environment[name])
        pulse.control("load-module", "module-null-sink", "sink_name=stage", "rate=48000", "channels=2")
        pulse.control("load-module", "module-remap-source", "source_name=pair", "master=stage.monitor")
        pulse.play_stereo(music, "stage")
        async with NativePeer() as native:
            await native.join(server.url, server.token("music", "bob", name="Bob"))
            with running_engine(
                adapters=[LiveKitAdapter()], credentials=credentials, camera="none", microphone="Sound/pair"
            ) as (engine, watcher):
                engine.post(OpenLink(server.link("music")))
                await asyncio.to_thread(watcher.wait_for, lambda m: m.page is Page.PREJOIN, WAIT_S)
                engine.post(SetSound(SoundWishes(echo=False, noise=False)))
                engine.post(Join())
                here = await asyncio.to_thread(watcher.wait_for, lambda m: m.page is Page.ROOM, WAIT_S)
                assert here.me is not None
                me = here.me.id
                await native.until(lambda s: _mixed(*s.tones(me, "microphone")), timeout_s=WAIT_S)
                engine.post(SetSound(SoundWishes(original=True)))
                await native.until(lambda s: _apart(*s.tones(me, "microphone")), timeout_s=WAIT_S)
                engine.post(SetSound(SoundWishes(echo=False, noise=False)))
                await native.until(lambda s: _mixed(*s.tones(me, "microphone")), timeout_s=WAIT_S)
    server_module.leave()
