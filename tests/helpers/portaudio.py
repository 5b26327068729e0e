"""A stand-in for the sounddevice module with devices of the test's choice: this machine may have none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from visio_desktop.media.samples import Pcm


class FakePortAudioError(Exception):
    """As sounddevice's."""


class FakeStream:
    """An input or output stream whose callback the test calls."""

    latency = 0.04

    def __init__(self, owner: FakeSounddevice, **settings: Any) -> None:
        self.settings = settings
        self.running = False
        self.closed = False
        if settings["samplerate"] not in owner.rates_hz or settings["channels"] not in owner.channels:
            raise owner.PortAudioError("Invalid sample rate")
        owner.streams.append(self)

    def start(self) -> None:
        self.running = True

    def close(self, ignore_errors: bool = True) -> None:
        self.closed = ignore_errors

    def feed(self, pcm: Pcm) -> None:
        """Call an input callback with interleaved samples."""
        callback: Callable[..., None] = self.settings["callback"]
        callback(pcm.tobytes(), len(pcm) // self.settings["channels"], None, None)

    def drain(self) -> Pcm:
        """Call an output callback once and return what it wrote, frames by channels."""
        frames, channels = self.settings["blocksize"], self.settings["channels"]
        buffer = bytearray(frames * channels * 2)
        callback: Callable[..., None] = self.settings["callback"]
        callback(buffer, frames, None, None)
        return np.frombuffer(buffer, dtype=np.int16).reshape(frames, channels)


class FakeSounddevice:
    """Two microphones of the same name and one speaker, on ALSA; `rates_hz` and `channels` are what opens."""

    PortAudioError = FakePortAudioError

    def __init__(self, rates_hz: tuple[int, ...] = (48_000,), channels: tuple[int, ...] = (1, 2)) -> None:
        self.rates_hz = rates_hz
        self.channels = channels
        self.streams: list[FakeStream] = []
        self.rows: list[dict[str, Any]] = [_row(0, "Mic", 2, 0), _row(1, "Mic", 1, 0), _row(2, "Speaker", 0, 2)]
        self.plugged_in = list(self.rows)
        self.apis: list[dict[str, Any]] = [{"name": "ALSA", "devices": [0, 1, 2]}]

    def _terminate(self) -> None:
        self.rows.clear()

    def _initialize(self) -> None:
        self.rows.extend(self.plugged_in)

    def query_devices(self, kind: str | None = None) -> Any:
        if kind is None:
            return self.rows
        fitting = [row for row in self.rows if row[f"max_{kind}_channels"]]
        if not fitting:
            raise self.PortAudioError("Error querying device -1")
        return fitting[-1]

    def query_hostapis(self) -> Any:
        return self.apis

    def RawInputStream(self, **settings: Any) -> FakeStream:  # noqa: N802 - as sounddevice's
        return FakeStream(self, **settings)

    def RawOutputStream(self, **settings: Any) -> FakeStream:  # noqa: N802 - as sounddevice's
        return FakeStream(self, **settings)


def _row(index: int, name: str, inputs: int, outputs: int) -> dict[str, Any]:
    return {
        "index": index,
        "name": name,
        "hostapi": 0,
        "max_input_channels": inputs,
        "max_output_channels": outputs,
        "default_samplerate": 44_100.0,
    }
