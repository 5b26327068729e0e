from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.helpers.rest_server import RestServer, rest_server
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.matrix.api import Api, ApiError
from visio_desktop.servers.matrix.config import CallConfig
from visio_desktop.servers.matrix.focus import Turnstile, discover
from visio_desktop.servers.matrix.keys import CallDevice
from visio_desktop.servers.port import JoinError

ADA = CallDevice("@ada:h", "A")
TRANSPORTS = "GET /unstable/org.matrix.msc4143/rtc/transports"
OPENID = "POST /v3/user/@ada:h/openid/request_token"


def livekit(url: str) -> dict[str, str]:
    return {"type": "livekit", "livekit_service_url": url}


def granted(identity: str = ADA.identity, url: str = "ws://127.0.0.1:7880", room: str = "r") -> dict[str, str]:
    said = base64.urlsafe_b64encode(json.dumps({"sub": identity, "video": {"room": room}}).encode()).decode()
    return {"url": url, "jwt": f"e30.{said.rstrip('=')}.x"}


async def test_the_homeserver_names_the_media_server(server: RestServer, api: Api) -> None:
    config = CallConfig("https://h", "h", focus="https://of-the-host")
    server.says(TRANSPORTS, {"rtc_transports": [{"type": "other"}, livekit("https://own/")]})
    assert await discover(api, config, Web()) == "https://own"
    server.says(TRANSPORTS, {"rtc_transports": []})
    assert await discover(api, config, Web()) == "https://of-the-host"
    server.says(TRANSPORTS, {}, status=404)
    assert await discover(api, config, Web()) == "https://of-the-host"
    assert await discover(api, CallConfig("https://h", ""), Web()) == ""
    assert await discover(api, CallConfig("https://h", "no-such-host.invalid"), Web()) == ""


class Gate:
    """A token service beside its homeserver."""

    def __init__(self, server: RestServer, service: RestServer, turnstile: Turnstile) -> None:
        self.server, self.service, self.turnstile = server, service, turnstile

    async def asked(self, *, publishing: bool) -> list[str]:
        await self.turnstile.pass_for(self.service.url, publishing=publishing)
        return [asked.what for asked in self.service.asked]


@pytest.fixture
async def gate(server: RestServer, api: Api) -> Any:
    server.says(OPENID, {"access_token": "one-time"})
    async with rest_server() as service:
        service.root = ""
        yield Gate(server, service, Turnstile(api, Web(), ADA, "!r:h"))


async def test_publishing_goes_by_ones_plain_name_watching_by_any(gate: Gate) -> None:
    gate.service.says("POST /sfu/get", granted())
    gate.service.says("POST /get_token", granted("hash"))
    assert await gate.asked(publishing=True) == ["POST /sfu/get"]
    (asked,) = gate.service.asked
    assert asked.body == {"room": "!r:h", "device_id": "A", "openid_token": {"access_token": "one-time"}}
    assert "Authorization" not in asked.headers, "our access token is the homeserver's alone"
    assert (await gate.asked(publishing=False))[1:] == ["POST /get_token"]
    member = gate.service.asked[1].body["member"]
    assert (member["claimed_user_id"], member["claimed_device_id"]) == ("@ada:h", "A")


async def test_services_of_every_age(gate: Gate) -> None:
    gate.service.says("POST /get_token", granted())
    assert await gate.asked(publishing=True) == ["POST /sfu/get", "POST /get_token"]
    gate.service.answers.clear()
    gate.service.says("POST /sfu/get", granted())
    assert (await gate.asked(publishing=False))[2:] == ["POST /get_token", "POST /sfu/get"]


@pytest.mark.parametrize(
    "answer",
    [{}, granted("somebody else"), granted(url="ftp://x"), granted(room=""), {"url": "ws://127.0.0.1:1", "jwt": "x"}],
)
async def test_what_is_no_pass(gate: Gate, answer: dict[str, str]) -> None:
    gate.service.says("POST /sfu/get", answer)
    gate.service.says("POST /get_token", answer)
    with pytest.raises(JoinError) as caught:
        await gate.asked(publishing=True)
    assert caught.value.problem.code is ProblemCode.SERVER_NOT_UNDERSTOOD


async def test_a_service_that_refuses(gate: Gate) -> None:
    gate.service.says("POST /sfu/get", {}, status=403)
    gate.service.says("POST /get_token", {}, status=403)
    with pytest.raises(ApiError):
        await gate.asked(publishing=True)


@pytest.mark.parametrize("publishing", [True, False])
@pytest.mark.parametrize(
    ("focus", "code"),
    [
        ("https://10.0.0.1/jwt", ProblemCode.ONWARD_PRIVATE),
        ("https://printer/jwt", ProblemCode.ONWARD_PRIVATE),
        ("https://127.0.0.1/jwt", ProblemCode.ONWARD_PRIVATE),
        ("http://rtc.example.org", ProblemCode.LINK_INSECURE),
    ],
)
async def test_nobody_sends_us_into_our_own_network(focus: str, code: ProblemCode, publishing: bool) -> None:
    api = Api(Web(), "https://matrix.example.org")
    with pytest.raises(JoinError) as caught:
        await Turnstile(api, Web(), ADA, "!r:h").pass_for(focus, publishing=publishing)
    assert caught.value.problem.code is code
    await api.close()


@pytest.mark.parametrize("name", ["10.0.0.1:8448", "localhost", "printer", "a@example.org", "x?y"])
async def test_a_domain_that_is_none_is_not_asked(name: str, server: RestServer) -> None:
    server.says(TRANSPORTS, {}, status=404)
    api = Api(Web(), "https://matrix.example.org")
    with pytest.raises(JoinError):
        await discover(api, CallConfig("https://matrix.example.org", name), Web())
    await api.close()
