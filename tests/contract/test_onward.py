"""Servers that name others: with a list of servers allowed, nobody beyond it is contacted, whoever names them.

Each server here is at 127.0.0.1 and names somebody at `localhost`, who would hear of us. Without a list they do.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.helpers.rest_server import RestServer, rest_server
from tests.helpers.scripted_talk import TOKEN, scripted_talk
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.net.bounds import ANYWHERE, Bounds
from visio_desktop.net.dial import Dialer
from visio_desktop.net.proxies import no_proxy
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.servers.galene.adapter import GaleneAdapter
from visio_desktop.servers.lasuite.adapter import LaSuiteAdapter
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.matrix.adapter import MatrixAdapter
from visio_desktop.servers.port import AskingAdapter, Credentials, JoinError, JoinRequest
from visio_desktop.servers.talk.adapter import TalkAdapter

LISTED = Bounds(lambda host: host == "127.0.0.1", lambda: True)


class Trap:
    """Somebody at `localhost` who hangs up, and counts."""

    def __init__(self) -> None:
        self.heard = 0
        self.place = ""

    def protocol(self) -> asyncio.Protocol:
        """One more has come."""
        return _HangsUp(self)


class _HangsUp(asyncio.Protocol):
    def __init__(self, trap: Trap) -> None:
        trap.heard += 1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.abort()


@dataclass(frozen=True)
class Way:
    """How we come: what connects, and what it noted."""

    web: Web
    network: Callable[[], NetworkOptions]
    credentials: Credentials

    async def join(self, adapter: AskingAdapter, text: str) -> None:
        link = adapter.recognise(text) or await adapter.identify(text)
        assert link is not None
        await adapter.join(JoinRequest(link, "Ada", self.credentials), SessionEar())


type Scenario = Callable[[Way, Trap], Awaitable[None]]


async def lasuite(way: Way, trap: Trap) -> None:
    async with rest_server() as server:
        named = {"url": f"http://{trap.place}", "room": "uuid", "token": "t"}
        server.says("GET /config/", {"livekit": {"url": named["url"]}})
        server.says("GET /rooms/tea/", {"id": "uuid", "slug": "tea", "access_level": "public", "livekit": named})
        server.says("POST /rooms/tea/request-entry/", {"status": "accepted", "livekit": named})
        media = LiveKitAdapter(way.web, network=way.network)
        await way.join(LaSuiteAdapter(media, way.web), f"{server.url}/tea")


async def matrix(way: Way, trap: Trap, what: str) -> None:
    """`what` leads astray: the homeserver, its domain, the token service, or the media server."""
    async with rest_server() as server:
        server.root = ""
        _call(server, trap.place, what)
        media = LiveKitAdapter(way.web, network=way.network)
        await way.join(MatrixAdapter(media, way.web), f"{server.url}/room/#/tea?roomId=!r:h")


def _call(server: RestServer, astray: str, what: str) -> None:
    place = server.url.removeprefix("http://")
    at = {each: astray if each == what else place for each in ("home", "domain", "focus", "media")}
    home = {"base_url": f"http://{at['home']}", "server_name": at["domain"]}
    server.says("GET /config.json", {"default_server_config": {"m.homeserver": home}})
    client = "/_matrix/client"
    granted = {"user_id": "@ada:h", "device_id": "D", "access_token": "t"}
    server.says(f"POST {client}/v3/register", granted)
    server.says(f"PUT {client}/v3/profile/@ada:h/displayname", {})
    server.says(f"POST {client}/v3/join/!r:h", {"room_id": "!r:h"})
    joined: dict[str, Any] = {"join": {"!r:h": {"state": {"events": []}, "timeline": {"events": []}}}}
    server.says(f"GET {client}/v3/sync", {"next_batch": "1", "rooms": joined})
    service = {"type": "livekit", "livekit_service_url": f"http://{at['focus']}"}
    named = {} if what == "domain" else {"rtc_transports": [service]}
    server.says(f"GET {client}/unstable/org.matrix.msc4143/rtc/transports", named)
    server.says(f"POST {client}/v3/user/@ada:h/openid/request_token", {"access_token": "o"})
    said = {"sub": "@ada:h:D", "video": {"room": "r"}}
    jwt = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    server.says("POST /sfu/get", {"url": f"ws://{at['media']}", "jwt": f"e30.{jwt}.x"})


async def talk(way: Way, trap: Trap) -> None:
    async with scripted_talk() as server:
        server.settings = {**server.settings, "server": f"http://{trap.place}"}
        await way.join(TalkAdapter(way.web, network=way.network), f"talk+{server.url}/call/{TOKEN}")


SCENARIOS: dict[str, Scenario] = {
    "lasuite": lasuite,
    "talk": talk,
    **{f"matrix, {what}": partial(matrix, what=what) for what in ("home", "focus", "media")},
}


@pytest.fixture
async def trap() -> AsyncIterator[Trap]:
    laid = Trap()
    server = await asyncio.get_running_loop().create_server(laid.protocol, "localhost", 0)
    laid.place = f"localhost:{server.sockets[0].getsockname()[1]}"
    try:
        yield laid
    finally:
        server.close()
        await server.wait_closed()


def coming(bounds: Bounds, **given: str) -> Way:
    dialer = Dialer(no_proxy, bounds=bounds)
    options = NetworkOptions(dialer=dialer, ledger=dialer.ledger, bounds=bounds)
    return Way(Web(dialer), lambda: options, Credentials(**given))  # type: ignore[arg-type] # texts all


@pytest.mark.parametrize("kind", SCENARIOS)
async def test_whom_a_server_names_beyond_the_list_hears_nothing(kind: str, trap: Trap) -> None:
    way = coming(LISTED)
    with pytest.raises(JoinError) as caught:
        await SCENARIOS[kind](way, trap)
    assert (caught.value.problem.code, caught.value.problem.subject) == (ProblemCode.ONWARD_NOT_ALLOWED, "localhost")
    assert trap.heard == 0
    assert {contact.host for contact in way.web.dialer.ledger.contacts()} == {"127.0.0.1"}


@pytest.mark.parametrize("kind", SCENARIOS)
async def test_without_a_list_they_are_gone_to_and_in_the_ledger(kind: str, trap: Trap) -> None:
    way = coming(ANYWHERE)
    with pytest.raises(JoinError):
        await SCENARIOS[kind](way, trap)
    assert trap.heard > 0
    assert {contact.host for contact in way.web.dialer.ledger.contacts()} == {"127.0.0.1", "localhost"}


async def test_a_matrix_domain_beyond_the_list_is_not_asked_for_media_servers(trap: Trap) -> None:
    way = coming(LISTED)
    with pytest.raises(JoinError) as caught:
        await matrix(way, trap, "domain")
    assert caught.value.problem.code is ProblemCode.ONWARD_NOT_ALLOWED
    assert trap.heard == 0


@pytest.mark.parametrize("bounds", [LISTED, ANYWHERE], ids=["listed", "anywhere"])
@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"endpoint": "ws://{trap}/ws"}, ProblemCode.SERVER_NOT_UNDERSTOOD),
        ({"endpoint": "ws://{here}/ws", "authServer": "http://{trap}/"}, None),
    ],
)
async def test_galene_is_never_left_for_another_host(
    bounds: Bounds, more: dict[str, str], code: ProblemCode | None, trap: Trap
) -> None:
    way = coming(bounds, password="secret")
    async with rest_server() as server:
        server.root = ""
        here = server.url.removeprefix("http://")
        said = {name: value.format(trap=trap.place, here=here) for name, value in more.items()}
        server.says("GET /group/tea/.status", {"name": "tea", "location": f"{server.url}/group/tea/", **said})
        with pytest.raises(JoinError) as caught:
            await way.join(GaleneAdapter(way.web, network=way.network), f"galene+{server.url}/group/tea/")
    assert code is None or caught.value.problem.code is code
    assert trap.heard == 0
    assert {contact.host for contact in way.web.dialer.ledger.contacts()} == {"127.0.0.1"}
