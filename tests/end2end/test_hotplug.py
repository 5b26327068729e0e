"""Headsets that are plugged in and pulled out in the middle of a meeting, on a sound server of the test's own."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers.engines import running_engine
from tests.helpers.pulse import Headset, Pulse, pulse_server
from tests.helpers.watching import Watcher
from visio_desktop.engine.engine import Engine
from visio_desktop.media import pulse_server as server_module
from visio_desktop.meeting import hotplug
from visio_desktop.meeting.intents import Join, OpenLink, UseDevices
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.clock import monotonic_ms

MIC, SPEAKER = DeviceKind.MICROPHONE, DeviceKind.SPEAKER
EVENTS = 12
_WAIT_S = 60.0


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    """A server whose null sinks may stall for as long as they like."""
    with pulse_server(tmp_path) as server:
        server.has_patience(monkeypatch)
        server.become_ours(monkeypatch)
        yield server
        server_module.leave()


def joined(engine: Engine, watcher: Watcher) -> None:
    engine.post(OpenLink("practice:"))
    _wait(watcher, lambda m: m.page is Page.PREJOIN)
    engine.post(Join())
    _wait(watcher, lambda m: m.page is Page.ROOM and bool(m.speaker.opened_name and m.microphone.opened_name))
    engine.list_devices()
    _wait(watcher, lambda m: bool(m.devices))


def _wait(watcher: Watcher, condition: Callable[[Meeting], bool]) -> Meeting:
    return watcher.wait_for(condition, _WAIT_S)


def uses(meeting: Meeting, name: str) -> bool:
    """Both halves: the default's names are the server's own."""
    opened = (meeting.microphone.opened_name, meeting.speaker.opened_name)
    return opened == ((name, name) if name else ("Remapped Monitor of Null Output", "Null Output"))


def test_a_headset_is_offered_used_lost_and_found_again(pulse: Pulse) -> None:
    headset, other = Headset(pulse, "Jabra"), Headset(pulse, "Poly")
    with running_engine(camera="none", microphone="default", speaker="default") as (engine, watcher):
        joined(engine, watcher)
        headset.plug()
        found = _wait(watcher, lambda m: len([o for t in m.toasts for o in hotplug.offered(t)]) == 2)
        offers = tuple(pair for toast in found.toasts for pair in hotplug.offered(toast))
        assert set(offers) == {(SPEAKER, headset.speaker), (MIC, headset.microphone)}
        engine.post(UseDevices(offers))
        _wait(watcher, lambda m: uses(m, "Jabra"))
        headset.unplug()
        alone = _wait(watcher, lambda m: uses(m, ""))
        assert alone.microphone_on
        assert alone.microphone.standing_in
        assert "device_gone" in [toast.key for toast in alone.toasts]
        other.plug()
        other.be_default()
        _wait(watcher, lambda m: uses(m, "Poly"))
        headset.plug()
        back = _wait(watcher, lambda m: uses(m, "Jabra"))
        assert not back.microphone.standing_in
        assert server_module.shared(monotonic_ms).streams == 2  # type: ignore[union-attr] # there is one


def test_after_many_comings_and_goings_the_right_device_is_used_and_nothing_is_left_over(pulse: Pulse) -> None:
    chance, headsets = random.Random(7), [Headset(pulse, name) for name in ("Jabra", "Poly")]
    with running_engine(camera="none", microphone=headsets[0].microphone, speaker=headsets[0].speaker, on=False) as (
        engine,
        watcher,
    ):
        headsets[0].plug()
        joined_listening(engine, watcher)
        for _ in range(EVENTS):
            headset = chance.choice(headsets)
            (headset.unplug if headset.is_there else headset.plug)()
            threading.Event().wait(chance.uniform(0, 0.5))
        if not headsets[0].is_there:
            headsets[0].plug()
        _wait(watcher, lambda m: m.speaker.opened_name == "Jabra" and not m.speaker.standing_in)
        headsets[0].unplug()
        _wait(watcher, lambda m: m.speaker.standing_in and bool(m.speaker.opened_name))
        assert watcher.meeting.page is Page.ROOM
        assert server_module.shared(monotonic_ms).streams == 1  # type: ignore[union-attr] # there is one
        names = [thread.name for thread in threading.enumerate()]
        assert (names.count("sound server"), names.count("sound")) == (1, 1)


def joined_listening(engine: Engine, watcher: Watcher) -> None:
    engine.post(OpenLink("practice:"))
    _wait(watcher, lambda m: m.page is Page.PREJOIN)
    engine.post(Join())
    _wait(watcher, lambda m: m.page is Page.ROOM and m.speaker.opened_name == "Jabra")
    engine.list_devices()
    _wait(watcher, lambda m: bool(m.devices))
