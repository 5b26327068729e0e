"""One device's keys for one meeting, put together: see `servers.matrix.keys` for what is promised to the meeting."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from visio_desktop.servers.fields import Fields
from visio_desktop.servers.matrix.api import ApiError
from visio_desktop.servers.matrix.crypto.account import SIGNED_CURVE, OwnAccount
from visio_desktop.servers.matrix.crypto.courier import DUMMY, Courier
from visio_desktop.servers.matrix.crypto.devices import DeviceBook, read_devices
from visio_desktop.servers.matrix.crypto.frames import FrameKeys
from visio_desktop.servers.matrix.crypto.inbound import InboundSessions
from visio_desktop.servers.matrix.crypto.letters import Letter
from visio_desktop.servers.matrix.crypto.olm import OlmSessions
from visio_desktop.servers.matrix.crypto.outbound import ROOM_KEY, Outbound
from visio_desktop.servers.matrix.crypto.primitives import CryptoError
from visio_desktop.servers.matrix.crypto.recovery import RecoveryKey
from visio_desktop.servers.matrix.crypto.shelf import Shelf
from visio_desktop.servers.matrix.crypto.vouching import vouch
from visio_desktop.servers.matrix.keys import (
    FRAME_KEYS_EVENT,
    CallDevice,
    DeviceTaken,
    Homeserver,
    KeyListener,
    KeyPlace,
    KeyStore,
    Plain,
    SyncNews,
)
from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms
from visio_desktop.system.log import get_logger

_DEVICE: Final = "device"
_ROOMS: Final = "rooms"

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Time and chance. `now` is the time of day, `clock` one that never goes back."""

    now: Clock = epoch_ms
    clock: Clock = monotonic_ms
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[int], bytes] = secrets.token_bytes

    def new_id(self) -> str:
        """A name that no other request has."""
        return self.random(12).hex()


async def make_keys(
    place: KeyPlace,
    homeserver: Homeserver,
    store: KeyStore,
    listener: KeyListener,
    surroundings: Surroundings | None = None,
) -> Keeper:
    """Loads what is kept of a device, or makes it."""
    around = surroundings or Surroundings()
    shelf = Shelf(place, store, around.random)
    kept = Fields(await shelf.get(_DEVICE))
    try:
        account = OwnAccount.kept(place.me, kept.text("account", longest=1_000_000), place.pickle_key)
    except CryptoError:
        # Without its account the sessions are of no use either.
        kept, account = Fields({}), OwnAccount.made(place.me)
    keeper = Keeper(place, homeserver, shelf, listener, account, kept, around)
    keeper.inbound.restore((await shelf.get(_ROOMS)).get("sessions", ()), place.pickle_key)
    return keeper


