"""One's rooms: listed, made, changed, deleted (`core/api/viewsets.py`, `RoomViewSet`)."""

from __future__ import annotations

import random
from string import ascii_lowercase
from typing import Final

from visio_desktop.meeting.accounts import OwnRoom
from visio_desktop.meeting.rooms import Access
from visio_desktop.meeting.values import Role
from visio_desktop.servers.fields import Fields, is_id
from visio_desktop.servers.lasuite.api import Api, NotUnderstood
from visio_desktop.servers.lasuite.room import parse_access, rules

PAGE_SIZE: Final = 50
MOST_PAGES: Final = 6
_PARTS: Final = (3, 4, 3)
_LONGEST_SLUG: Final = 255
_LONGEST_PIN: Final = 20
_ROLES: Final = {role.value: role for role in Role}
ACCESSES: Final = {access.value: access for access in Access}


async def listed(api: Api, path: str) -> list[Fields]:
    """The objects of a list, some hundreds at most. Raises `ApiError`."""
    found: list[Fields] = []
    for number in range(1, MOST_PAGES + 1):
        page = Fields(await api.call("GET", path, parameters={"page": str(number), "page_size": str(PAGE_SIZE)}))
        if "results" not in page:
            raise NotUnderstood(api.host, "no list")
        found += page.objects("results")
        if not page.text("next"):
            break
    return found


async def all_rooms(api: Api, base: str, account_id: str) -> tuple[OwnRoom, ...]:
    """The rooms in which one has a role; those that cannot be read are left out. Raises `ApiError`."""
    rooms = (parse_room(fields, base, account_id) for fields in await listed(api, "/rooms/"))
    return tuple(room for room in rooms if room is not None)


async def create_room(api: Api, base: str, access: Access | None, chance: random.Random) -> OwnRoom:
    """Make a room; the server gives it the account's default access where none is named. Raises `ApiError`."""
    wanted = {} if access is None else {"access_level": access.value}
    room = parse_room(Fields(await api.call("POST", "/rooms/", {"name": slug(chance), **wanted})), base, "")
    if room is None:
        raise NotUnderstood(api.host, "no room")
    return room


def slug(chance: random.Random) -> str:
    """A new room's name in the form the web client gives: `abc-defg-hij`. `chance` must be one that nobody guesses."""
    return "-".join("".join(chance.choices(ascii_lowercase, k=length)) for length in _PARTS)


def parse_room(fields: Fields, base: str, account_id: str) -> OwnRoom | None:
    """A room of the API, None for what is none. The tokens in it are passed over."""
    room_id, name = fields.text("id"), fields.text("slug", longest=_LONGEST_SLUG)
    if not is_id(room_id) or not is_slug(name):
        return None
    pin = fields.text("pin_code", longest=_LONGEST_PIN)
    access = parse_access(fields)
    return OwnRoom(
        room_id,
        name,
        f"{base}/{name}",
        access,
        _role(fields, account_id),
        pin if pin.isdecimal() else "",
        rules(access, fields.object("configuration")),
    )


def is_slug(text: str) -> bool:
    """Whether this is a room's name: nothing that an address or a window takes for something else."""
    return 0 < len(text) <= _LONGEST_SLUG and all(c.isalnum() or c in "-_" for c in text)


def _role(fields: Fields, account_id: str) -> Role:
    """Only those who lead a room are told who has a role in it."""
    mine = (a for a in fields.objects("accesses") if account_id and a.object("user").text("id") == account_id)
    return next((_ROLES.get(access.text("role"), Role.MEMBER) for access in mine), Role.MEMBER)
