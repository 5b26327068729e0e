"""Megolm sessions of others, by which a room's events are opened; kept between runs, bounded, no event twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import vodozemac

from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.matrix.crypto.account import OwnAccount
from visio_desktop.servers.matrix.crypto.devices import MAX_ID, MEGOLM
from visio_desktop.servers.matrix.crypto.letters import Letter
from visio_desktop.servers.matrix.crypto.primitives import MAX_MESSAGE_CHARACTERS, CryptoError, decode64
from visio_desktop.servers.matrix.keys import ENCRYPTED_EVENT, CallDevice, Plain

_MAX_SESSIONS: Final = 1_000
_MAX_OF_ONE: Final = 200
_MAX_SEEN: Final = 1_000
_MAX_KEY_CHARACTERS: Final = 512
_MAX_ROOM_ID: Final = 255
_RELATION: Final = "m.relates_to"


@dataclass(slots=True)
class _Kept:
    """A session, the room it is for and the device it came from. `seen`: which event each number stood in."""

    session: vodozemac.InboundGroupSession = field(repr=False)
    room_id: str
    device: CallDevice
    seen: dict[int, str] = field(default_factory=dict)
    # Numbers below are not looked up any more: nothing new has them.
    floor: int = 0
    pickle: str = field(repr=False, default="")


class InboundSessions:
    """Sessions by their id and whose they are: who passes on another's key claims only what they say themselves."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], _Kept] = {}
        self.is_changed = False

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, letter: Letter) -> bool:
        """The session in a proved device's `m.room_key`; whether it is one that is now kept."""
        content = Fields(letter.content)
        room_id = content.text("room_id", longest=_MAX_ROOM_ID)
        if content.text("algorithm") != MEGOLM or not room_id:
            return False
        key = content.text("session_key", longest=_MAX_KEY_CHARACTERS)
        try:
            session = _session(key)
        except CryptoError:
            return False
        return session.session_id == content.text("session_id") and self._add(session, room_id, letter.sender.at)

    def add_own(self, room_id: str, account: OwnAccount, key: str) -> None:
        """A session of this device itself, to read its own events when they come back."""
        self._add(_session(key), room_id, account.me)

    def open(self, event: Mapping[str, Any], room_id: str) -> Plain | None:
        """What an encrypted event of the room says; None where that cannot be read, or is not what it seems."""
        fields = Fields(event)
        content = fields.object("content")
        kept = self._kept.get((content.text("session_id"), fields.text("sender", longest=MAX_ID)))
        if fields.text("type") != ENCRYPTED_EVENT or content.text("algorithm") != MEGOLM or kept is None:
            return None
        # Nothing said in one room may be carried into another.
        if kept.room_id != room_id:
            return None
        sealed = content.text("ciphertext", longest=MAX_MESSAGE_CHARACTERS)
        try:
            opened = _opened(kept, sealed)
        except CryptoError:
            return None
        inner = Fields(parse_json(opened.plaintext))
        is_new = self._is_new(kept, opened.message_index, fields.text("event_id", longest=MAX_ID))
        if not is_new or inner.text("room_id") != room_id or not inner.text("type", longest=MAX_ID):
            return None
        return Plain(inner.text("type"), _with_relation(inner, content), kept.device)

    def pickles(self, pickle_key: bytes) -> list[dict[str, Any]]:
        """All of it, to be put away."""
        self.is_changed = False
        return [_put_away(kept, pickle_key) for kept in self._kept.values()]

    def restore(self, raw: Iterable[object], pickle_key: bytes) -> None:
        """Take back what was put away; what cannot be opened is passed over."""
        for entry in raw:
            fields = Fields(entry)
            pickle = fields.text("pickle", longest=MAX_MESSAGE_CHARACTERS)
            device = CallDevice(fields.text("user"), fields.text("device"))
            seen = {int(index): str(event) for index, event in fields.object("seen").plain().items()}
            try:
                session = vodozemac.InboundGroupSession.from_pickle(pickle, pickle_key)
            except ValueError:
                continue
            floor = fields.count("floor") or 0
            kept = _Kept(session, fields.text("room"), device, seen, floor, pickle)
            self._kept[(session.session_id, device.user_id)] = kept

    def _add(self, session: vodozemac.InboundGroupSession, room_id: str, device: CallDevice) -> bool:
        name = (session.session_id, device.user_id)
        before = self._kept.get(name)
        if before is not None:
            is_same = (before.room_id, before.device) == (room_id, device)
            if not is_same or before.session.first_known_index <= session.first_known_index:
                return False
            before.session, before.pickle = session, ""
        else:
            self._kept[name] = _Kept(session, room_id, device)
            self._bound(device.user_id)
        self.is_changed = True
        return True

    def _bound(self, user_id: str) -> None:
        of_one = [name for name, kept in self._kept.items() if kept.device.user_id == user_id]
        # One person's flood costs their own sessions first.
        if len(of_one) > _MAX_OF_ONE:
            del self._kept[of_one[0]]
        if len(self._kept) > _MAX_SESSIONS:
            del self._kept[next(iter(self._kept))]

    def _is_new(self, kept: _Kept, index: int, event_id: str) -> bool:
        """Whether this number stands in this event only: the server could show an event again under another id."""
        if index in kept.seen or index < kept.floor or not event_id:
            return kept.seen.get(index) == event_id and bool(event_id)
        kept.seen[index] = event_id
        while len(kept.seen) > _MAX_SEEN:
            oldest = min(kept.seen)
            del kept.seen[oldest]
            kept.floor = oldest + 1
        self.is_changed = True
        return True


def _session(key: str) -> vodozemac.InboundGroupSession:
    decode64(key, longest=_MAX_KEY_CHARACTERS)
    try:
        return vodozemac.InboundGroupSession(vodozemac.SessionKey(key))
    except ValueError as error:
        raise CryptoError("no session key") from error


def _opened(kept: _Kept, sealed: str) -> vodozemac.DecryptedMessage:
    decode64(sealed)
    try:
        return kept.session.decrypt(vodozemac.MegolmMessage.from_base64(sealed))
    except ValueError as error:
        raise CryptoError("not of this session") from error


def _with_relation(inner: Fields, outer: Fields) -> dict[str, Any]:
    content = inner.object("content").plain()
    if _RELATION not in content and _RELATION in outer:
        content[_RELATION] = outer.object(_RELATION).plain()
    return content


def _put_away(kept: _Kept, pickle_key: bytes) -> dict[str, Any]:
    kept.pickle = kept.pickle or kept.session.pickle(pickle_key)
    return {
        "pickle": kept.pickle,
        "room": kept.room_id,
        "user": kept.device.user_id,
        "device": kept.device.device_id,
        "seen": kept.seen,
        "floor": kept.floor,
    }
