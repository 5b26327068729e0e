"""The interface between the engine and servers that know people: accounts, their rooms and recordings.

Everything runs on the engine's loop; every wait and every size is bounded, and what a server answers is hostile.

ServersError
 +-- AccountError  the server or the network said no; `problem` says why
      +-- LoginOver  the server does not know us (any more)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from visio_desktop.meeting.accounts import Account, Features, OwnRecording, OwnRoom
from visio_desktop.meeting.rooms import Access, Rules
from visio_desktop.meeting.values import Problem
from visio_desktop.servers.port import ServersError


class AccountError(ServersError):
    """The server or the network said no."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(f"{problem.code.value} {problem.subject}: {detail}")
        self.problem = problem


class LoginOver(AccountError):  # noqa: N818 - reads as a finding
    """The server does not know us."""


@dataclass(frozen=True, slots=True)
class Login:
    """A session at a server: its origin, and the cookies that stand for the account."""

    url: str
    cookies: Mapping[str, str] = field(repr=False)


type Progress = Callable[[int, int], None]
"""Hears how many bytes of how many have come; 0 of all where nobody says."""


class AccountServer(Protocol):
    """A kind of server with accounts. Every method raises `AccountError`; those with a login `LoginOver` too."""

    async def features(self, url: str) -> Features:
        """What the server at this origin offers; raises `AccountError` also for a server of another kind."""

    async def who(self, login: Login) -> Account:
        """Whose session it is; the slot is for the caller to fill in."""

    async def log_out(self, login: Login) -> None:
        """End the session."""

    async def rooms(self, login: Login, account_id: str) -> tuple[OwnRoom, ...]:
        """The rooms in which this account has a role."""

    async def create_room(self, login: Login, access: Access | None) -> OwnRoom:
        """A new room, under a name that nobody guesses."""

    async def set_access(self, login: Login, room_id: str, access: Access) -> None:
        """Change who may enter a room."""

    async def set_rules(self, login: Login, room_id: str, rules: Rules) -> None:
        """Change what members may do in a room; who may enter stays."""

    async def delete_room(self, login: Login, room_id: str) -> None:
        """Delete a room."""

    async def set_default_access(self, login: Login, account_id: str, access: Access) -> None:
        """Change who may enter rooms made from now on."""

    async def set_default_rules(self, login: Login, account_id: str, rules: Rules) -> None:
        """Change what members may do in rooms made from now on."""

    async def recordings(self, login: Login) -> tuple[OwnRecording, ...]:
        """The account's recordings, the latest first."""

    async def delete_recording(self, login: Login, recording_id: str) -> None:
        """Delete a recording."""

    async def fetch(self, login: Login, recording: OwnRecording, path: Path, progress: Progress) -> None:
        """Download a recording's file; what cannot be finished leaves no file behind. Raises `OSError` too."""
