"""What a person asks around meetings: accounts, rooms, recordings. Each is an intent, and the effect of that intent."""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.meeting.rooms import Access, Rules


@dataclass(frozen=True, slots=True)
class AddServer:
    """Find the server a host or a link names; answers `ServerFound` or `ServerNotFound`."""

    text: str


@dataclass(frozen=True, slots=True)
class ForgetServer:
    """Take a server off the list, with its logins."""

    server: str


@dataclass(frozen=True, slots=True)
class LogIn:
    """Open the login window of a server; `another` adds an account, else the one in use logs in again."""

    server: str
    another: bool = False


@dataclass(frozen=True, slots=True)
class CancelLogIn:
    """Close the login window."""

    server: str


@dataclass(frozen=True, slots=True)
class UseAccount:
    """Be somebody else at a server."""

    server: str
    slot: int


@dataclass(frozen=True, slots=True)
class LogOut:
    """Log the account in use out; `erase` also makes the login window forget the organisation's own login."""

    server: str
    erase: bool = False


@dataclass(frozen=True, slots=True)
class LookAfter:
    """Ask whether a server still knows us, and log in anew unseen where it does not."""

    server: str


@dataclass(frozen=True, slots=True)
class CreateRoom:
    """Make a room; `enter` opens it at once, else its link is shown. Without `access` the account's default holds."""

    server: str
    access: Access | None = None
    enter: bool = False


@dataclass(frozen=True, slots=True)
class Refresh:
    """Fetch rooms and recordings."""

    server: str


@dataclass(frozen=True, slots=True)
class SetRoomAccess:
    """Change who may enter one of one's rooms."""

    server: str
    room_id: str
    access: Access


@dataclass(frozen=True, slots=True)
class SetRoomRules:
    """Change what members may do in one of one's rooms; who may enter stays."""

    server: str
    room_id: str
    rules: Rules


@dataclass(frozen=True, slots=True)
class DeleteRoom:
    """Delete a room for good; the window has asked before."""

    server: str
    room_id: str


@dataclass(frozen=True, slots=True)
class SetDefaultAccess:
    """Who may enter rooms made from now on."""

    server: str
    access: Access


@dataclass(frozen=True, slots=True)
class SetDefaultRules:
    """What members may do in rooms made from now on."""

    server: str
    rules: Rules


@dataclass(frozen=True, slots=True)
class FetchRecording:
    """Download a recording into a file."""

    server: str
    recording_id: str
    path: str


@dataclass(frozen=True, slots=True)
class CancelFetch:
    """Stop the download; what has come of the file is removed."""

    server: str


@dataclass(frozen=True, slots=True)
class DeleteRecording:
    """Delete a recording for good; the window has asked before."""

    server: str
    recording_id: str


@dataclass(frozen=True, slots=True)
class JoinAs:
    """Join meetings of a server with the account, or as a guest."""

    server: str
    guest: bool


Errand = (
    AddServer
    | ForgetServer
    | LogIn
    | CancelLogIn
    | UseAccount
    | LogOut
    | LookAfter
    | CreateRoom
    | Refresh
    | SetRoomAccess
    | SetRoomRules
    | DeleteRoom
    | SetDefaultAccess
    | SetDefaultRules
    | FetchRecording
    | CancelFetch
    | DeleteRecording
    | JoinAs
)
