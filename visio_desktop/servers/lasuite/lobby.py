"""Asking to be let in, again each second until somebody decides (`BE/services/lobby.py`, `FE/.../useLobby.ts`).

Who asks is known by a cookie, which is carried here by hand: it is marked `Secure`, and no jar would give it back to a
server on this machine. A place is lost after three seconds without a question; after a refusal nothing more is asked,
as that would be a new request to come in.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from visio_desktop.servers.fields import Fields
from visio_desktop.servers.lasuite.api import Api, Busy, Faulty, NotUnderstood, Unreachable
from visio_desktop.servers.lasuite.room import Way, parse_way
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

POLL_S = 1.0
PATIENCE_MS = 600_000.0
_QUESTION_S = 3.0
_MAX_FAILURES = 8
_COOKIE = re.compile(r"lobbyParticipantId=([A-Za-z0-9-]{1,64})\s*(?:;|$)")


class Denied(Exception):  # noqa: N818 - reads as what happened
    """Somebody said no."""


class GivenUp(Exception):  # noqa: N818 - reads as what happened
    """Nobody decided."""


@dataclass
class Guest:
    """Who we are to one room's lobby: the same as last time, as long as the server knows us by this."""

    cookie: str = field(default="", repr=False)


class Lobby:
    """One request to come in. `on_waiting` is called once, when it is seen that one has to wait."""

    def __init__(
        self,
        api: Api,
        slug: str,
        guest: Guest,
        *,
        clock: Clock,
        poll_s: float = POLL_S,
    ) -> None:
        self._api = api
        self._path = f"/rooms/{slug}/request-entry/"
        self._guest = guest
        self._clock = clock
        self._poll_s = poll_s

    async def enter(self, name: str, on_waiting: Callable[[], None]) -> Way:
        """Ask until let in. Raises `Denied`, `GivenUp`, `ApiError`."""
        began_ms = asked_ms = self._clock()
        way = await self._ask(name)
        if way is not None:
            return way
        on_waiting()
        failures = 0
        while self._clock() - began_ms < PATIENCE_MS:
            # From question to question, as slow answers would cost the place.
            await asyncio.sleep(max(0.0, self._poll_s - (self._clock() - asked_ms) / 1e3))
            asked_ms = self._clock()
            try:
                way, failures = await self._ask(name), 0
            except Busy as error:
                await asyncio.sleep(error.retry_after_s)
            except (Unreachable, Faulty, NotUnderstood) as error:
                # A server that is restarted, or a moment without network, need not cost the place.
                failures += 1
                if failures >= _MAX_FAILURES:
                    raise
                _log.info("lobby_not_answered", error=str(error))
            if way is not None:
                return way
        raise GivenUp

    async def _ask(self, name: str) -> Way | None:
        """Ask once; None: wait on. Raises `Denied`, `ApiError`."""
        reply = await self._api.ask(
            "POST", self._path, {"username": name}, headers=self._cookies(), timeout_s=_QUESTION_S
        )
        for cookie in reply.cookies:
            if (found := _COOKIE.match(cookie)) is not None:
                self._guest.cookie = found[1]
        answer = Fields(self._api.understood(reply))
        match answer.text("status"):
            case "accepted":
                way = parse_way(answer.object("livekit"))
                if way is None:
                    raise NotUnderstood(self._api.host, "accepted without a way in")
                return way
            case "denied":
                raise Denied
            case "waiting":
                return None
            case _:
                raise NotUnderstood(self._api.host, "no status of a lobby")

    def _cookies(self) -> dict[str, str]:
        """The session's headers, with the guest's cookie beside the session's."""
        headers = self._api.identified("POST")
        if not self._guest.cookie:
            return headers
        ours = f"lobbyParticipantId={self._guest.cookie}"
        return {**headers, "Cookie": f"{headers['Cookie']}; {ours}" if "Cookie" in headers else ours}
