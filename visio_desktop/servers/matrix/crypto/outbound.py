"""The Megolm session this device seals a room's events with, and who has its key."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Final

import vodozemac

from visio_desktop.servers.matrix.crypto.account import OwnAccount
from visio_desktop.servers.matrix.crypto.courier import Courier
from visio_desktop.servers.matrix.crypto.devices import MEGOLM, Device, DeviceBook
from visio_desktop.servers.matrix.crypto.inbound import InboundSessions
from visio_desktop.servers.matrix.keys import ENCRYPTED_EVENT, CallDevice, KeysError, Plain
from visio_desktop.system.clock import Clock

ROOM_KEY: Final = "m.room_key"
MAX_MESSAGES: Final = 100
MAX_AGE_MS: Final = 3_600_000.0
_MAX_PEOPLE: Final = 1_000
_RELATION: Final = "m.relates_to"


@dataclass(slots=True)
class _Session:
    library: vodozemac.GroupSession = field(repr=False)
    made_ms: float
    # Whose devices may have the key, and who is sure to: both by their identity keys too.
    given: set[Device] = field(default_factory=set)
    shared: set[Device] = field(default_factory=set)


class Outbound:
    """Seals events of one room. The session is never put away: each run begins with a new one."""

    def __init__(
        self,
        room_id: str,
        account: OwnAccount,
        book: DeviceBook,
        courier: Courier,
        inbound: InboundSessions,
        clock: Clock,
    ) -> None:
        self._room_id = room_id
        self._account = account
        self._book = book
        self._courier = courier
        self._inbound = inbound
        self._clock = clock
        self._session: _Session | None = None

    async def seal(self, plain: Plain, people: Collection[str]) -> Plain:
        """The event for all devices of these people and one's own. Raises `KeysError`, `ApiError`."""
        if len(people) > _MAX_PEOPLE:
            raise KeysError("too many people to encrypt for")
        everybody = {*people, self._account.me.user_id}
        await self._book.refresh(everybody)
        devices = [device for device in self._book.of(everybody) if device.at != self._account.me]
        session = self._fitting(set(devices))
        await self._share(session, [device for device in devices if device not in session.shared])
        return self._sealed(session, plain)

    def again(self, at: CallDevice) -> None:
        """A device that may have lost a letter of ours gets the key once more."""
        if self._session is not None:
            self._session.shared = {device for device in self._session.shared if device.at != at}

    def _fitting(self, devices: set[Device]) -> _Session:
        """The session in use, or a new one where it is old, worn, or known to somebody who left."""
        session = self._session
        now_ms = self._clock()
        if session is not None and session.given <= devices:
            worn = session.library.message_index >= MAX_MESSAGES or now_ms - session.made_ms >= MAX_AGE_MS
            if not worn:
                return session
        self._session = made = _Session(vodozemac.GroupSession(), now_ms)
        key = made.library.session_key.to_base64()
        self._inbound.add_own(self._room_id, self._account, key)
        return made

    async def _share(self, session: _Session, devices: list[Device]) -> None:
        if not devices:
            return
        content = {
            "algorithm": MEGOLM,
            "room_id": self._room_id,
            "session_id": session.library.session_id,
            "session_key": session.library.session_key.to_base64(),
        }
        session.given |= set(devices)
        session.shared |= await self._courier.send(devices, ROOM_KEY, content)

    def _sealed(self, session: _Session, plain: Plain) -> Plain:
        inner = {"type": plain.type, "content": plain.content, "room_id": self._room_id}
        message = session.library.encrypt(json.dumps(inner, ensure_ascii=False, separators=(",", ":")).encode())
        content: dict[str, Any] = {
            "algorithm": MEGOLM,
            "ciphertext": message.to_base64(),
            "session_id": session.library.session_id,
            "sender_key": self._account.curve25519,
            "device_id": self._account.me.device_id,
        }
        # The server counts and redacts by relations: they stay readable (specification, "m.megolm.v1.aes-sha2").
        if _RELATION in plain.content:
            content[_RELATION] = plain.content[_RELATION]
        return Plain(ENCRYPTED_EVENT, content, self._account.me)
