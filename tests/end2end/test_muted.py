"""Nothing is heard of whom the window shows as muted: whatever happens to the connection, the devices and the person's
mind, in whatever order. Our program whole, but for its window and the network: real sound path, real session, a server
that the test speaks for."""

from __future__ import annotations

import time
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.helpers.engines import running_engine
from tests.helpers.obliging_livekit import ObligingLiveKit
from tests.helpers.watching import Watcher
from visio_desktop.engine.engine import Engine
from visio_desktop.meeting.intents import ChooseDevice, HoldToTalk, Join, OpenLink, SetSourceOn
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import DeviceKind, Source
from visio_desktop.rtc import PeerState
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.servers.port import Credentials

CREDENTIALS = Credentials(api_key="key", api_secret="a-secret-of-at-least-32-characters-")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("microphone"), st.booleans()),
        st.tuples(st.just("hold"), st.booleans()),
        st.tuples(st.just("device"), st.sampled_from(["test", "test:anna", "none"])),
        st.tuples(st.sampled_from(["cut", "refuse", "silent", "network", "dismiss", "moderator", "screen"]), st.none()),
        st.tuples(st.just("wait"), st.integers(10, 120)),
    ),
    max_size=14,
)


class Witness:
    """Watches what leaves, on the engine's loop, with the window's snapshot of that moment in mind."""

    def __init__(self) -> None:
        self.heard = 0
        self.overheard = 0
        self.watcher: Watcher | None = None

    def take(self, frame: EncodedFrame) -> None:
        if frame.codec is Codec.OPUS:
            self.heard += 1
            assert self.watcher is not None
            self.overheard += not self.watcher.meeting.microphone_on


def take_step(what: str, value: Any, engine: Engine, server: ObligingLiveKit) -> None:
    match what:
        case "microphone":
            engine.post(SetSourceOn(Source.MICROPHONE, on=value))
        case "hold":
            engine.post(HoldToTalk(held=value))
        case "screen":
            engine.post(SetSourceOn(Source.SCREEN, on=True))
        case "device":
            engine.post(ChooseDevice(DeviceKind.MICROPHONE, value))
        case "cut" | "refuse":
            server.refuses = what == "refuse"
            server.cut()
        case "silent":
            engine._thread.call(server.peers[-1].listener.on_state, PeerState.DISCONNECTED)
        case "network":
            engine._thread.call(engine._network_changed)
        case "dismiss":
            server.dismiss()
        case "moderator":
            server.mute()
        case _:
            time.sleep(value / 1e3)


# Time is real: an example cannot be made smaller by trying others.
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(STEPS, st.booleans())
def test_whom_the_window_shows_as_muted_nobody_hears(steps: list[tuple[str, Any]], on: bool) -> None:
    witness = Witness()
    with (
        ObligingLiveKit(witness.take) as server,
        running_engine(adapters=[server.adapter()], credentials=CREDENTIALS, camera="none", on=on) as (engine, watcher),
    ):
        witness.watcher = watcher
        engine.post(OpenLink(server.link))
        watcher.wait_for(lambda m: m.page is Page.PREJOIN)
        engine.post(Join())
        watcher.wait_for(lambda m: m.page is Page.ROOM)
        for what, value in steps:
            take_step(what, value, engine, server)
            time.sleep(0.01)
        server.refuses = False
        engine.post(ChooseDevice(DeviceKind.MICROPHONE, "test"))
        engine.post(HoldToTalk(held=False))
        watcher.wait_for(lambda m: not m.reconnecting and not m.restoring)
        assert witness.overheard == 0
        engine.post(SetSourceOn(Source.MICROPHONE, on=False))
        watcher.wait_for(lambda m: not m.microphone_on)
        time.sleep(0.05)
        engine.post(SetSourceOn(Source.MICROPHONE, on=True))
        heard, until = witness.heard, time.monotonic() + 10
        while witness.heard < heard + 3:
            assert time.monotonic() < until, "an open microphone is not heard"
            time.sleep(0.01)
        assert witness.overheard == 0
