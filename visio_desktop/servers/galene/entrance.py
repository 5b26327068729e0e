"""Getting in: what is given to whom, and what the server makes of it.

A token first without a name: it may hold one. A password goes to the group's server, and before that to its
authorisation server where it names one (`authServer`), but to no other host than the link's: nobody here named that.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import NetError, Web
from visio_desktop.servers.galene.link import Address
from visio_desktop.servers.galene.problems import refused
from visio_desktop.servers.galene.signal import Signal
from visio_desktop.servers.galene.status import Status
from visio_desktop.servers.galene.words import Said
from visio_desktop.servers.port import Credentials, JoinError
from visio_desktop.servers.unreachable import unreachable

ENTRY_TIMEOUT_S = 10.0
LONGEST_NAME = 128
_LONGEST_TOKEN = 16_384
_JWT = "application/jwt"


@dataclass(frozen=True, slots=True)
class Entrance:
    """One group's door."""

    address: Address
    status: Status
    credentials: Credentials = field(repr=False)

    async def enter(self, signal: Signal, web: Web, name: str) -> Said:
        """Join; what the server says to that. Raises `JoinError` and `NetError`."""
        name = name[:LONGEST_NAME]
        proof = await self._proof(web, name)
        said = await self._ask(signal, proof)
        if said.kind == "fail" and said.fields.text("error") == "need-username" and "username" not in proof:
            said = await self._ask(signal, {**proof, "username": name})
        match said.kind:
            case "join":
                return said
            case "fail":
                raise self._refused(said)
            case "redirect":
                raise JoinError(Problem(ProblemCode.ROOM_NOT_FOUND, self.address.host, self._page), "moved")
            case _:
                raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, self.address.host), f"joined {said.kind}")

    async def _ask(self, signal: Signal, proof: dict[str, str]) -> Said:
        await signal.say("join", kind="join", group=self.address.group, **proof)
        try:
            async with asyncio.timeout(ENTRY_TIMEOUT_S):
                while (said := await signal.next()) is not None:
                    if said.type == "joined":
                        return said
        except TimeoutError as error:
            raise JoinError(Problem(ProblemCode.SERVER_SILENT, self.address.host), "no answer to join") from error
        raise JoinError(Problem(ProblemCode.SERVER_SILENT, self.address.host), "hung up before answering")

    async def _proof(self, web: Web, name: str) -> dict[str, str]:
        given = self.credentials
        if given.token:
            return {"token": given.token}
        if given.password and self.status.auth_server:
            token = await self._authorised(web, name)
            if token:
                return {"username": name, "token": token}
        return {"username": name, "password": given.password}

    async def _authorised(self, web: Web, name: str) -> str:
        """The token that the group's authorisation server gives us, "" where it leaves that to the group."""
        if not self._names_same_host():
            raise self._elsewhere()
        told: dict[str, Any] = {
            "location": self.status.location,
            "username": name,
            "password": self.credentials.password,
        }
        url = self.status.auth_server
        try:
            async with web.client(url) as client:
                reply = await client.request(
                    "POST",
                    url,
                    headers={"Content-Type": "application/json"},
                    body=json.dumps(told).encode(),
                    timeout_s=ENTRY_TIMEOUT_S,
                    max_bytes=_LONGEST_TOKEN,
                )
        except NetError as error:
            raise JoinError(unreachable(error), str(error)) from error
        token = reply.body.decode("ascii", errors="replace").strip()
        match reply.status:
            case 204:
                return ""
            case 200 if reply.content_type == _JWT and token.isprintable() and token.isascii():
                return token
            case 403:
                raise JoinError(Problem(ProblemCode.PIN_REFUSED, self.address.host), "the authorisation server")
            case _:
                raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, self.address.host), f"auth {reply.status}")

    def _names_same_host(self) -> bool:
        try:
            parts = urlsplit(self.status.auth_server)
        except ValueError:
            return False
        safe = parts.scheme == "https" or (parts.scheme == "http" and not self.address.secure)
        return safe and parts.hostname == self.address.host and "@" not in parts.netloc

    def _refused(self, said: Said) -> JoinError:
        error = refused(said, self.address.host, self.credentials)
        asks_elsewhere = self.status.auth_portal or (self.status.auth_server and not self._names_same_host())
        if error.problem.code is ProblemCode.PIN_MISSING and asks_elsewhere:
            return self._elsewhere()
        return error

    def _elsewhere(self) -> JoinError:
        return JoinError(Problem(ProblemCode.LOGIN_ELSEWHERE, self.address.host, self._page), "a browser has to")

    @property
    def _page(self) -> str:
        return self.address.base if self.address.secure else ""
