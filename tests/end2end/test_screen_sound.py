"""A screen is shared with what other programs play, in stereo, and nothing of the meeting's own sound comes back."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import numpy as np

from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer
from tests.helpers.needs import need_program
from tests.helpers.pulse import pulse_server
from tests.helpers.sound import has_tone, sides_apart, two_tones
from tests.helpers.xvfb import Xvfb

ROOT = Path(__file__).parents[2]
LEFT_HZ, RIGHT_HZ, MEETING_HZ = 1000.0, 700.0, 440.0
SECONDS = 40
WAIT_S = 25.0


def _is_shared(left: list[float], right: list[float]) -> bool:
    """Each side has its own tone, neither that of the other side, and none of what we play of the meeting."""
    return sides_apart(left, right, LEFT_HZ, RIGHT_HZ) and not has_tone([*left, *right], MEETING_HZ)


def _loudest_hz(samples: Path) -> float:
    raw = np.frombuffer(samples.read_bytes()[-2 * 48_000 :], np.int16).astype(np.float64)
    return float(np.abs(np.fft.rfft(raw * np.hanning(raw.size)))[1:].argmax() + 1) * 48_000 / raw.size


async def test_what_programs_play_is_shared_and_the_meeting_is_not(tmp_path: Path) -> None:
    need_program("Xvfb")
    music, heard = tmp_path / "music.raw", tmp_path / "heard.raw"
    music.write_bytes(two_tones(SECONDS, LEFT_HZ, RIGHT_HZ))
    with LiveKitServer("1.13.5") as server, pulse_server(tmp_path) as pulse, Xvfb() as display:
        environment = {**pulse.environment, **server.environment, "DISPLAY": display.name, "PYTHONPATH": str(ROOT)}
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.helpers.share_child",
            server.link("share"),
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            async with NativePeer() as native, asyncio.timeout(90):
                await native.join(server.url, server.token("share", "bob", name="Bob"))
                await native.publish_tone(MEETING_HZ, "screen_share_audio")
                our_id, told = (await child.stdout.readline()).decode().split(" ", 1)
                assert told == "shared\n"
                pulse.record("speaker.monitor", heard)
                await asyncio.sleep(2)
                assert abs(_loudest_hz(heard) - MEETING_HZ) < 12, "the sound of another's screen is played"
                pulse.play_stereo(music, "speaker")
                await native.until(lambda s: _is_shared(*s.tones(our_id, "screen_share_audio")), timeout_s=WAIT_S)
                child.stdin.write(b"stop\n")
                await native.until(lambda s: not s.publication(our_id, "screen_share_audio"), timeout_s=WAIT_S)
        finally:
            child.stdin.close()
            await asyncio.wait_for(child.wait(), 20)
        assert child.returncode == 0
