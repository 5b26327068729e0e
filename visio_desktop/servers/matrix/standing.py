"""One's own membership in a call: said, kept, and taken back, by the homeserver itself should we fall silent.

The last is a delayed event (MSC4140): an empty membership that the server sends unless it hears of us in time. Where a
server has none, the membership ends by its own life.
"""

from __future__ import annotations

import asyncio
from typing import Any

from visio_desktop.servers.fields import Fields
from visio_desktop.servers.matrix.api import CLIENT, Api, ApiError, LoggedOut, NotFound, in_path
from visio_desktop.servers.matrix.keys import CallDevice
from visio_desktop.servers.matrix.membership import LIFE_MS, MEMBER_EVENT, print_membership, state_key
from visio_desktop.servers.matrix.words import LONGEST_ID
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

_DELAYED = "/unstable/org.matrix.msc4140/delayed_events"
_DELAY = "org.matrix.msc4140.delay"
_MAX_DELAY = "org.matrix.msc4140.max_delay"
_RESTARTS_IN_A_DELAY = 3.5
_BEFORE_THE_END_MS = 600_000.0
_LEAST_DELAY_MS = 1_000.0
_LEAVE_TIMEOUT_S = 8.0


class Standing:
    """One device's membership in one room's call. `leave_ms`: after so long without us the server takes it back."""

    def __init__(
        self,
        api: Api,
        device: CallDevice,
        room_id: str,
        focus: str,
        *,
        follows_oldest: bool,
        leave_ms: float,
        clock: Clock,
        room_version: str = "",
    ) -> None:
        self._api = api
        self._device = device
        self._room_id = room_id
        self._focus = focus
        self._follows_oldest = follows_oldest
        self._leave_ms = leave_ms
        self._clock = clock
        key = in_path(state_key(device, room_version))
        self._path = f"/v3/rooms/{in_path(room_id)}/state/{in_path(MEMBER_EVENT)}/{key}"
        self._delay_id = ""
        self._began_ms = 0.0
        self._life_ms = LIFE_MS
        self._since: float | None = None
        self.event_id = ""

    @property
    def is_in(self) -> bool:
        """Whether the room was told."""
        return self._since is not None

    async def enter(self) -> None:
        """Say that one takes part; what takes it back comes first. Raises `ApiError`."""
        await self._arrange_leaving()
        self._began_ms = self._clock()
        await self._say()

    def began(self, at_ms: float) -> None:
        """The server's time of the first word of it, as a sync told."""
        if self._since is not None and not self._since:
            self._since = at_ms

    async def again(self) -> None:
        """The room lost it, by what an earlier stay of ours had left with the server. Raises `ApiError`."""
        if self._since is not None:
            self._since, self._life_ms = 0.0, LIFE_MS
            await self._say()

    async def keep(self) -> None:
        """Goes on for as long as one is in."""
        while True:
            await asyncio.sleep(self._leave_ms / _RESTARTS_IN_A_DELAY / 1e3)
            try:
                await self._renew()
            except LoggedOut:
                return
            except ApiError as error:
                _log.info("membership_not_renewed", error=str(error))

    async def leave(self) -> None:
        """Take it back, by the event that waits for that where there is one."""
        if self._since is None:
            return
        self._since = None
        try:
            async with asyncio.timeout(_LEAVE_TIMEOUT_S):
                await self._take_back()
        except (ApiError, TimeoutError) as error:
            _log.info("membership_left_to_the_server", error=str(error))

    async def _take_back(self) -> None:
        if self._delay_id:
            try:
                await self._of_delayed("send")
            except ApiError as error:
                _log.info("delayed_not_sent", error=str(error))
            else:
                return
        await self._api.call("PUT", self._path, {})

    async def _renew(self) -> None:
        if self._delay_id:
            try:
                await self._of_delayed("restart")
            except NotFound:
                if self._since is None:
                    return
                # It was sent: the server had not heard of us, and others saw us leave.
                self._delay_id = ""
                await self._arrange_leaving()
                self._began_ms, self._life_ms, self._since = self._clock(), LIFE_MS, 0.0
                await self._say()
        if self._clock() - self._began_ms > self._life_ms - _BEFORE_THE_END_MS:
            self._life_ms += LIFE_MS
            await self._say()

    async def _say(self) -> None:
        content = print_membership(
            self._device,
            self._room_id,
            self._focus,
            follows_oldest=self._follows_oldest,
            life_ms=self._life_ms,
            began_ms=self._since or None,
        )
        answer = await self._api.call("PUT", self._path, content)
        self.event_id = Fields(answer).text("event_id", longest=LONGEST_ID)
        self._since = self._since or 0.0

    async def _arrange_leaving(self) -> None:
        """Have the server send what takes it back; one that allows less time than asked for says how much."""
        try:
            self._delay_id = await self._delayed()
        except ApiError as error:
            most_ms = Fields(error.answer).number(_MAX_DELAY)
            if most_ms is None or not _LEAST_DELAY_MS <= most_ms < self._leave_ms:
                _log.info("no_delayed_leave", error=str(error))
                return
            self._leave_ms = most_ms
            try:
                self._delay_id = await self._delayed()
            except ApiError as again:
                _log.info("no_delayed_leave", error=str(again))

    async def _delayed(self) -> str:
        parameters = {_DELAY: str(int(self._leave_ms))}
        answer = await self._api.ask("PUT", CLIENT + self._path, {}, parameters=parameters)
        return Fields(answer).text("delay_id", longest=LONGEST_ID)

    async def _of_delayed(self, action: str) -> Any:
        path = f"{_DELAYED}/{in_path(self._delay_id)}"
        try:
            return await self._api.call("POST", f"{path}/{action}", {})
        except NotFound as error:
            if error.code != "M_UNRECOGNIZED":
                raise
            return await self._api.call("POST", path, {"action": action})
