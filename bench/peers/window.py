"""The whole program with its window, as a client of the benchmarks: `python -m bench.peers.window`, on a display.

The program runs as from the command line; only its tiles' mailboxes also note which picture was painted when, and its
mixer is listened to. It joins once; leaving ends it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from bench.codes import read_cropped
from bench.peers.ours import HeardMixer, set_camera
from bench.peers.port import Camera
from bench.peers.windowed import EVERYWHERE
from visio_desktop.__main__ import main as run_program
from visio_desktop.media import pump, sound
from visio_desktop.media.voice import Voice
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.system.clock import epoch_ms
from visio_desktop.ui.widgets import video_tile
from visio_desktop.ui.widgets.video_surface import FrameMailbox

_painted: defaultdict[str, list[tuple[float, int | None, int]]] = defaultdict(list)
_numbers = count()
_voices: list[Voice] = []


class NotingMailbox(FrameMailbox):
    """A tile's mailbox that notes what was painted."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._key = f"tile {next(_numbers)}"

    def painted(self) -> None:
        """See `FrameMailbox.painted`."""
        now_ms, picture = epoch_ms(), self.latest()
        if picture is not None:
            pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height_px, picture.width_px, 4)
            code = read_cropped(pixels[:, :, 1], picture.source_width_px, picture.source_height_px)
            _painted[self._key].append((now_ms, code, picture.source_height_px))
        super().painted()


class NotedVoice(Voice):
    """A voice whose counts are asked for."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        _voices.append(self)


def _heard() -> dict[str, Any]:
    silent_ms, onsets_ms = HeardMixer.ear.asked()
    counts = [voice.statistics() for voice in _voices]
    return {
        "played_ms": sum(c.played_ms for c in counts),
        "concealed_ms": sum(c.concealed_ms for c in counts),
        "silent_ms": silent_ms,
        "delay_ms": counts[-1].playout_delay_ms if counts else None,
        "onsets_ms": onsets_ms,
    }


def _answer(line: str) -> None:
    """One command of the bench."""
    match json.loads(line)["do"]:
        case "told":
            tiles = {key: [rows.pop(0) for _ in range(len(rows))] for key, rows in _painted.items()}
            _say({"tiles": tiles, "heard": _heard()})
        case _:
            _say({})
            os.kill(os.getpid(), signal.SIGTERM)


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _listen() -> None:
    for line in sys.stdin:
        _answer(line)
    os.kill(os.getpid(), signal.SIGTERM)


def _words(asked: Mapping[str, Any], folder: Path) -> list[str]:
    """The command line that joins."""
    (folder / "token").write_text(asked["token"], encoding="ascii")
    words = ["join", f"livekit+{asked['url']}", "--name", "viewer", "--no-prejoin", "--speaker", "null"]
    words += ["--token-file", str(folder / "token")]
    words += ["--camera", "test" if asked["camera"] else "none"]
    return [*words, "--microphone", "test" if asked["tone_hz"] else "none"]


def main() -> int:
    """Wait for the command to join, then be the program."""
    pump.Mixer = HeardMixer  # type: ignore[attr-defined]
    video_tile.FrameMailbox = NotingMailbox  # type: ignore[attr-defined]
    sound.Voice = NotedVoice  # type: ignore[attr-defined]
    if os.environ.get(EVERYWHERE):
        LiveKitAdapter._hosts = lambda self, address: None  # type: ignore[method-assign] # noqa: ARG005, SLF001
    asked = json.loads(sys.stdin.readline())
    if asked["camera"]:
        set_camera(Camera(**asked["camera"]))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        sys.argv[1:] = _words(asked, Path(folder))
        _say({})
        threading.Thread(target=_listen, daemon=True).start()
        return run_program()


if __name__ == "__main__":
    sys.exit(main())
