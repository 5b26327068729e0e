"""A PulseAudio server of the test's own, with a speaker that plays into nothing and a microphone that hears a sink."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.helpers.needs import need_program
from visio_desktop.media import capturing, pump, sound
from visio_desktop.media import pulse_server as pulse_server_module

_DEVICES = """
load-module module-native-protocol-unix socket={socket}
load-module module-null-sink sink_name=speaker rate=48000 channels=2
load-module module-null-sink sink_name=feed rate=48000 channels=1
load-module module-remap-source source_name=mic master=feed.monitor
set-default-sink speaker
set-default-source mic
"""
_FOLDERS = ("HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH", "PULSE_STATE_PATH")
_WHERE = ("PULSE_SERVER", *_FOLDERS)
_FOR_EVER_MS = 60_000.0
_RAW = ("--raw", "--rate=48000", "--channels=1", "--format=s16le")


class Pulse:
    """The environment programs need to find the server, and the programs that play and record."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "native"
        # A small environment of its own: nothing of the person's session may be used.
        home = dict.fromkeys(_FOLDERS, str(folder))
        self.environment = {**os.environ, **home, "PULSE_SERVER": f"unix:{self.socket}"}
        self._programs: list[subprocess.Popen[bytes]] = []

    def become_ours(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What this process plays and records goes to this server, until the end of the test."""
        for name in _WHERE:
            monkeypatch.setenv(name, self.environment[name])

    @staticmethod
    def has_patience(monkeypatch: pytest.MonkeyPatch) -> None:
        """Devices may stall and answer as late as they like, on a machine that may be busy: nothing is late."""
        monkeypatch.setattr(pump, "_STALLED_MS", _FOR_EVER_MS)
        monkeypatch.setattr(capturing, "_SILENT_DEVICE_MS", _FOR_EVER_MS)
        monkeypatch.setattr(sound, "OPEN_TIMEOUT_S", _FOR_EVER_MS / 1000)
        monkeypatch.setattr(pulse_server_module, "_ANSWER_S", _FOR_EVER_MS / 1000)
        monkeypatch.setattr(pulse_server_module, "_CONNECTED_MS", _FOR_EVER_MS)

    def start(self, *command: str, output: Path | None = None) -> None:
        """Run a program until the end of the test."""
        with (output or Path(os.devnull)).open("wb") as file:
            self._programs.append(
                subprocess.Popen(command, env=self.environment, stdout=file, stderr=subprocess.DEVNULL)
            )

    def play(self, samples: Path, sink: str) -> None:
        """Play raw samples, 16 bit mono at 48 kHz."""
        self.start("pacat", *_RAW, "-d", sink, str(samples))

    @contextmanager
    def playing(self, samples: Path, sink: str) -> Iterator[int]:
        """Play as `play` does, but only for so long; gives the player's process id."""
        program = subprocess.Popen(("pacat", *_RAW, "-d", sink, str(samples)), env=self.environment)
        try:
            yield program.pid
        finally:
            program.kill()
            program.wait(5)

    def play_stereo(self, samples: Path, sink: str) -> None:
        """Play raw samples, 16 bit at 48 kHz, left and right in turn."""
        self.start("pacat", "--raw", "--rate=48000", "--channels=2", "--format=s16le", "-d", sink, str(samples))

    def record(self, source: str, samples: Path) -> None:
        """Record raw samples until the end of the test."""
        self.start("parec", *_RAW, "-d", source, output=samples)

    def control(self, *command: str) -> str:
        """Tell the server something; gives its answer."""
        done = subprocess.run(("pactl", *command), env=self.environment, capture_output=True, timeout=20, check=True)
        return done.stdout.decode().strip()

    def stop(self) -> None:
        """End every program, the server last."""
        for program in reversed(self._programs):
            program.terminate()
            program.wait(5)
        self._programs.clear()


@contextmanager
def pulse_server(folder: Path) -> Iterator[Pulse]:
    """Run a server in `folder`."""
    for name in ("pulseaudio", "pacat", "parec", "pactl"):
        need_program(name)
    folder.chmod(0o700)
    pulse = Pulse(folder)
    script = folder / "devices.pa"
    script.write_text(_DEVICES.format(socket=pulse.socket))
    try:
        pulse.start("pulseaudio", "-n", "-F", str(script), "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no")
        for _ in range(100):
            if pulse.socket.exists():
                break
            time.sleep(0.05)
        # Without a client that always plays, a null sink sleeps and wakes for seconds.
        pulse.start("pacat", "--raw", "-d", "speaker", "/dev/zero")
        yield pulse
    finally:
        pulse.stop()


class Headset:
    """Something with a loudspeaker and a microphone that is plugged into a server and pulled out again."""

    def __init__(self, pulse: Pulse, name: str) -> None:
        self.name = name
        self._pulse = pulse
        self._modules: list[str] = []
        self._lists = (f"Sound/{name}-mic", f"Sound/{name}-out")

    @property
    def microphone(self) -> str:
        """The key of its microphone."""
        return self._lists[0]

    @property
    def speaker(self) -> str:
        """The key of its loudspeaker."""
        return self._lists[1]

    @property
    def is_there(self) -> bool:
        return bool(self._modules)

    def plug(self) -> None:
        """Both devices come, one after the other."""
        sink = ("sink_name=" + self.name + "-out", f"sink_properties=device.description={self.name}")
        source = (f"source_name={self.name}-mic", f"source_properties=device.description={self.name}")
        self._modules.append(self._pulse.control("load-module", "module-null-sink", *sink))
        self._modules.append(self._pulse.control("load-module", "module-remap-source", "master=feed.monitor", *source))

    def unplug(self) -> None:
        """Both go."""
        for module in reversed(self._modules):
            self._pulse.control("unload-module", module)
        self._modules.clear()

    def be_default(self) -> None:
        """The system's settings choose it."""
        self._pulse.control("set-default-sink", self.name + "-out")
        self._pulse.control("set-default-source", self.name + "-mic")
