"""Media servers of a call: which one is ours, and the way onto any of them.

A focus is the address of a service that gives tokens for a LiveKit server (lk-jwt-service) to whoever shows who they
are at their homeserver, by a token of that one (OpenID). A LiveKit room's name and one's identity there are read from
what it gives, never made up: their forms have changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.livekit.link import Address, address_at
from visio_desktop.servers.livekit.token import claims
from visio_desktop.servers.matrix.api import Api, ApiError, Unreachable, in_path
from visio_desktop.servers.matrix.config import CallConfig
from visio_desktop.servers.matrix.keys import CallDevice
from visio_desktop.servers.named import named
from visio_desktop.servers.port import JoinError
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

_TRANSPORTS = "/unstable/org.matrix.msc4143/rtc/transports"
_WELL_KNOWN = "/.well-known/matrix/client"
_SLOT = "m.call#ROOM"
_LONGEST_TOKEN = 16_384


@dataclass(frozen=True, slots=True)
class Pass:
    """The way onto one LiveKit server, as `identity`."""

    address: Address
    identity: str
    token: str = field(repr=False)


async def discover(api: Api, config: CallConfig, web: Web) -> str:
    """The focus the homeserver wants us on: as it says itself, as the call's host says, as its domain says; "" none.

    Raises `JoinError` where its domain is one we do not go to.
    """
    with suppress(ApiError):
        answer = Fields(await api.call("GET", _TRANSPORTS))
        found = _first(answer, "rtc_transports") or _first(answer, "transports")
        if found:
            return found
    if config.focus:
        return config.focus
    if not config.server_name or "/" in config.server_name:
        return ""
    domain = Api(web, named(f"https://{config.server_name}", api.host, web.bounds))
    try:
        reply = await domain.reply("GET", _WELL_KNOWN)
        return _first(Fields(parse_json(reply.body)), "org.matrix.msc4143.rtc_foci")
    except Unreachable as error:
        _log.info("no_well_known", error=str(error))
        return ""
    finally:
        await domain.close()


class Turnstile:
    """Gets passes for one room, as one device."""

    def __init__(self, api: Api, web: Web, device: CallDevice, room_id: str) -> None:
        self._api = api
        self._web = web
        self._device = device
        self._room_id = room_id

    async def pass_for(self, focus: str, *, publishing: bool) -> Pass:
        """A pass for a focus. Raises `JoinError`, `ApiError`.

        Where one publishes, others look for one's device by its plain name, which the older of two questions gives;
        where one only watches, whatever name will do.
        """
        service = Api(self._web, named(focus, self._api.host, self._web.bounds))
        try:
            ways = (self._older(), self._newer()) if publishing else (self._newer(), self._older())
            try:
                found = await self._asked(service, ways[0])
            except ApiError as error:
                if isinstance(error, Unreachable):
                    raise
                found = await self._asked(service, ways[1])
        finally:
            await service.close()
        if publishing and found.identity != self._device.identity:
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, service.host), "a pass for somebody else")
        return found

    async def _asked(self, service: Api, way: tuple[str, dict[str, Any]]) -> Pass:
        path, body = way
        # One token for each question: it names us to whoever has it.
        user = in_path(self._device.user_id)
        openid = await self._api.call("POST", f"/v3/user/{user}/openid/request_token", {})
        answer = Fields(await service.ask("POST", path, {**body, "openid_token": openid}))
        url, token = answer.text("url"), answer.text("jwt", longest=_LONGEST_TOKEN)
        said = claims(token)
        address = address_at(url, service.host, self._web.bounds)
        room, identity = Fields(said.get("video")).text("room"), Fields(said).text("sub")
        if not room or not identity:
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, service.host), "no pass")
        return Pass(address, identity, token)

    def _older(self) -> tuple[str, dict[str, Any]]:
        return "/sfu/get", {"room": self._room_id, "device_id": self._device.device_id}

    def _newer(self) -> tuple[str, dict[str, Any]]:
        who = {
            "id": self._device.identity,
            "claimed_user_id": self._device.user_id,
            "claimed_device_id": self._device.device_id,
        }
        return "/get_token", {"room_id": self._room_id, "slot_id": _SLOT, "member": who}


def _first(answer: Fields | Mapping[str, Any], name: str) -> str:
    """The address of the first LiveKit service of a list, "" without one."""
    listed = (answer if isinstance(answer, Fields) else Fields(answer)).objects(name)
    services = (each.text("livekit_service_url").rstrip("/") for each in listed if each.text("type") == "livekit")
    return next((service for service in services if service), "")
