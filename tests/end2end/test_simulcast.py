"""Our camera in layers, through real servers, as LiveKit's native SDK asks for them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from tests.helpers.application import Application
from tests.helpers.clock_media import until
from tests.helpers.filming import filming as filmed
from tests.helpers.livekit_server import VERSIONS, LiveKitServer
from tests.helpers.native_peer import NativePeer
from tests.helpers.session_ear import SessionEar
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.publisher import VideoPublisher
from visio_desktop.meeting.values import MeetingLink
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials, JoinRequest

LARGE = EncodeSettings(1280, 720, 15, 1_700_000)
SMALL = EncodeSettings(640, 360, 15, 500_000)
SIZES = {"LOW": (320, 180), "MEDIUM": (640, 360), "HIGH": (1280, 720)}


@pytest.fixture(scope="module", params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[LiveKitServer]:
    with LiveKitServer(request.param) as running:
        yield running


@asynccontextmanager
async def filming(
    server: LiveKitServer, room: str, codec: Codec, settings: EncodeSettings = LARGE
) -> AsyncIterator[tuple[VideoPublisher, str]]:
    """Somebody's camera in a room: what encodes it, and the participant's id."""
    ear, adapter = SessionEar(), LiveKitAdapter()
    link = adapter.recognise(server.link(room))
    assert isinstance(link, MeetingLink)
    credentials = Credentials(api_key=server.key, api_secret=server.secret)
    session = await adapter.join(JoinRequest(link, "Ada", credentials), ear)
    async with filmed(session, codec, settings) as publisher:
        yield publisher, ear.me.id


async def test_a_watcher_gets_the_layer_it_asks_for(server: LiveKitServer) -> None:
    codecs = (Codec.VP8, Codec.H264) if server.version != VERSIONS[-1] else (Codec.VP8,)
    for codec in codecs:
        room = f"simulcast-{codec.value}"
        async with filming(server, room, codec) as (_, me), NativePeer() as native:
            await native.join(server.url, server.token(room, "bob"))
            await native.until(lambda s, me=me: s.sees(me, "camera", codes=5))  # type: ignore[misc]
            for quality in ("LOW", "HIGH", "MEDIUM", "HIGH"):
                await native.set_quality(me, "camera", quality)
                size = SIZES[quality]
                await native.until(lambda s, me=me, size=size: _size(s.publication(me, "camera")) == size)  # type: ignore[misc]
                seen = native.state.publication(me, "camera")["codes"]
                await native.until(lambda s, me=me, n=seen: s.sees(me, "camera", codes=n + 10))  # type: ignore[misc]


async def test_a_small_camera_has_two_layers(server: LiveKitServer) -> None:
    async with filming(server, "small", Codec.VP8, SMALL) as (publisher, me), NativePeer() as native:
        assert len(publisher.layer_statistics()) == 2
        await native.join(server.url, server.token("small", "bob"))
        for quality, size in (("HIGH", (640, 360)), ("LOW", (320, 180)), ("MEDIUM", (640, 360))):
            await native.until(lambda s: "camera" in s.people.get(me, {}))
            await native.set_quality(me, "camera", quality)
            await native.until(lambda s, size=size: _size(s.publication(me, "camera")) == size)  # type: ignore[misc]


async def test_what_nobody_watches_is_not_encoded(server: LiveKitServer) -> None:
    def on(publisher: VideoPublisher) -> list[bool]:
        return [layer.is_on for layer in publisher.layer_statistics()]

    async with filming(server, "dynacast", Codec.VP8, SMALL) as (publisher, me), NativePeer() as native:
        await until(lambda: on(publisher) == [False, False], "nothing encoded for nobody")
        await native.join(server.url, server.token("dynacast", "bob"))
        await until(lambda: all(on(publisher)), "both layers on")
        await native.until(lambda s: s.sees(me, "camera", codes=5))
        await native.set_quality(me, "camera", "LOW")
        await until(lambda: on(publisher) == [True, False], "the lowest alone")
        await native.set_subscribed(me, "camera", False)
        await until(lambda: not any(on(publisher)), "nothing encoded for nobody again")


async def test_the_report_tells_of_each_layer(server: LiveKitServer) -> None:
    media = ["--camera", "test", "--microphone", "none", "--speaker", "null"]
    words = ["join", server.link("report"), "--name", "Ada", "--no-prejoin", *media, "--duration", "20"]
    async with NativePeer() as native:
        await native.join(server.url, server.token("report", "bob"))
        async with Application(*words, env=server.environment) as app:
            await native.until(lambda s: any(s.sees(who, "camera", codes=10) for who in s.people), timeout_s=20)
    assert app.status == 0, app.said
    (camera,) = app.report["publications"]
    sizes = [(layer["width"], layer["height"]) for layer in camera["layers"]]
    assert sizes == [SIZES["LOW"], SIZES["MEDIUM"], SIZES["HIGH"]]
    assert all(layer["bitrate_bps"] > 0 for layer in camera["layers"][:1]), camera


def _size(publication: dict[str, int]) -> tuple[int, int]:
    return publication.get("width", 0), publication.get("height", 0)
