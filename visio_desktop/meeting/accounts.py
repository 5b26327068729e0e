"""Accounts at servers, and what a server keeps for one: rooms and recordings. Nothing here is a secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final
from urllib.parse import urlsplit

from visio_desktop.meeting.rooms import Access, RecordingKind, Rules
from visio_desktop.meeting.values import Problem, Role

_EVERYTHING = Rules()


def server_of(link: str) -> str:
    """The web address of the server of a link, which ends with the room's name."""
    return link.rstrip("/").rpartition("/")[0]


class LoginPhase(Enum):
    """How far logging in is. `CHECKING`: the server is being asked whether it still knows us."""

    IDLE = "idle"
    OPENING = "opening"
    OPEN = "open"
    CHECKING = "checking"


class BrowserWish(Enum):
    """What one may want of a login in the web browser. `LOOK`: find out whether one is known by an earlier one."""

    LOOK = "look"
    LOG_IN = "log_in"
    GIVE_UP = "give_up"
    LOG_OUT = "log_out"


@dataclass(frozen=True, slots=True)
class BrowserLogin:
    """As whom one is known at a link's server by a login in the web browser, and how far one that goes on is.

    `name` is "" for nobody. `address` is the page to open while the phase is `OPEN`: it holds a secret.
    """

    phase: LoginPhase = LoginPhase.IDLE
    name: str = ""
    address: str = field(default="", repr=False)
    problem: Problem | None = None


NO_BROWSER_LOGIN: Final = BrowserLogin()


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody a server knows. `slot` tells the accounts at one server apart, on this machine only.

    `lasting`: the login outlives this run; `expired`: the server does not know it any more. `default_access` and
    `default_rules` are those of rooms made from now on; None where the server's own way holds.
    """

    slot: int
    name: str
    email: str = ""
    id: str = ""
    lasting: bool = True
    expired: bool = False
    default_access: Access | None = None
    default_rules: Rules = _EVERYTHING


@dataclass(frozen=True, slots=True)
class Features:
    """What a server offers around its meetings, as its configuration says; `phone` is "" without a number to call.

    `silent_login`: its login provider can say unseen whether it still knows somebody. `names_editable`: whom it knows
    may say themselves how they are called.
    """

    records: bool = False
    default_access: Access | None = None
    phone: str = ""
    silent_login: bool = True
    names_editable: bool = True


@dataclass(frozen=True, slots=True)
class OwnRoom:
    """A room in which one has a role; `name` is the last part of its `link`, `rules` say what members may do."""

    id: str
    name: str
    link: str
    access: Access | None = None
    role: Role = Role.MEMBER
    pin: str = ""
    rules: Rules = _EVERYTHING


class FileState(Enum):
    """How far a recording's file is."""

    RUNNING = "running"
    SAVING = "saving"
    READY = "ready"
    EXPIRED = "expired"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OwnRecording:
    """A recording of one of one's rooms; times are epoch times, `expires_at_ms` None where it does not."""

    id: str
    room: str
    kind: RecordingKind
    state: FileState
    created_at_ms: float
    expires_at_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Download:
    """A recording on its way into a file; `total_bytes` is 0 where the server does not say."""

    recording_id: str
    received_bytes: int = 0
    total_bytes: int = 0
    done: bool = False


@dataclass(frozen=True, slots=True)
class Server:
    """A server one has an account at, or may have one; `url` is its web address, `https://host[:port][/path]`.

    `made` is the room just created for later. `rooms` and `recordings` are None until they are known. `as_guest`: its
    meetings are joined without the account. `busy`: something asked for is not answered yet.
    """

    url: str
    features: Features = Features()
    accounts: tuple[Account, ...] = ()
    active: int | None = None
    phase: LoginPhase = LoginPhase.IDLE
    problem: Problem | None = None
    rooms: tuple[OwnRoom, ...] | None = None
    recordings: tuple[OwnRecording, ...] | None = None
    made: OwnRoom | None = None
    download: Download | None = None
    as_guest: bool = False
    busy: bool = False

    @property
    def host(self) -> str:
        """Its host, and its port where that is unusual."""
        return urlsplit(self.url).netloc

    @property
    def account(self) -> Account | None:
        """Who one is there now; None for nobody the server knows."""
        found = next((a for a in self.accounts if a.slot == self.active), None)
        return None if found is None or found.expired else found

    @property
    def expired(self) -> Account | None:
        """Who one was there until the login ran out."""
        return next((a for a in self.accounts if a.slot == self.active and a.expired), None)
