"""Sessions of ours at a real LiveKit server, left at the end whatever became of the test.

async with Sessions() as sessions:
    session = await sessions.join(server.link("tea"), ear)
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from tests.helpers.clock_media import until
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials, JoinRequest, Session


class Sessions:
    """Joins by link, as the program does with the keys of a bare server."""

    def __init__(self) -> None:
        self._open = AsyncExitStack()

    async def join(self, link: str, ear: SessionEar, *, name: str = "Ada", passphrase: str = "") -> Session:
        """Join; what happens is told to `ear`."""
        adapter = LiveKitAdapter()
        recognised = adapter.recognise(link)
        assert recognised is not None
        credentials = Credentials(api_key=LiveKitServer.key, api_secret=LiveKitServer.secret, password=passphrase)
        session = await adapter.join(JoinRequest(recognised, name, credentials), ear)
        self._open.push_async_callback(session.leave)
        return session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()


async def stream_of(ear: SessionEar, name: str, source: Source = Source.CAMERA) -> InboundStream:
    """What somebody sends, as soon as it begins."""
    await until(lambda: ear.stream(name, source) is not None, f"{name}'s {source.value}")
    stream = ear.stream(name, source)
    assert stream is not None
    return stream
