"""Where a call is, for one who is about to enter it."""

from __future__ import annotations

from dataclasses import dataclass, field

from visio_desktop.servers.matrix.account import Account
from visio_desktop.servers.matrix.api import Api
from visio_desktop.servers.matrix.focus import Turnstile
from visio_desktop.servers.matrix.keys import Keys
from visio_desktop.servers.matrix.room import Room
from visio_desktop.servers.matrix.standing import Standing
from visio_desktop.servers.matrix.syncing import Syncing
from visio_desktop.servers.matrix.words import RoomEvent


@dataclass(frozen=True, slots=True)
class Place:
    """A room that one is in; `focus` is where one publishes, `said` what was said last before one came."""

    api: Api
    account: Account
    room: Room
    shown: str
    focus: str
    turnstile: Turnstile
    standing: Standing
    syncing: Syncing
    said: tuple[RoomEvent, ...] = field(default=(), repr=False)
    keys: Keys | None = None

    @property
    def title(self) -> str:
        """What the meeting is called."""
        return self.room.title or self.shown
