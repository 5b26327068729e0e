"""Music: what a microphone hears in stereo reaches the others in stereo, from the moment it is wished to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.helpers.engines import running_engine
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer
from tests.helpers.pulse import pulse_server
from tests.helpers.sound import has_tone, sides_apart, two_tones
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


def _apart(left: list[float], right: list[float]) -> bool:
    return sides_apart(left, right, LEFT_HZ, RIGHT_HZ)


def _mixed(left: list[float], _right: list[float]) -> bool:
    return has_tone(left, LEFT_HZ) and has_tone(left, RIGHT_HZ)


async def test_original_sound_reaches_the_others_left_and_right_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capturing, "_SILENT_DEVICE_MS", 60_000.0)  # a null sink may stall
    music = tmp_path / "music.raw"
    music.write_bytes(two_tones(SECONDS, LEFT_HZ, RIGHT_HZ))
    credentials = Credentials(api_key=LiveKitServer.key, api_secret=LiveKitServer.secret)
    with LiveKitServer() as server, pulse_server(tmp_path) as pulse:
        pulse.become_ours(monkeypatch)
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
