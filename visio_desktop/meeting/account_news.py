"""What the engine reports of accounts, rooms and recordings."""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.meeting.accounts import (
    Account,
    Download,
    Features,
    LoginPhase,
    OwnRecording,
    OwnRoom,
    Server,
)
from visio_desktop.meeting.values import Problem


@dataclass(frozen=True, slots=True)
class ServersKnown:
    """The servers of earlier runs; `can_log_in`: this installation has what shows a login."""

    servers: tuple[Server, ...]
    can_log_in: bool


@dataclass(frozen=True, slots=True)
class ServerFound:
    """A server answered, and is of a kind with accounts."""

    server: str
    features: Features


@dataclass(frozen=True, slots=True)
class ServerNotFound:
    """What was typed names no server with accounts."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class LoginWent:
    """Logging in is this far."""

    server: str
    phase: LoginPhase


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The server knows us; the account is the one in use from now on."""

    server: str
    account: Account


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """An account is no more."""

    server: str
    slot: int


@dataclass(frozen=True, slots=True)
class LoginLapsed:
    """The server no longer knows this account."""

    server: str
    slot: int


@dataclass(frozen=True, slots=True)
class ErrandFailed:
    """What was asked for was not done; None where the person gave it up."""

    server: str
    problem: Problem | None


@dataclass(frozen=True, slots=True)
class ErrandDone:
    """What was asked for was done, with nothing more to tell."""

    server: str


@dataclass(frozen=True, slots=True)
class RoomsListed:
    """One's rooms at a server."""

    server: str
    rooms: tuple[OwnRoom, ...]


@dataclass(frozen=True, slots=True)
class RecordingsListed:
    """One's recordings at a server."""

    server: str
    recordings: tuple[OwnRecording, ...]


@dataclass(frozen=True, slots=True)
class RoomMade:
    """A room was created; `enter` as it was asked for."""

    server: str
    room: OwnRoom
    enter: bool


@dataclass(frozen=True, slots=True)
class DownloadWent:
    """A download goes on; None when it is given up."""

    server: str
    download: Download | None


AccountNews = (
    ServersKnown
    | ServerFound
    | ServerNotFound
    | LoginWent
    | LoggedIn
    | LoggedOut
    | LoginLapsed
    | ErrandFailed
    | ErrandDone
    | RoomsListed
    | RecordingsListed
    | RoomMade
    | DownloadWent
)
