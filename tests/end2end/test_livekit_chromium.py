"""Our LiveKit adapter and livekit-client in Chromium in one room: what people with the web client see and write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.helpers.chromium_peer import ChromiumPeer
from tests.helpers.clock_media import ClockCamera, ClockViewer, ToneListener, ToneMicrophone, until
from tests.helpers.livekit_server import VERSIONS, LiveKitServer
from tests.helpers.session_ear import SessionEar
from tests.helpers.sessions import Sessions, stream_of
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.port import PublishRequest, Session, Wanted
from visio_desktop.system.tasks import Tasks

ROOM = "web"
CAMERA = PublishRequest(Source.CAMERA, (Codec.VP8,), width_px=640, height_px=360, fps=15, bitrate_bps=600_000)
MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))


@pytest.fixture(scope="module")
def server() -> Iterator[LiveKitServer]:
    with LiveKitServer(VERSIONS[0]) as running:
        yield running
        running.kill()


@pytest.fixture
def ear() -> SessionEar:
    return SessionEar()


@pytest.fixture
async def session(server: LiveKitServer, sessions: Sessions, ear: SessionEar) -> Session:
    return await sessions.join(server.link(ROOM), ear)


@pytest.fixture
async def chromium(server: LiveKitServer, session: Session) -> AsyncIterator[ChromiumPeer]:
    async with ChromiumPeer() as browser:
        await browser.join(server.url, server.token(ROOM, "bob", name="Bob", canUpdateOwnMetadata=True))
        yield browser


async def view(ear: SessionEar, source: Source = Source.CAMERA) -> ClockViewer:
    return ClockViewer(await stream_of(ear, "Bob", source))


async def test_pictures_and_tones(session: Session, ear: SessionEar, chromium: ChromiumPeer, tasks: Tasks) -> None:
    ClockCamera(await session.publish(CAMERA), tasks, size=(640, 360))
    ToneMicrophone(await session.publish(MICROPHONE), tasks, hz=440)
    await chromium.publish_camera()
    await chromium.publish_tone(660)
    viewer = await view(ear)
    await until(lambda: ear.stream("Bob", Source.MICROPHONE) is not None, "Bob's sound")
    stream = ear.stream("Bob", Source.MICROPHONE)
    assert stream is not None
    listener = ToneListener(stream)
    me = ear.me.id
    await chromium.until(lambda s: s.sees(me, codes=20) and s.hears(me, 440))
    await until(lambda: len(viewer.codes) >= 20, "20 pictures")
    await until(lambda: abs(listener.hz - 660) < 12, "a tone of 660 Hz")


async def test_a_web_clients_layers_follow_what_is_wanted(
    session: Session, ear: SessionEar, chromium: ChromiumPeer
) -> None:
    await chromium.publish_camera(width=1280, height=720, simulcast=True)
    viewer = await view(ear)
    publication = ear.publication("Bob", Source.CAMERA)
    assert publication is not None
    await session.set_wanted(publication.id, Wanted(width_px=320, height_px=180))
    await until(lambda: viewer.size == (320, 180), "the small layer", timeout_s=30)
    await session.set_wanted(publication.id, Wanted(width_px=1280, height_px=720))
    await until(lambda: viewer.size[0] >= 640, "a larger layer", timeout_s=30)
    assert viewer.errors == 0


async def test_chat_is_read_once_on_both_sides(session: Session, ear: SessionEar, chromium: ChromiumPeer) -> None:
    me = ear.me.id
    await session.send_chat("m1", "tea? ☕")
    await chromium.until(lambda s: [(c["from"], c["text"]) for c in s.chat if c["text"]] == [(me, "tea? ☕")])
    await chromium.say("yes, please")
    await chromium.say_legacy("l1", "and cake")
    await until(lambda: len(ear.chat) >= 3, "both answers")
    assert [(m.sender_name, m.text) for m in ear.chat if not m.is_mine] == [("Bob", "yes, please"), ("Bob", "and cake")]


async def test_hands(session: Session, ear: SessionEar, chromium: ChromiumPeer) -> None:
    me = ear.me.id
    await session.set_hand(raised=True, at_ms=1_795_325_606_000)
    await chromium.until(lambda s: bool((p := s.participant(me)) and p["attributes"].get("handRaisedAt")))
    await chromium.hand(True)
    await until(lambda: bool((p := ear.named("Bob")) and p.hand_raised_at_ms), "Bob's hand up")
    await chromium.hand(False)
    await until(lambda: bool((p := ear.named("Bob")) and p.hand_raised_at_ms is None), "Bob's hand down")
