"""Olm sessions with other devices, by their Curve25519 identity key; kept between runs, bounded in number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import vodozemac

from visio_desktop.servers.matrix.crypto.primitives import (
    MAX_MESSAGE_CHARACTERS,
    CryptoError,
    curve_key,
    decode64,
    encode64,
)

PRE_KEY: Final = 0
_SESSIONS_A_DEVICE: Final = 4
_MAX_DEVICES: Final = 2_000
_MAX_BEGUN: Final = 5_000


@dataclass(slots=True)
class _Kept:
    session: vodozemac.Session = field(repr=False)
    # What was last put away; "" where the session moved since.
    pickle: str = field(repr=False, default="")


class OlmSessions:
    """Seals and opens what goes between two devices. The session last used for opening is the one sealed with."""

    def __init__(self, account: vodozemac.Account) -> None:
        self._account = account
        self._sessions: dict[str, list[_Kept]] = {}
        # A fallback key begins many sessions: without these names an old first message would open again.
        self._begun: dict[str, None] = {}

    def has(self, curve25519: str) -> bool:
        """Whether there is a session with this device."""
        return curve25519 in self._sessions

    def start(self, curve25519: str, one_time_key: str) -> None:
        """Begin a session by a key of theirs that was claimed. Raises `CryptoError`."""
        identity, once = curve_key(curve25519), curve_key(one_time_key)
        try:
            self._keep(curve25519, self._account.create_outbound_session(identity, once))
        except ValueError as error:
            raise CryptoError("no session can be begun") from error

    def seal(self, curve25519: str, message: bytes) -> dict[str, Any]:
        """A message for this device: its type and body. Raises `CryptoError` without a session."""
        sessions = self._sessions.get(curve25519)
        if not sessions:
            raise CryptoError("no session")
        sessions[0].pickle = ""
        try:
            kind, body = sessions[0].session.encrypt(message).to_parts()
        except ValueError as error:
            raise CryptoError("cannot be encrypted") from error
        return {"type": kind, "body": encode64(body)}

    def open(self, curve25519: str, kind: object, body: object) -> bytes:
        """What this device says it wrote; once only. Raises `CryptoError`."""
        if isinstance(kind, bool) or kind not in {PRE_KEY, 1} or not isinstance(kind, int):
            raise CryptoError("no type of message")
        sealed = decode64(body, longest=MAX_MESSAGE_CHARACTERS)
        try:
            message = vodozemac.AnyOlmMessage.from_parts(kind, sealed)
        except ValueError as error:
            raise CryptoError("no Olm message") from error
        first = message.to_pre_key()
        for kept in self._sessions.get(curve25519, []):
            if first is not None and not kept.session.session_matches(first):
                continue
            opened = _opened(kept, message)
            if opened is not None:
                self._put_first(curve25519, kept)
                return opened
        if first is None or first.session_id() in self._begun:
            raise CryptoError("no session opens it")
        return self._begin(curve25519, first)

    def pickles(self, pickle_key: bytes) -> dict[str, Any]:
        """All sessions, to be put away."""
        for kept in (each for sessions in self._sessions.values() for each in sessions):
            kept.pickle = kept.pickle or kept.session.pickle(pickle_key)
        return {
            "sessions": {key: [kept.pickle for kept in sessions] for key, sessions in self._sessions.items()},
            "begun": list(self._begun),
        }

    def restore(self, raw: Mapping[str, Any], pickle_key: bytes) -> None:
        """Take back what was put away; what cannot be opened is passed over."""
        sessions = raw.get("sessions")
        for key, pickles in sessions.items() if isinstance(sessions, dict) else ():
            found = [kept for each in pickles if (kept := _unpickled(each, pickle_key)) is not None]
            if found:
                self._sessions[key] = found
        self._remember(name for name in raw.get("begun", ()) if isinstance(name, str))

    def _begin(self, curve25519: str, first: vodozemac.PreKeyMessage) -> bytes:
        try:
            session, opened = self._account.create_inbound_session(curve_key(curve25519), first)
        except ValueError as error:
            raise CryptoError("begins no session") from error
        self._keep(curve25519, session)
        self._remember([session.session_id])
        return opened

    def _remember(self, names: Iterable[str]) -> None:
        self._begun.update(dict.fromkeys(names))
        while len(self._begun) > _MAX_BEGUN:
            self._begun.pop(next(iter(self._begun)))

    def _keep(self, curve25519: str, session: vodozemac.Session) -> None:
        self._put_first(curve25519, _Kept(session))
        while len(self._sessions) > _MAX_DEVICES:
            self._sessions.pop(next(iter(self._sessions)))

    def _put_first(self, curve25519: str, kept: _Kept) -> None:
        others = [each for each in self._sessions.pop(curve25519, []) if each is not kept]
        self._sessions[curve25519] = [kept, *others][:_SESSIONS_A_DEVICE]


def _opened(kept: _Kept, message: vodozemac.AnyOlmMessage) -> bytes | None:
    try:
        opened = kept.session.decrypt(message)
    except ValueError:
        return None
    kept.pickle = ""
    return opened


def _unpickled(pickle: object, pickle_key: bytes) -> _Kept | None:
    try:
        return _Kept(vodozemac.Session.from_pickle(str(pickle), pickle_key), str(pickle))
    except ValueError:
        return None
