"""Accounts at La Suite Meet: who one is there, and everything around meetings in that name."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from visio_desktop.meeting.accounts import Account, Features, OwnRecording, OwnRoom
from visio_desktop.meeting.rooms import Access, Rules
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.accounts import AccountError, Login, LoginOver, Progress
from visio_desktop.servers.fields import Fields, is_id
from visio_desktop.servers.lasuite.api import Api, ApiError, NotLoggedIn, NotUnderstood
from visio_desktop.servers.lasuite.config import parse_config
from visio_desktop.servers.lasuite.recordings import all_recordings, fetch
from visio_desktop.servers.lasuite.room import print_configuration
from visio_desktop.servers.lasuite.room import rules as room_rules
from visio_desktop.servers.lasuite.rooms import ACCESSES, all_rooms, create_room

_LONGEST_NAME: Final = 200


class LaSuiteAccounts:
    """`servers.accounts.AccountServer` for this kind. One connection a call: around a meeting there are few."""

    def __init__(self, web: Web, chance: random.Random) -> None:
        self._web = web
        self._chance = chance

    async def features(self, url: str) -> Features:
        """See `AccountServer`; a host that tells of a LiveKit server at this address is one of ours."""
        async with self._api(Login(url, {})) as api:
            reply = await api.ask("GET", "/config/")
            found = parse_config(reply.body)
            if found is None:
                raise AccountError(Problem(ProblemCode.LINK_UNKNOWN_KIND, api.host), str(reply.status))
        access = ACCESSES.get(found.default_access)
        return Features(bool(found.recordings), access, found.phone, found.silent_login, found.names_editable)

    async def who(self, login: Login) -> Account:
        """See `AccountServer`."""
        async with self._api(login) as api:
            account = parse_account(Fields(await api.call("GET", "/users/me/")))
            if account is None:
                raise NotUnderstood(api.host, "no account")
        return account

    async def log_out(self, login: Login) -> None:
        """See `AccountServer`. Both steps are ours, as the provider between them is the login window's to ask."""
        async with self._api(login) as api:
            for step in ("/logout/", "/logout-callback/"):
                await api.visit(step)

    async def rooms(self, login: Login, account_id: str) -> tuple[OwnRoom, ...]:
        """See `AccountServer`."""
        async with self._api(login) as api:
            return await all_rooms(api, login.url, account_id)

    async def create_room(self, login: Login, access: Access | None) -> OwnRoom:
        """See `AccountServer`."""
        async with self._api(login) as api:
            return await create_room(api, login.url, access, self._chance)

    async def set_access(self, login: Login, room_id: str, access: Access) -> None:
        """See `AccountServer`."""
        await self._change(login, "PATCH", "rooms", room_id, {"access_level": access.value})

    async def set_rules(self, login: Login, room_id: str, rules: Rules) -> None:
        """See `AccountServer`."""
        await self._change(login, "PATCH", "rooms", room_id, {"configuration": print_configuration({}, rules)})

    async def delete_room(self, login: Login, room_id: str) -> None:
        """See `AccountServer`."""
        await self._change(login, "DELETE", "rooms", room_id)

    async def set_default_access(self, login: Login, account_id: str, access: Access) -> None:
        """See `AccountServer`."""
        await self._change(login, "PATCH", "users", account_id, {"default_room_access_level": access.value})

    async def set_default_rules(self, login: Login, account_id: str, rules: Rules) -> None:
        """See `AccountServer`."""
        wanted = {"default_room_configuration": print_configuration({}, rules)}
        await self._change(login, "PATCH", "users", account_id, wanted)

    async def recordings(self, login: Login) -> tuple[OwnRecording, ...]:
        """See `AccountServer`."""
        async with self._api(login) as api:
            return await all_recordings(api)

    async def delete_recording(self, login: Login, recording_id: str) -> None:
        """See `AccountServer`."""
        await self._change(login, "DELETE", "recordings", recording_id)

    async def fetch(self, login: Login, recording: OwnRecording, path: Path, progress: Progress) -> None:
        """See `AccountServer`."""
        async with self._api(login) as api:
            await fetch(api, recording, path, progress)

    async def _change(self, login: Login, method: str, what: str, key: str, body: dict[str, Any] | None = None) -> None:
        async with self._api(login) as api:
            if not is_id(key):
                raise NotUnderstood(api.host, "no id")
            await api.call(method, f"/{what}/{key}/", body)

    @asynccontextmanager
    async def _api(self, login: Login) -> AsyncIterator[Api]:
        api = Api(self._web, login.url, login.cookies)
        try:
            yield api
        except NotLoggedIn as error:
            raise LoginOver(error.problem, str(error)) from error
        except ApiError as error:
            raise AccountError(error.problem, str(error)) from error
        finally:
            await api.close()


def parse_account(fields: Fields) -> Account | None:
    """Who the server says one is, None for rubbish."""
    key, email = fields.text("id"), _line(fields.text("email", longest=_LONGEST_NAME))
    if not is_id(key):
        return None
    names = (_line(fields.text(name, longest=_LONGEST_NAME)) for name in ("full_name", "short_name"))
    name = next((name for name in names if name), email)
    access = ACCESSES.get(fields.text("default_room_access_level"))
    defaults = room_rules(None, fields.object("default_room_configuration"))
    return Account(0, name, email, key, default_access=access, default_rules=defaults)


def _line(text: str) -> str:
    return " ".join(text.split()) if text.isprintable() else ""
