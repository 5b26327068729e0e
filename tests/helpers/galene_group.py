"""The groups of `galene_peer`: who may enter, who is there, what was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.helpers.galene_client import Client

OP = ("op", "present", "message", "caption", "token", "record")
PRESENT = ("present", "message")
OBSERVE = ()


@dataclass
class Group:
    """`users` are names with their password and permissions, `anybody` those of all other names, None without."""

    name: str
    users: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    anybody: tuple[str, tuple[str, ...]] | None = ("", PRESENT)
    tokens: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """A name, "" for any, and permissions."""
    title: str = ""
    most: int = 0
    locked: str | None = None
    status: dict[str, Any] = field(default_factory=dict)
    configuration: dict[str, Any] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)

    def enter(self, told: dict[str, Any]) -> tuple[str, list[str]]:
        """Name and permissions of somebody who wants in. Raises `ValueError`: an error, and words."""
        if not self.name:
            raise ValueError("", "group does not exist")
        name, token = told.get("username"), told.get("token")
        if token is not None:
            if token not in self.tokens:
                raise ValueError("", "not authorised")
            named, permissions = self.tokens[token]
            if not named and name is None:
                raise ValueError("need-username", "username required")
            if not named and name in self.users:
                raise ValueError("duplicate-username", "duplicate username")
            name = named or name
        elif name is None:
            raise ValueError("", "internal server error")
        else:
            password, permissions = self.users.get(name, self.anybody or ("\0", ()))
            if password != told.get("password", ""):
                raise ValueError("", "not authorised")
        if "op" not in permissions and self.locked is not None:
            raise ValueError("", self.locked or "this group is locked")
        if "op" not in permissions and self.most and len(self.clients) >= self.most:
            raise ValueError("", "too many users")
        return str(name), list(permissions)

    def told(self) -> dict[str, Any]:
        """Its status for those who are in."""
        status: dict[str, Any] = {
            "name": self.name,
            "clientCount": len(self.clients),
            "locked": self.locked is not None,
        }
        return {**status, "displayName": self.title} if self.title else status

    def others(self, client: Client) -> list[Client]:
        """Everybody else."""
        return [each for each in self.clients.values() if each is not client]
