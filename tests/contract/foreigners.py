"""The other clients of the contract: a browser with the client library of the server's own people."""

from __future__ import annotations

from collections.abc import Mapping

from tests.contract.house import LONG_S
from tests.helpers.chromium_peer import ChromiumPeer
from tests.helpers.janus_server import PIN, ROOM, JanusServer
from tests.helpers.lasuite import ContractServer
from tests.helpers.lasuite.web_client import WebClient
from tests.helpers.livekit_server import LiveKitServer
from tools.web import JANUS_BUNDLE

_PICTURE = {"width": 320, "height": 180, "fps": 15}


class LiveKitBrowser(ChromiumPeer):
    """livekit-client. See `house.Foreigner`."""

    def __init__(self, server: LiveKitServer, room: str) -> None:
        super().__init__({"read_every": 1})
        self._server = server
        self._room = room

    async def come(self, name: str, hz: float) -> None:
        await self.join(self._server.url, self._server.token(self._room, name.lower(), name=name))
        await self.publish_camera(**_PICTURE)
        await self.publish_tone(hz)

    async def meets(self, people: Mapping[str, float]) -> None:
        await self.until(lambda state: state.meets(people), LONG_S)

    async def go(self) -> None:
        await self.leave()


class LaSuiteBrowser(WebClient):
    """What La Suite Meet's web client does. See `house.Foreigner`."""

    def __init__(self, server: ContractServer, slug: str) -> None:
        super().__init__(server, tile="240x135")  # it takes no pictures that do not fit into its window
        self._slug = slug

    async def come(self, name: str, hz: float) -> None:
        await self.enter(self._slug, name)
        await self.publish_camera(**_PICTURE)
        await self.publish_tone(hz)

    async def meets(self, people: Mapping[str, float]) -> None:
        await self.until(lambda state: state.meets(people), LONG_S)

    async def go(self) -> None:
        await self.leave()


class JanusBrowser(ChromiumPeer):
    """Janus' janus.js. See `house.Foreigner`."""

    def __init__(self, server: JanusServer) -> None:
        super().__init__(bundle=JANUS_BUNDLE)
        self._server = server

    async def come(self, name: str, hz: float) -> None:
        await self.call("join", self._server.url, ROOM, PIN, name, hz)

    async def meets(self, people: Mapping[str, float]) -> None:
        await self.until(lambda state: state.meets(people), LONG_S)

    async def go(self) -> None:
        await self.leave()
