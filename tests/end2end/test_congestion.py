"""Our uplink is cut to 500 kbit/s and given back: pictures go on small, then large again; LiveKit's SDK watches.

Whether a voice is heard through such a cut is told elsewhere: where time is simulated
(`tests/unit/rtc/congestion/test_governor.py`), and by `./dev bench events`. Here every pause of a busy machine is
heard as well, and no limit would tell one from the other.

And what a server gets that estimates our downlink by itself.
"""

from __future__ import annotations

import socket

from tests.end2end.test_loss import our_client
from tests.helpers.clock_media import until
from tests.helpers.link import Link
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer, NativeState
from tests.helpers.needs import free_port
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.values import MeetingLink
from visio_desktop.rtc import PeerConnection, PeerListener, PeerOptions
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials, JoinRequest
from visio_desktop.system.clock import monotonic_ms

ROOM = "poor"
LARGE_PX = 720
FREEZE_MS = 2_500  # mostly it is less than half a second
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


async def test_a_server_that_estimates_by_itself_is_told_of_every_packet() -> None:
    """LiveKit does, where its configuration says so: then it asks for transport-wide feedback instead of estimates."""
    peers: list[PeerConnection] = []

    def make_peer(options: PeerOptions, listener: PeerListener) -> PeerConnection:
        peers.append(PeerConnection(options, listener))
        return peers[-1]

    media = {
        "udp_port": free_port(socket.SOCK_DGRAM),
        "node_ip": "127.0.0.1",
        "use_external_ip": False,
        "enable_loopback_candidate": True,
        "congestion_control": {"enabled": True, "use_send_side_bwe": True},
    }
    with LiveKitServer(config={"rtc": media}) as server:
        credentials = Credentials(api_key=server.key, api_secret=server.secret)
        adapter, ear = LiveKitAdapter(make_peer=make_peer), SessionEar()
        link = adapter.recognise(server.link(ROOM))
        assert isinstance(link, MeetingLink)
        async with NativePeer() as native:
            await native.join(server.url, server.token(ROOM, "bob", name="Bob"))
            await native.publish_video(fps=15)
            session = await adapter.join(JoinRequest(link, "Ada", credentials), ear)
            try:
                await until(lambda: any(stream.is_video for stream in ear.streams.values()), "a picture")
                reports = [peer._reports for peer in peers]
                await until(lambda: any(each._arrivals._number > 10 for each in reports), "feedback, ten times")
                assert all(each._estimator._first_ms is None for each in reports), "and no estimate besides"
                (picture,) = [stream for stream in ear.streams.values() if stream.is_video]
                await until(lambda: picture.statistics().packets_received > 50, "pictures")
            finally:
                await session.leave()
