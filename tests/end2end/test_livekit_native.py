"""Our LiveKit adapter and LiveKit's native SDK in one room of a real server: pictures and tones at both ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.helpers.clock_media import ClockCamera, ClockViewer, ToneListener, ToneMicrophone, all_see, until
from tests.helpers.livekit_server import VERSIONS, LiveKitServer
from tests.helpers.native_peer import NativePeer
from tests.helpers.session_ear import SessionEar
from tests.helpers.sessions import Sessions, stream_of
from visio_desktop.meeting.events import DataReceived
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.livekit.session import LiveKitSession
from visio_desktop.servers.port import PublishRequest, Session, Wanted
from visio_desktop.system.tasks import Tasks

ROOM = "tea"
CAMERA = PublishRequest(Source.CAMERA, (Codec.VP8,), width_px=320, height_px=180, fps=15, bitrate_bps=600_000)
MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))


@pytest.fixture(scope="module", params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[LiveKitServer]:
    with LiveKitServer(request.param) as running:
        yield running


async def view(ear: SessionEar, name: str, source: Source = Source.CAMERA) -> ClockViewer:
    return ClockViewer(await stream_of(ear, name, source))


async def test_pictures_and_tones_both_ways(server: LiveKitServer, sessions: Sessions, tasks: Tasks) -> None:
    ear = SessionEar()
    session = await sessions.join(server.link("both"), ear)
    ClockCamera(await session.publish(CAMERA), tasks)
    ToneMicrophone(await session.publish(MICROPHONE), tasks, hz=440)
    me = ear.me.id
    async with NativePeer() as native:
        await native.join(server.url, server.token("both", "bob", name="Bob"))
        await native.publish_video()
        await native.publish_tone(660)
        viewer = await view(ear, "Bob")
        listener = ToneListener(await stream_of(ear, "Bob", Source.MICROPHONE))
        await native.until(lambda s: s.sees(me, "camera", codes=30) and s.hears(me, 440))
        await until(lambda: len(viewer.codes) >= 30, "30 pictures")
        await until(lambda: abs(listener.hz - 660) < 12, f"a tone of 660 Hz, not {listener.hz}")
        assert viewer.size == (640, 360)
        assert 0 <= viewer.age_ms < 1_000
        assert viewer.errors == 0
        assert 0 <= native.state.publication(me, "camera")["age_ms"] < 1_000


async def test_one_connection_for_all_does_not_grow(server: LiveKitServer, sessions: Sessions) -> None:
    ear = SessionEar()
    async with NativePeer() as native:
        for number in range(3):
            await native.join(server.url, server.token("grow", "bob", name="Bob"))
            await native.publish_video(width=320, height=180)
            await native.publish_tone(660)
            if number == 0:
                session = await sessions.join(server.link("grow"), ear)
            viewer = await view(ear, "Bob")
            await stream_of(ear, "Bob", Source.MICROPHONE)
            await until(lambda viewer=viewer: len(viewer.codes) > 3, "pictures")  # type: ignore[misc]
            await native.leave()
            await until(lambda: ear.others == [], "gone")
    assert isinstance(session, LiveKitSession)
    assert (session._subscriber is None) == (server.version == VERSIONS[0])
    offer, _ = session._sending().agreed()
    assert offer is not None
    # One of each kind is enough; where the server had just made up its mind about the first, there may be one more.
    assert all(offer.sdp.count(f"m={kind}") <= 2 for kind in ("audio", "video"))


@pytest.mark.parametrize(
    ("codec", "scalability"), [("VP8", ""), ("VP9", ""), ("VP9", "L3T1"), ("H264", ""), ("AV1", "")]
)
async def test_every_codec_is_received(server: LiveKitServer, sessions: Sessions, codec: str, scalability: str) -> None:
    ear = SessionEar()
    room = f"codec-{codec}-{scalability}"
    await sessions.join(server.link(room), ear)
    async with NativePeer() as native:
        await native.join(server.url, server.token(room, "bob", name="Bob"))
        await native.publish_video(codec=codec, scalability=scalability, width=960, height=540)
        viewer = await view(ear, "Bob")
        await until(lambda: len(viewer.codes) >= 20 and viewer.size == (960, 540), f"20 {codec} pictures in full size")
        assert viewer.codec is Codec[codec]
        assert viewer.errors == 0


async def test_three_come_and_go_again_and_again(server: LiveKitServer, sessions: Sessions, tasks: Tasks) -> None:
    ear = SessionEar()
    session = await sessions.join(server.link("churn"), ear)
    ClockCamera(await session.publish(CAMERA), tasks)
    me = ear.me.id
    async with NativePeer() as first, NativePeer() as second, NativePeer() as third:
        natives = {"A": first, "B": second, "C": third}
        for _ in range(3):
            for name, native in natives.items():
                await native.join(server.url, server.token("churn", name))
                await native.publish_video(width=320, height=180)
            viewers = [await view(ear, name) for name in natives]
            await until(all_see(viewers, 5), "pictures of all three")
            for native in natives.values():
                await native.until(lambda s: s.sees(me, "camera", codes=5))
            for native in natives.values():
                await native.leave()
            await until(lambda: ear.others == [], "everybody gone")
        assert not ear.streams


@pytest.fixture
async def session(server: LiveKitServer, sessions: Sessions, ear: SessionEar) -> Session:
    return await sessions.join(server.link("two"), ear)


@pytest.fixture
def ear() -> SessionEar:
    return SessionEar()


@pytest.fixture
async def native(server: LiveKitServer, session: Session) -> AsyncIterator[NativePeer]:
    async with NativePeer() as peer:
        await peer.join(server.url, server.token("two", "bob", name="Bob", canUpdateOwnMetadata=True))
        yield peer


async def test_muting_and_publishing_again(session: Session, ear: SessionEar, native: NativePeer, tasks: Tasks) -> None:
    camera = ClockCamera(await session.publish(CAMERA), tasks)
    me = ear.me.id
    await native.until(lambda s: s.sees(me, "camera"))
    await session.set_muted(Source.CAMERA, muted=True)
    await native.until(lambda s: s.publication(me, "camera").get("muted") is True)
    await session.set_muted(Source.CAMERA, muted=False)
    await native.until(lambda s: s.publication(me, "camera").get("muted") is False)
    camera.task.cancel()
    await session.unpublish(Source.CAMERA)
    await native.until(lambda s: not s.publication(me, "camera"))
    again = ClockCamera(await session.publish(CAMERA), tasks)
    await native.until(lambda s: s.sees(me, "camera", codes=5))
    assert again.key_frames >= 1


async def test_screens_settings_and_their_mutes(session: Session, ear: SessionEar, native: NativePeer) -> None:
    await native.publish_video()
    await native.publish_video("screen_share", width=800, height=600)
    viewers = [await view(ear, "Bob"), await view(ear, "Bob", Source.SCREEN)]
    await until(all_see(viewers, 5), "camera and screen")
    assert [v.size for v in viewers] == [(640, 360), (800, 600)]
    picture = ear.publication("Bob", Source.CAMERA)
    assert picture is not None
    await session.set_wanted(picture.id, Wanted(enabled=False))
    await session.set_wanted(picture.id, Wanted())
    await until(all_see(viewers[:1], len(viewers[0].codes) + 5), "the camera again")
    await native.set_muted("camera", True)
    await until(lambda: bool((p := ear.publication("Bob", Source.CAMERA)) and p.muted), "Bob's camera muted")
    await native.set_muted("camera", False)
    await until(lambda: bool((p := ear.publication("Bob", Source.CAMERA)) and not p.muted), "and open")
    await native.unpublish("screen_share")
    await until(lambda: ear.publication("Bob", Source.SCREEN) is None, "the screen gone")


async def test_chat_data_and_hands(session: Session, ear: SessionEar, native: NativePeer) -> None:
    me = ear.me.id
    await native.chat("probe")
    await session.send_chat("m1", "tea? " * 5_000)
    await native.until(lambda s: (me, "tea? " * 5_000) in s.chat)
    await native.chat("yes, please")
    await until(lambda: "yes, please" in [m.text for m in ear.chat if not m.is_mine], "Bob's answer")
    assert [m.id for m in ear.chat if m.is_mine] == ["m1"]
    await native.data('{"type":"reactionReceived"}', "")
    await until(lambda: any(isinstance(e, DataReceived) for e in ear.events), "Bob's data")
    await session.set_hand(raised=True, at_ms=1_795_325_606_000)
    await native.until(lambda s: s.attributes[me].get("handRaisedAt", "").startswith("2026-11-22T05:33:26"))
    await session.set_hand(raised=False, at_ms=0)
    await native.until(lambda s: not s.attributes[me].get("handRaisedAt"))
