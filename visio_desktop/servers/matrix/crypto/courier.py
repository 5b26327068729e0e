"""Letters between devices: sessions are begun where there are none, and mended where they broke."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from itertools import islice
from typing import Any, Final

from visio_desktop.servers.fields import Fields
from visio_desktop.servers.matrix.api import ApiError
from visio_desktop.servers.matrix.crypto.account import SIGNED_CURVE, OwnAccount
from visio_desktop.servers.matrix.crypto.canonical import check_signed
from visio_desktop.servers.matrix.crypto.devices import OLM, Device, DeviceBook
from visio_desktop.servers.matrix.crypto.letters import Envelope, Letter, read_envelope, read_letter, write_letter
from visio_desktop.servers.matrix.crypto.olm import OlmSessions
from visio_desktop.servers.matrix.crypto.primitives import CryptoError, as_key
from visio_desktop.servers.matrix.keys import ENCRYPTED_EVENT, Homeserver
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

DUMMY: Final = "m.dummy"
_A_REQUEST: Final = 100
_CLAIM_TIMEOUT_MS: Final = 5_000
_BARREN_MS: Final = 60_000.0
_MENDING_MS: Final = 3_600_000.0
_ASKING_MS: Final = 10_000.0
_HELD_MS: Final = 120_000.0
_MAX_HELD: Final = 200
_MAX_A_SYNC: Final = 2_000
_AT_ONCE: Final = 20
_MAX_NOTES: Final = 5_000

_log = get_logger(__name__)


class Courier:
    """Sends and receives for one device. `keep` puts the sessions away; it is awaited before anything leaves."""

    def __init__(
        self,
        account: OwnAccount,
        book: DeviceBook,
        sessions: OlmSessions,
        homeserver: Homeserver,
        *,
        keep: Callable[[], Awaitable[None]],
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._account = account
        self._book = book
        self._sessions = sessions
        self._homeserver = homeserver
        self._keep = keep
        self._clock = clock
        self._new_id = new_id
        self._held: list[tuple[float, Envelope]] = []
        self._broken: dict[str, Device] = {}
        self._barren = _Notes(_BARREN_MS)
        self._mended = _Notes(_MENDING_MS)
        self._asked = _Notes(_ASKING_MS)

    async def send(self, devices: Collection[Device], kind: str, content: Mapping[str, Any]) -> frozenset[Device]:
        """The same letter to each of these; who could be reached. Raises `ApiError`."""
        others = [device for device in devices if device.at != self._account.me]
        lacking = [d for d in others if not self._sessions.has(d.curve25519)]
        await self._begin([d for d in lacking if not self._barren.has(d.curve25519, self._clock())])
        reached = [device for device in others if self._sessions.has(device.curve25519)]
        for start in range(0, len(reached), _A_REQUEST):
            await self._post(reached[start : start + _A_REQUEST], kind, content)
        return frozenset(reached)

    async def receive(self, events: Iterable[Mapping[str, Any]]) -> list[Letter]:
        """The letters in to-device events, those before that could not be read then among them. Raises `ApiError`."""
        now_ms = self._clock()
        envelopes = [read_envelope(event, self._account.curve25519) for event in islice(events, _MAX_A_SYNC)]
        # They are held before anybody is asked: when the question fails, nothing is lost.
        self._held += [(now_ms, envelope) for envelope in envelopes if envelope is not None]
        self._held = self._held[-_MAX_A_SYNC:]
        if not self._held:
            return []
        await self._know([envelope for _, envelope in self._held], now_ms)
        held, unknown = self._held, []
        broken: dict[str, Device] = {}
        letters: list[Letter] = []
        for number, (at_ms, envelope) in enumerate(held):
            await _breathe(number)
            sender = self._book.by_curve(envelope.sender, envelope.curve25519)
            if sender is None:
                unknown += [(at_ms, envelope)] if now_ms - at_ms < _HELD_MS else []
            elif (letter := self._opened(envelope, sender, broken)) is not None:
                letters.append(letter)
        self._held = unknown[-_MAX_HELD:]
        self._broken |= broken
        await self._keep()
        return letters

    async def _know(self, envelopes: Iterable[Envelope], now_ms: float) -> None:
        senders = {envelope.sender for envelope in envelopes}
        strange = {e.sender for e in envelopes if self._book.by_curve(e.sender, e.curve25519) is None}
        asked = [user_id for user_id in sorted(strange)[:_A_REQUEST] if self._asked.note(user_id, now_ms)]
        self._book.changed(asked)
        try:
            await self._book.refresh([*asked, *(senders - strange)])
        except ApiError:
            self._asked.forget(asked)
            raise

    def _opened(self, envelope: Envelope, sender: Device, broken: dict[str, Device]) -> Letter | None:
        try:
            plain = self._sessions.open(sender.curve25519, envelope.kind, envelope.body)
        except CryptoError as error:
            _log.warning("matrix_letter_not_opened", reason=str(error))
            broken[sender.curve25519] = sender
            return None
        broken.pop(sender.curve25519, None)
        try:
            return read_letter(plain, self._account, sender)
        except CryptoError as error:
            _log.warning("matrix_letter_refused", reason=str(error))
            return None

    async def mend(self) -> None:
        """A new session with each device that sent what could not be opened, made known by an empty letter.

        At most once an hour for each (specification, "Recovering from undecryptable messages"). Raises `ApiError`.
        """
        broken, self._broken = self._broken, {}
        begun = await self._begin([d for key, d in broken.items() if self._mended.note(key, self._clock())])
        if begun:
            await self._post(begun, DUMMY, {})

    async def _begin(self, devices: list[Device]) -> list[Device]:
        """Claim a key of each in one request, and begin a session with it; those begun with."""
        if not devices:
            return []
        wanted: dict[str, dict[str, str]] = {}
        for device in devices:
            wanted.setdefault(device.at.user_id, {})[device.at.device_id] = SIGNED_CURVE
        body = {"timeout": _CLAIM_TIMEOUT_MS, "one_time_keys": wanted}
        claimed = Fields(await self._homeserver.call("POST", "/v3/keys/claim", body)).object("one_time_keys")
        begun: list[Device] = []
        for number, device in enumerate(devices):
            await _breathe(number)
            begun += [device] if self._begun(device, claimed) else []
        return begun

    def _begun(self, device: Device, claimed: Fields) -> bool:
        offered = claimed.object(device.at.user_id).object(device.at.device_id)
        try:
            self._sessions.start(device.curve25519, one_time_key(offered.plain(), device))
        except CryptoError as error:
            _log.info("matrix_device_unreachable", reason=str(error))
            self._barren.note(device.curve25519, self._clock())
            return False
        return True

    async def _post(self, devices: Iterable[Device], kind: str, content: Mapping[str, Any]) -> None:
        messages: dict[str, dict[str, Any]] = {}
        for number, device in enumerate(devices):
            await _breathe(number)
            sealed = self._sessions.seal(device.curve25519, write_letter(kind, content, self._account, device))
            messages.setdefault(device.at.user_id, {})[device.at.device_id] = {
                "algorithm": OLM,
                "sender_key": self._account.curve25519,
                "ciphertext": {device.curve25519: sealed},
            }
        # A session that is not put away would seal twice with the same key after a crash.
        await self._keep()
        path = f"/v3/sendToDevice/{ENCRYPTED_EVENT}/{self._new_id()}"
        await self._homeserver.call("PUT", path, {"messages": messages})


def one_time_key(offered: Mapping[str, Any], device: Device) -> str:
    """The key that a device signed, in its part of an answer to `/keys/claim`. Raises `CryptoError`."""
    for name, raw in offered.items():
        if name.startswith(f"{SIGNED_CURVE}:") and isinstance(raw, dict):
            check_signed(raw, device.at.user_id, device.at.device_id, device.ed25519)
            return as_key(raw.get("key"))
    raise CryptoError("no key left")


async def _breathe(number: int) -> None:
    """Every so many sealed, opened or begun: let others have the loop."""
    if number % _AT_ONCE == _AT_ONCE - 1:
        await asyncio.sleep(0)


class _Notes:
    """What was done lately, by name: not again before `pause_ms` is over."""

    def __init__(self, pause_ms: float) -> None:
        self._pause_ms = pause_ms
        self._at_ms: dict[str, float] = {}

    def has(self, name: str, now_ms: float) -> bool:
        return name in self._at_ms and now_ms - self._at_ms[name] < self._pause_ms

    def forget(self, names: Iterable[str]) -> None:
        """It was not done after all."""
        for name in names:
            self._at_ms.pop(name, None)

    def note(self, name: str, now_ms: float) -> bool:
        """Whether it may be done now; then it is taken as done."""
        if self.has(name, now_ms):
            return False
        self._at_ms.pop(name, None)
        self._at_ms[name] = now_ms
        while len(self._at_ms) > _MAX_NOTES:
            self._at_ms.pop(next(iter(self._at_ms)))
        return True
