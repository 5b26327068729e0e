"""Our LiveKit adapter and livekit-client in Chromium in one room, beside what the contract has of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.helpers.chromium_peer import ChromiumPeer
from tests.helpers.clock_media import ClockViewer, until
from tests.helpers.livekit_server import VERSIONS, LiveKitServer
from tests.helpers.session_ear import SessionEar
from tests.helpers.sessions import Sessions, stream_of
from visio_desktop.meeting.values import Source
from visio_desktop.servers.port import Session, Wanted

ROOM = "web"


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
