"""The access token a LiveKit server wants: the one given, a newer one the server sent, or one of our own making.

Tokens are secrets: they are held in memory, and neither texts nor errors of this module contain one.
"""

from __future__ import annotations

import base64
import hmac
import json
import random
import re
from typing import Any

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.port import Credentials, JoinError
from visio_desktop.system.clock import Clock

_LIFE_S = 6 * 3_600
_EARLY_S = 10


class TokenSource:
    """Finds the token for a join, and keeps for the next one what the server sent or we made up.

    `random` gives the identity of minted tokens. It stays the same for one room, so that coming back replaces oneself
    instead of meeting one's own ghost.
    """

    def __init__(self, *, epoch: Clock, random: random.Random) -> None:
        self._epoch = epoch
        self._random = random
        self._refreshed: dict[str, str] = {}
        self._identities: dict[str, str] = {}

    def token(self, credentials: Credentials, *, room: str, name: str, host: str) -> str:
        """The token to join with. Raises `JoinError`: none given and none can be made, or the given one has run out."""
        if credentials.token:
            token = self._refreshed.get(credentials.token, credentials.token)
            self._refuse_expired(token, host)
            return token
        if credentials.api_key and credentials.api_secret and room:
            return self._mint(credentials, room, name)
        raise JoinError(Problem(ProblemCode.TOKEN_MISSING, host))

    def refreshed(self, credentials: Credentials, token: str) -> None:
        """The server sent a newer token: the one given may run out while the meeting goes on."""
        if credentials.token:
            self._refreshed[credentials.token] = token

    def _refuse_expired(self, token: str, host: str) -> None:
        expires_s = claims(token).get("exp")
        if isinstance(expires_s, int | float) and expires_s < self._epoch() / 1e3:
            raise JoinError(Problem(ProblemCode.TOKEN_EXPIRED, host))

    def _mint(self, credentials: Credentials, room: str, name: str) -> str:
        now_s = int(self._epoch() / 1e3)
        grants = {
            "room": room,
            "roomJoin": True,
            "canPublish": True,
            "canSubscribe": True,
            "canPublishData": True,
            "canUpdateOwnMetadata": True,
        }
        body = {
            "iss": credentials.api_key,
            "sub": self._identity(room, name),
            "name": name,
            "nbf": now_s - _EARLY_S,
            "exp": now_s + _LIFE_S,
            "video": grants,
        }
        return _signed(body, credentials.api_secret)

    def _identity(self, room: str, name: str) -> str:
        if room not in self._identities:
            readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:24] or "guest"
            self._identities[room] = f"{readable}-{self._random.getrandbits(48):012x}"
        return self._identities[room]


def claims(token: str) -> dict[str, Any]:
    """What a token says, unverified: only its server can verify it. Empty for what is no token."""
    try:
        _, body, _ = token.split(".")
        found = json.loads(base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _signed(body: dict[str, Any], secret: str) -> str:
    """A JSON Web Token with HMAC-SHA256 (RFC 7515, section 3.1; RFC 7518, section 3.2)."""
    parts = [_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, body)]
    signature = hmac.digest(secret.encode(), ".".join(parts).encode(), "sha256")
    return ".".join([*parts, _base64(signature)])


def _base64(data: bytes) -> str:
    """RFC 7515, section 2: for addresses, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
