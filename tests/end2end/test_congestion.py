"""Our uplink is cut to 500 kbit/s and given back: pictures go on small, then large again; LiveKit's SDK watches."""

from __future__ import annotations

from tests.end2end.test_loss import our_client
from tests.helpers.link import Link
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer, NativeState
from visio_desktop.system.clock import monotonic_ms

ROOM = "poor"
LARGE_PX = 720
FREEZE_MS = 2_500  # on a machine that does nothing else it is about one second
BACK_S = 20
REPORT_MS = 100  # the watcher tells ten times a second


class Watch:
    """How our camera looks over there."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self.heights_px: list[int] = []
        self._frames = 0
        self._last_ms = monotonic_ms()

    def see(self, state: NativeState) -> bool:
        """Take a state in; whether the picture is large."""
        (me,) = state.people
        camera = state.publication(me, "camera")
        now_ms = monotonic_ms()
        if camera.get("frames", 0) != self._frames:
            self.longest_ms = max(self.longest_ms, now_ms - self._last_ms)
            self._frames, self._last_ms = camera["frames"], now_ms
        if camera.get("height", 0) not in (0, *self.heights_px[-1:]):
            self.heights_px.append(camera["height"])
        return bool(self.heights_px) and self.heights_px[-1] == LARGE_PX


async def test_an_uplink_that_is_cut_and_given_back() -> None:
    with Link(delay_ms=20) as link, LiveKitServer(address=link.a.address, prefix=link.a.prefix) as server:
        async with NativePeer(link.a.prefix) as native, our_client(link, server):
            await native.join(server.url, server.token(ROOM, "bob", name="Bob"))
            await native.until(lambda s: any(s.sees(who, "camera", codes=5) for who in s.people))
            watch = Watch()
            await native.until(watch.see, timeout_s=BACK_S)
            link.change(sent_by=link.b, rate_bps=500_000)
            watch.longest_ms, until_ms = 0.0, monotonic_ms() + 12_000

            def later(state: NativeState) -> bool:
                watch.see(state)
                return monotonic_ms() > until_ms

            await native.until(later, timeout_s=15)
            assert watch.longest_ms < FREEZE_MS + REPORT_MS, vars(watch)
            assert watch.heights_px[-1] < LARGE_PX, vars(watch)
            link.change(sent_by=link.b, rate_bps=0)
            await native.until(watch.see, timeout_s=BACK_S)
            assert watch.longest_ms < FREEZE_MS + REPORT_MS, vars(watch)
