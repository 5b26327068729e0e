"""Real PortAudio on PulseAudio's null devices. These stall at times, so content is judged, not smoothness."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from tests.helpers.pulse import Pulse, pulse_server
from tests.helpers.sound import spoken
from visio_desktop.media.opus import new_decoder
from visio_desktop.media.samples import Samples, from_pcm, level_db, to_pcm

ROOT = Path(__file__).parents[2]
SECONDS = 12


def _decoded(payloads: list[str]) -> Samples:
    decoder = new_decoder()
    parts = [decoder.decode(base64.b64decode(payload)) for payload in payloads]
    return np.concatenate([part for part in parts if part is not None])


def test_real_devices_record_and_play(tmp_path: Path) -> None:
    """The sound server's devices by its own library, and through PortAudio as where there is none, side by side."""
    speech, heard = tmp_path / "speech.raw", tmp_path / "heard.raw"
    speech.write_bytes(to_pcm(spoken(SECONDS + 8)).tobytes())
    with pulse_server(tmp_path) as pulse:
        pulse.record("speaker.monitor", heard)
        pulse.play(speech, "feed")
        children = _started(pulse, "default", "Sound/speaker"), _started(pulse, "ALSA/default", "ALSA/default")
        served, portaudio = (_report(child) for child in children)
    assert {"Sound/mic", "Sound/speaker", "ALSA/default"} <= set(served["devices"])
    assert served["opened"] == ["Null Output", "Remapped Monitor of Null Output"]
    assert portaudio["opened"] == ["default", "default"]
    for report in (served, portaudio):
        assert report["sent_muted"] == 0
        assert "muted speech" in report["told"]
        assert report["played_ms"] > SECONDS * 500
        assert level_db(_decoded(report["sent"])) > -50
    assert level_db(from_pcm(np.frombuffer(heard.read_bytes()[: -(heard.stat().st_size % 2) or None], np.int16))) > -50


def _started(pulse: Pulse, microphone: str, speaker: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.helpers.sound_device_child", str(SECONDS), microphone, speaker],
        env={**pulse.environment, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def _report(child: subprocess.Popen[bytes]) -> dict[str, Any]:
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err.decode()
    found: dict[str, Any] = json.loads(out)
    return found