class Keeper:
    """See `Keys`."""

    def __init__(
        self,
        place: KeyPlace,
        homeserver: Homeserver,
        shelf: Shelf,
        listener: KeyListener,
        account: OwnAccount,
        kept: Fields,
        around: Surroundings,
    ) -> None:
        self._place = place
        self._homeserver = homeserver
        self._shelf = shelf
        self._account = account
        self.inbound = InboundSessions()
        self._sessions = OlmSessions(account.library)
        self._sessions.restore(kept.object("olm").plain(), place.pickle_key)
        self._book = DeviceBook(homeserver, _pins(kept))
        self._courier = Courier(
            account,
            self._book,
            self._sessions,
            homeserver,
            keep=self._keep,
            clock=around.clock,
            new_id=around.new_id,
        )
        self._outbound = Outbound(place.room_id, account, self._book, self._courier, self.inbound, around.clock)
        self._frames = FrameKeys(
            place.me,
            place.room_id,
            self._courier,
            self._book,
            listener,
            now=around.now,
            clock=around.clock,
            sleep=around.sleep,
            random=around.random,
        )
        self.is_vouched = False
        self._is_closed = False

    async def vouch(self, recovery_key: str) -> None:
        """See `Keys`. Raises `RecoveryError`, `ApiError`."""
        if not self.is_vouched:
            recovery = RecoveryKey.typed(recovery_key)
            await vouch(self._homeserver, self._place.me, self._account.description, recovery)
            self.is_vouched = True

    async def begin(self) -> None:
        """See `Keys`."""
        me = self._place.me
        answer = await self._homeserver.call("POST", "/v3/keys/query", {"device_keys": {me.user_id: []}})
        devices = Fields(answer).object("device_keys").object(me.user_id)
        there = devices.object(me.device_id)
        seen = read_devices(answer, me.user_id).get(me.device_id)
        self.is_vouched = seen is not None and seen.vouched
        if there:
            if there.object("keys").text(f"ed25519:{me.device_id}") != self._account.ed25519:
                raise DeviceTaken(me.device_id)
            return
        self._account.replenish(0, fallback=True)
        await self._upload({"device_keys": self._account.description})

    async def take(self, news: SyncNews) -> None:
        """See `Keys`."""
        self._book.changed(news.devices_changed)
        self._book.left(news.devices_left)
        try:
            for letter in await self._courier.receive(news.to_device):
                self._read(letter)
            await self._courier.mend()
            await self._frames.settle()
            await self._replenish(news)
        except ApiError as error:
            # The next sync comes soon, and what was not done now is done then.
            _log.warning("matrix_keys_wait", error=str(error))
        if self.inbound.is_changed:
            await self._keep_rooms()

    async def meet(self, members: Mapping[CallDevice, int]) -> None:
        """See `Keys`."""
        await self._frames.meet(members)

    async def seal(self, plain: Plain, people: frozenset[str]) -> Plain:
        """See `Keys`."""
        return await self._outbound.seal(plain, people)

    async def open(self, event: Mapping[str, Any]) -> Plain | None:
        """See `Keys`."""
        plain = self.inbound.open(event, self._place.room_id)
        if plain is not None and plain.type == FRAME_KEYS_EVENT and plain.device is not None:
            sent_ms = Fields(event).number("origin_server_ts") or 0.0
            self._frames.hear_room(plain.device, plain.content, sent_ms)
        return plain

    async def close(self) -> None:
        """See `Keys`."""
        await self._frames.close()
        if not self._is_closed:
            self._is_closed = True
            await self._keep()
            await self._keep_rooms()

    def _read(self, letter: Letter) -> None:
        match letter.type:
            case str(kind) if kind == FRAME_KEYS_EVENT:
                self._frames.hear(letter)
            case str(kind) if kind == ROOM_KEY:
                self.inbound.add(letter)
            case str(kind) if kind == DUMMY:
                self._frames.again(letter.sender.at)
                self._outbound.again(letter.sender.at)
            case _:
                pass

    async def _replenish(self, news: SyncNews) -> None:
        left = None if news.one_time_keys is None else _count(news.one_time_keys.get(SIGNED_CURVE))
        lacks_fallback = news.fallback_types is not None and SIGNED_CURVE not in news.fallback_types
        self._account.replenish(left, fallback=lacks_fallback)
        if self._account.unpublished():
            await self._upload({})

    async def _upload(self, body: Mapping[str, Any]) -> None:
        # Put away first: a key that others begin with while we have lost it would cost their letters.
        await self._keep()
        await self._homeserver.call("POST", "/v3/keys/upload", {**body, **self._account.unpublished()})
        self._account.published()
        await self._keep()

    async def _keep(self) -> None:
        pickle_key = self._place.pickle_key
        pins = [[at.user_id, at.device_id, key] for at, key in self._book.pins.items()]
        olm = self._sessions.pickles(pickle_key)
        await self._shelf.put(_DEVICE, {"account": self._account.pickle(pickle_key), "olm": olm, "pins": pins})

    async def _keep_rooms(self) -> None:
        await self._shelf.put(_ROOMS, {"sessions": self.inbound.pickles(self._place.pickle_key)})


def _pins(kept: Fields) -> dict[CallDevice, str]:
    pins: object = kept.plain().get("pins")
    entries = pins if isinstance(pins, list) else []
    return {
        CallDevice(str(entry[0]), str(entry[1])): str(entry[2])
        for entry in entries
        if isinstance(entry, list) and len(entry) == len(("user", "device", "key"))
    }


def _count(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
