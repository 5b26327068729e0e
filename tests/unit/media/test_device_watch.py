from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.portaudio import FakeSounddevice
from visio_desktop.media import device_watch, pulse_server
from visio_desktop.media.device_watch import cameras_there, watch
from visio_desktop.system.clock import monotonic_ms


class Server:
    """A sound server that tells of changes when the test wants."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[], None]] = []

    def on_change(self, listener: Callable[[], None]) -> None:
        self.listeners.append(listener)


async def told(changed: asyncio.Event) -> None:
    await asyncio.wait_for(changed.wait(), 20)
    changed.clear()


async def looked(seen: dict[str, object]) -> None:
    before = seen["looks"]
    async with asyncio.timeout(20):
        while seen["looks"] is before:
            await asyncio.sleep(0)


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """No sound server; what is looked at changes by hand."""
    seen: dict[str, object] = {"server": None, "cameras": (), "looks": None}
    monkeypatch.setattr(pulse_server, "shared", lambda _clock: seen["server"])

    def look(**_: bool) -> object:
        seen["looks"] = object()
        return seen["cameras"]

    monkeypatch.setattr(device_watch, "_look", look)
    return seen


async def test_what_is_looked_at_tells_of_changes_only(nothing: dict[str, object]) -> None:
    changed = asyncio.Event()
    task = asyncio.get_running_loop().create_task(watch(changed.set, monotonic_ms, every_s=0))
    nothing["server"] = server = Server()
    while not server.listeners:
        await asyncio.sleep(0)
    await looked(nothing)
    await looked(nothing)
    assert not changed.is_set()
    nothing["cameras"] = ("video0",)
    await told(changed)
    server.listeners[0]()
    await told(changed)
    nothing["server"] = Server()
    await told(changed)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_cameras_are_told_apart_by_number_and_name(tmp_path: Path) -> None:
    for number, name in ((1, b"Webcam\n"), (0, b"Inside\n"), (2, b"\xff\xfe")):
        (tmp_path / f"video{number}").mkdir()
        (tmp_path / f"video{number}" / "name").write_bytes(name)
    (tmp_path / "video3").mkdir()
    assert cameras_there(tmp_path) == (("video0", "Inside"), ("video1", "Webcam"))
    assert cameras_there(tmp_path / "nowhere") == ()


def test_without_a_sound_server_portaudio_is_looked_at(sounddevice: FakeSounddevice) -> None:
    before = device_watch._look(has_server=False)
    assert device_watch._look(has_server=False) == before
    sounddevice.plugged_in.pop()
    assert device_watch._look(has_server=False) != before
