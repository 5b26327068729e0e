"""The way in: into the conversation with its password, through its lobby, to the signalling server, into the call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.named import WEBSOCKETS, named
from visio_desktop.servers.port import JoinError, NotSupported
from visio_desktop.servers.talk.link import KIND, Address
from visio_desktop.servers.talk.ocs import SPREED, Ocs, OcsError
from visio_desktop.servers.talk.rooms import (
    Abilities,
    Conversation,
    Settings,
    needs_consent,
    parse_abilities,
    parse_conversation,
    parse_settings,
)
from visio_desktop.system.clock import Clock

POLL_S = 2.0
PATIENCE_MS = 600_000.0
LONGEST_NAME = 64
_MOST_FAILURES = 5
_FORBIDDEN, _NOT_FOUND = 403, 404
_LEAVE_TIMEOUT_S = 4.0


@dataclass(frozen=True, slots=True)
class Entry:
    """What let us in."""

    abilities: Abilities
    conversation: Conversation
    settings: Settings
    url: str


class Entrance:
    """One person's or guest's way into one conversation, and out of it."""

    def __init__(self, ocs: Ocs, address: Address, *, clock: Clock, browser: bool = True) -> None:
        self._may_use_browser = browser
        self._ocs = ocs
        self._address = address
        self._clock = clock
        self._token = address.token
        self._is_in = False
        self._in_call = False

    async def find(self, name: str, password: str, *, consent: bool, on_waiting: Callable[[], None]) -> Entry:
        """Join the conversation, wait in its lobby, and learn the way to its signalling server. Raises `JoinError`."""
        try:
            abilities = await self.abilities()
            conversation = await self._join(password)
            if not self._ocs.has_account and name:
                await self.rename(name)
            if conversation.waits:
                on_waiting()
                conversation = await self._through_lobby(conversation)
            if needs_consent(abilities, conversation) and not consent:
                raise JoinError(Problem(ProblemCode.CONSENT_NEEDED, self._ocs.host))
            settings = await self._settings(conversation)
        except OcsError as error:
            raise JoinError(error.problem, str(error)) from error
        return Entry(abilities, conversation, settings, self._signalling(settings))

    async def abilities(self) -> Abilities:
        """What the server can do. Raises `OcsError` or `JoinError`."""
        answer = await self._ocs.call("GET", "/cloud/capabilities")
        found = parse_abilities(answer.data)
        if found is None:
            raise JoinError(Problem(ProblemCode.LINK_UNKNOWN_KIND, self._ocs.host))
        if not found.calls:
            raise self._not_here("Nextcloud Talk")
        return found

    async def enter_call(self, flags: int, *, consent: bool) -> None:
        """Be in the call. Raises `JoinError`."""
        body: dict[str, Any] = {"flags": flags, "silent": True}
        if consent:
            body["recordingConsent"] = True
        self._in_call = True
        try:
            await self._ocs.call("POST", f"{SPREED}/v4/call/{self._token}", body)
        except OcsError as error:
            raise JoinError(error.problem, str(error)) from error

    async def names(self) -> list[dict[str, Any]]:
        """Those in the call, as Nextcloud knows them: their names above all. Raises `OcsError`."""
        answer = await self._ocs.call("GET", f"{SPREED}/v4/call/{self._token}")
        return [each for each in answer.data if isinstance(each, dict)] if isinstance(answer.data, list) else []

    async def rename(self, name: str) -> None:
        """Go by this name, as a guest. Raises `OcsError`."""
        await self._ocs.call("POST", f"{SPREED}/v1/guest/{self._token}/name", {"displayName": name[:LONGEST_NAME]})

    async def leave(self) -> None:
        """Out of the call, then out of the conversation; what fails there ends by itself after a while."""
        ways = (("call", self._in_call), ("room", self._is_in))
        self._in_call = self._is_in = False
        for what, is_in in ways:
            if not is_in:
                continue
            path = f"{SPREED}/v4/{what}/{self._token}" + ("/participants/active" if what == "room" else "")
            try:
                await self._ocs.call("DELETE", path, timeout_s=_LEAVE_TIMEOUT_S)
            except OcsError:
                continue

    async def _join(self, password: str) -> Conversation:
        body = {"force": True} | ({"password": password} if password else {})
        try:
            self._is_in = True
            answer = await self._ocs.call("POST", f"{SPREED}/v4/room/{self._token}/participants/active", body)
        except OcsError as error:
            self._is_in = not error.status
            if error.status != _FORBIDDEN:
                raise
            code = ProblemCode.PIN_REFUSED if password else ProblemCode.PIN_MISSING
            raise JoinError(Problem(code, self._ocs.host), str(error)) from error
        return self._read(answer.data)

    async def _through_lobby(self, joined: Conversation) -> Conversation:
        """Look again and again whether the lobby is open. Raises `JoinError` or `OcsError`."""
        began_ms, failures = self._clock(), 0
        while self._clock() - began_ms < PATIENCE_MS:
            await asyncio.sleep(POLL_S)
            try:
                answer = await self._ocs.call("GET", f"{SPREED}/v4/room/{self._token}")
            except OcsError as error:
                if error.status in (_FORBIDDEN, _NOT_FOUND):
                    raise JoinError(Problem(ProblemCode.ENTRY_DENIED, self._ocs.host)) from error
                failures += 1
                if failures >= _MOST_FAILURES:
                    raise
                continue
            failures, now = 0, self._read(answer.data)
            if not now.session:
                raise JoinError(Problem(ProblemCode.ENTRY_DENIED, self._ocs.host))
            if not now.waits:
                return replace(now, session=joined.session)
        raise JoinError(Problem(ProblemCode.ENTRY_TIMED_OUT, self._ocs.host))

    async def _settings(self, conversation: Conversation) -> Settings:
        if conversation.is_elsewhere:
            raise self._not_here("Nextcloud Talk (federation)")
        answer = await self._ocs.call("GET", f"{SPREED}/v3/signaling/settings", parameters={"token": self._token})
        settings = parse_settings(answer.data)
        if settings.mode == "internal":
            problem = Problem(ProblemCode.NO_MEDIA_SERVER, self._ocs.host, self._browser)
            raise NotSupported(KIND, problem)
        return settings

    def _signalling(self, settings: Settings) -> str:
        """The address of the WebSocket; never one that anybody on the way could read."""
        if not settings.hello:
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, self._ocs.host), "no signalling server")
        return f"{named(settings.server, self._ocs.host, self._ocs.bounds, WEBSOCKETS)}/spreed"

    def _read(self, data: object) -> Conversation:
        found = parse_conversation(data)
        if found is None:
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, self._ocs.host), "no conversation")
        return found

    def _not_here(self, what: str) -> NotSupported:
        return NotSupported(KIND, Problem(ProblemCode.KIND_NOT_SUPPORTED, what, self._browser))

    @property
    def _browser(self) -> str:
        """Only what is encrypted is opened in a browser."""
        return self._address.web if self._address.secure and self._may_use_browser else ""
