"""End-to-end encryption with LiveKit's native SDK and with Chromium: who has the passphrase sees, hears and reads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.chromium_peer import ChromiumPeer
from tests.helpers.clock_media import ClockCamera, ClockViewer, ToneListener, ToneMicrophone, until
from tests.helpers.livekit_server import VERSIONS, LiveKitServer
from tests.helpers.native_peer import NativePeer
from tests.helpers.session_ear import SessionEar
from tests.helpers.sessions import Sessions, stream_of
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.servers.port import PublishRequest
from visio_desktop.system.tasks import Tasks

CAMERA = PublishRequest(Source.CAMERA, (Codec.VP8,), width_px=320, height_px=180, fps=15, bitrate_bps=600_000)
MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))
PASSPHRASE = "correct horse"


@pytest.fixture(scope="module", params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[LiveKitServer]:
    with LiveKitServer(request.param) as running:
        yield running


def states(ear: SessionEar, name: str) -> list[bool | None]:
    """How camera and microphone of somebody are shown."""
    found = [ear.publication(name, source) for source in (Source.CAMERA, Source.MICROPHONE)]
    return [publication.encrypted for publication in found if publication is not None]


async def shown_by(native: NativePeer, identity: str) -> int:
    """How many of somebody's pictures the SDK has given out by now."""
    return int((await native.look()).publication(identity, "camera").get("codes", 0))


@pytest.mark.parametrize("codec", ["VP8", "VP9", "H264"])
async def test_with_the_native_sdk(server: LiveKitServer, sessions: Sessions, tasks: Tasks, codec: str) -> None:
    ear, room = SessionEar(), f"sealed-{codec}"
    session = await sessions.join(server.link(room), ear, passphrase=PASSPHRASE)
    ClockCamera(await session.publish(CAMERA), tasks)
    ToneMicrophone(await session.publish(MICROPHONE), tasks, hz=440)
    me = ear.me.id
    async with NativePeer() as native:
        await native.join(server.url, server.token(room, "bob", name="Bob"), passphrase=PASSPHRASE)
        await native.publish_video(codec=codec, width=640, height=360, scalability="L3T1" if codec == "VP9" else "")
        await native.publish_tone(660)
        viewer = ClockViewer(await stream_of(ear, "Bob", Source.CAMERA))
        listener = ToneListener(await stream_of(ear, "Bob", Source.MICROPHONE))
        await native.until(lambda s: s.sees(me, "camera", codes=20) and s.hears(me, 440))
        await until(lambda: len(viewer.codes) >= 20, "20 pictures")
        await until(lambda: abs(listener.hz - 660) < 12, f"a tone of 660 Hz, not {listener.hz}")
        assert viewer.errors == 0
        assert states(ear, "Bob") == [True, True]
        assert states(ear, "Ada") == [True, True]
        await native.chat("sealed line")
        await until(lambda: "sealed line" in [line.text for line in ear.chat], "the line")
        await session.send_chat("m1", "sealed answer")
        await native.until(lambda s: (me, "sealed answer") in s.chat)


async def test_with_chromium(server: LiveKitServer, sessions: Sessions, tasks: Tasks) -> None:
    ear = SessionEar()
    session = await sessions.join(server.link("sealed-web"), ear, passphrase=PASSPHRASE)
    ClockCamera(await session.publish(CAMERA), tasks)
    ToneMicrophone(await session.publish(MICROPHONE), tasks, hz=440)
    me = ear.me.id
    async with ChromiumPeer({"passphrase": PASSPHRASE}) as chromium:
        await chromium.join(server.url, server.token("sealed-web", "bob", name="Bob"))
        await chromium.publish_camera()
        await chromium.publish_tone(660)
        viewer = ClockViewer(await stream_of(ear, "Bob", Source.CAMERA))
        listener = ToneListener(await stream_of(ear, "Bob", Source.MICROPHONE))
        await chromium.until(lambda s: s.sees(me, codes=20) and s.hears(me, 440))
        await until(lambda: len(viewer.codes) >= 20, "20 pictures")
        await until(lambda: abs(listener.hz - 660) < 12, f"a tone of 660 Hz, not {listener.hz}")
        await chromium.say("sealed line")
        await until(lambda: "sealed line" in [line.text for line in ear.chat], "the line")
        await session.send_chat("m1", "sealed answer")
        await chromium.until(lambda s: any(line["text"] == "sealed answer" for line in s.chat))
        assert states(ear, "Bob") == [True, True]


@pytest.mark.parametrize("theirs", ["another", ""])
@pytest.mark.parametrize("ours", [PASSPHRASE, ""])
async def test_without_the_same_passphrase_nothing_is_shown(
    server: LiveKitServer, sessions: Sessions, tasks: Tasks, ours: str, theirs: str
) -> None:
    if not ours and not theirs:
        theirs = PASSPHRASE
    ear, room = SessionEar(), f"wrong-{ours}-{theirs}"
    session = await sessions.join(server.link(room), ear, passphrase=ours)
    ClockCamera(await session.publish(CAMERA), tasks)
    me = ear.me.id
    frames: list[EncodedFrame] = []
    async with NativePeer() as native:
        await native.join(server.url, server.token(room, "bob", name="Bob"), passphrase=theirs)
        await native.publish_video(width=320, height=180)
        await native.publish_tone(660)
        pictures = await stream_of(ear, "Bob", Source.CAMERA)
        sound = await stream_of(ear, "Bob", Source.MICROPHONE)
        pictures.on_frame(frames.append)
        sound.on_frame(frames.append)

        def received() -> int:
            return pictures.statistics().packets_received + sound.statistics().packets_received

        await until(lambda: received() > 100, "packets")
        await until(lambda: states(ear, "Bob") == [False, False], "the state")
        assert frames == []
        if ours:
            assert await shown_by(native, me) == 0
        else:  # the SDK shows what goes out unencrypted, whatever it expects
            await native.until(lambda s: s.sees(me, "camera", codes=4))
