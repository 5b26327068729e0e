"""A server that knows people, and a window that lets them in: for accounts without network or web engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from tests.helpers.account_views import FEATURES, ODILE, RECORDINGS, ROOMS, URL
from visio_desktop.engine.login_program import LoginFailed
from visio_desktop.login.wire import Begin, Failure
from visio_desktop.meeting.accounts import Account, Features, OwnRecording, OwnRoom
from visio_desktop.meeting.rooms import Access, Rules
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.accounts import AccountError, Login, LoginOver, Progress

BUSY = Problem(ProblemCode.SERVER_BUSY, "meet.example.org")


class FakeAccountServer:
    """Knows whoever has a cookie of `valid`; keeps what it was asked. `down` refuses everything."""

    def __init__(self) -> None:
        self.valid: dict[str, Account] = {}
        self.asked: list[tuple[object, ...]] = []
        self.down = False
        self.file = b"film"
        self.may_fetch = asyncio.Event()
        self.may_fetch.set()

    def _known(self, login: Login, *what: object) -> Account:
        self.asked.append(what)
        if self.down:
            raise AccountError(BUSY)
        account = self.valid.get(login.cookies.get("sessionid", ""))
        if account is None:
            raise LoginOver(Problem(ProblemCode.LOGIN_EXPIRED, "meet.example.org"))
        return account

    async def features(self, url: str) -> Features:
        self.asked.append(("features", url))
        if self.down or url != URL:
            raise AccountError(Problem(ProblemCode.HOST_UNKNOWN, url))
        return FEATURES

    async def who(self, login: Login) -> Account:
        return self._known(login, "who")

    async def log_out(self, login: Login) -> None:
        self._known(login, "log out")
        del self.valid[login.cookies["sessionid"]]

    async def rooms(self, login: Login, account_id: str) -> tuple[OwnRoom, ...]:
        self._known(login, "rooms", account_id)
        return ROOMS

    async def create_room(self, login: Login, access: Access | None) -> OwnRoom:
        self._known(login, "create", access)
        return ROOMS[0]

    async def set_access(self, login: Login, room_id: str, access: Access) -> None:
        self._known(login, "access", room_id, access)

    async def set_rules(self, login: Login, room_id: str, rules: Rules) -> None:
        self._known(login, "rules", room_id, rules)

    async def set_default_rules(self, login: Login, account_id: str, rules: Rules) -> None:
        self._known(login, "default rules", account_id, rules)

    async def delete_room(self, login: Login, room_id: str) -> None:
        self._known(login, "delete room", room_id)

    async def set_default_access(self, login: Login, account_id: str, access: Access) -> None:
        self._known(login, "default", account_id, access)

    async def recordings(self, login: Login) -> tuple[OwnRecording, ...]:
        self._known(login, "recordings")
        return RECORDINGS

    async def delete_recording(self, login: Login, recording_id: str) -> None:
        self._known(login, "delete recording", recording_id)

    async def fetch(self, login: Login, recording: OwnRecording, path: Path, progress: Progress) -> None:
        self._known(login, "fetch", recording.id)
        progress(1, len(self.file))
        await self.may_fetch.wait()
        path.write_bytes(self.file)  # noqa: ASYNC240 - a few bytes
        progress(len(self.file), len(self.file))


class FakeLoginWindow:
    """Lets `people` in, one after the other; silent logins as long as `remembers`. Without people it waits."""

    def __init__(self, server: FakeAccountServer) -> None:
        self._server = server
        self.people: list[Account] = []
        self.remembers: Account | None = None
        self.failure: Failure | None = None
        self.opened: list[Begin] = []
        self.cancelled = False

    async def run(self, begin: Begin, shown: Callable[[], None]) -> Mapping[str, str]:
        self.opened.append(begin)
        if self.failure is not None:
            raise LoginFailed(self.failure)
        if begin.silent:
            return self._cookies(self.remembers)
        shown()
        if not self.people:
            try:
                await asyncio.Event().wait()
            finally:
                self.cancelled = True
        self.remembers = self.people.pop(0)
        return self._cookies(self.remembers)

    def _cookies(self, account: Account | None) -> dict[str, str]:
        key = f"s3cr3t-{len(self.opened)}"
        if account is not None:
            self._server.valid[key] = account
        return {"sessionid": key, "csrftoken": "t", "theme": "dark"}


def odile(**changes: object) -> Account:
    """Odile as a server tells of her."""
    return replace(ODILE, **changes)  # type: ignore[arg-type] # as replace checks at run time
