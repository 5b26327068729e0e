"""Logging in as a person does: the login program on a display of its own, keys pressed, the server's OIDC behind it.

The engine is the real one, so are its accounts, rooms and recordings; the store for secrets lives in memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.helpers.certificates import Authority
from tests.helpers.engines import account_services_of, running_engine
from tests.helpers.keyboard import Keyboard
from tests.helpers.lasuite import ContractServer
from tests.helpers.login_program import UNSANDBOXED
from tests.helpers.watching import Watcher
from tests.helpers.xvfb import Xvfb
from visio_desktop.engine.engine import Engine
from visio_desktop.meeting.accounts import FileState, LoginPhase, Server
from visio_desktop.meeting.errands import (
    AddServer,
    CancelLogIn,
    CreateRoom,
    DeleteRoom,
    FetchRecording,
    LogIn,
    LogOut,
    Refresh,
    SetDefaultAccess,
    SetRoomAccess,
    SetRoomRules,
)
from visio_desktop.meeting.intents import AskServer, Join, Leave, OpenLink
from visio_desktop.meeting.requests import SetRules
from visio_desktop.meeting.rooms import Access, Rules
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import ProblemCode, Role
from visio_desktop.servers.lasuite.adapter import LaSuiteAdapter
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.settings.store import Settings
from visio_desktop.system.secrets import MemorySecrets

FILM = b"a film" * 100_000


class Person:
    """Somebody at the window: an engine, a display for the login window, fingers."""

    def __init__(self, server: ContractServer, engine: Engine, watcher: Watcher, keyboard: Keyboard) -> None:
        self.url = server.url
        self.engine = engine
        self._watcher = watcher
        self._keyboard = keyboard

    def until(self, holds: Callable[[Server], object], timeout_s: float = 30.0) -> Server:
        """The server once this holds of it."""
        meeting = self.meeting(lambda m: (s := m.server(self.url)) is not None and bool(holds(s)), timeout_s)
        found = meeting.server(self.url)
        assert found is not None
        return found

    def meeting(self, holds: Callable[[Meeting], bool], timeout_s: float = 30.0) -> Meeting:
        """The snapshot for which this holds."""
        return self._watcher.wait_for(holds, timeout_s)

    def log_in(self, name: str, *, another: bool = False) -> Server:
        """Open the login window, type a name, press Return."""
        self.engine.post(LogIn(self.url, another=another))
        self.until(lambda s: s.phase is LoginPhase.OPEN)
        return self.type_in(name)

    def type_in(self, name: str) -> Server:
        """Keys are lost on a page that is not there yet: they are pressed again until somebody is logged in."""
        for _ in range(20):
            self._keyboard.enter("Log in to")
            self._keyboard.press("Ctrl+A")
            self._keyboard.write(name)
            self._keyboard.press("Return")
            try:
                return self._logged_in(name)
            except AssertionError:
                continue
        return self._logged_in(name)

    def _logged_in(self, name: str) -> Server:
        def known(server: Server) -> bool:
            return server.phase is LoginPhase.IDLE and server.account is not None and name in server.account.email

        return self.until(known, timeout_s=1.5)


@pytest.fixture(scope="module")
def server() -> Iterator[ContractServer]:
    with ContractServer() as running:
        yield running


@contextmanager
def person(
    server: ContractServer, folder: Path, monkeypatch: pytest.MonkeyPatch, authorities: str = ""
) -> Iterator[Person]:
    """Somebody at an engine of their own; `authorities` is what they trust beside the system's."""
    settings = Settings(folder / "settings.json")
    settings.put("extra_ca_file", authorities)
    with ExitStack() as stack:
        display = stack.enter_context(Xvfb(700, 800))
        for name, value in {**UNSANDBOXED, **display.environment, "XDG_RUNTIME_DIR": str(folder)}.items():
            monkeypatch.setitem(os.environ, name, value)
        keyboard = stack.enter_context(Keyboard(display.name))
        services = account_services_of(folder, MemorySecrets())
        engine, watcher = stack.enter_context(
            running_engine(asking=[LaSuiteAdapter(LiveKitAdapter())], on=False, accounts=services)
        )
        engine.post(AddServer(server.link("pub-lica-aaa")))
        someone = Person(server, engine, watcher, keyboard)
        someone.until(lambda s: s.features.records)
        yield someone


@pytest.mark.timeout(120)
def test_a_person_logs_in_and_has_everything_around_meetings(
    server: ContractServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restricted = server.room("res-tric-aaa")
    server.state.record(restricted, "screen_recording", status="saved", options={}, body=FILM)
    with person(server, tmp_path, monkeypatch) as odile:
        url, engine = odile.url, odile.engine
        engine.post(OpenLink(server.link(restricted.slug)))
        odile.meeting(lambda m: m.page is Page.PREJOIN)
        engine.post(Join())
        odile.meeting(lambda m: m.in_lobby)

        # At the door as a guest: who logs in need not wait any longer.
        known = odile.log_in("owner")
        joined = odile.meeting(lambda m: m.page is Page.ROOM)
        assert joined.me is not None
        assert joined.me.role is Role.OWNER
        engine.post(Leave())
        odile.meeting(lambda m: m.page is Page.ENDED)
        assert known.account is not None
        assert (known.account.name, known.account.lasting) == ("Odile Owner", False)
        engine.post(Refresh(url))
        listed = odile.until(lambda s: s.rooms and s.recordings)
        assert {"res-tric-aaa", "tru-sted-aaa"} <= {r.name for r in listed.rooms or ()}
        assert {r.role for r in listed.rooms or () if r.name == "res-tric-aaa"} == {Role.OWNER}

        engine.post(CreateRoom(url, Access.RESTRICTED))
        made = odile.until(lambda s: s.made is not None and not s.busy).made
        assert made is not None
        assert server.room(made.name).access_level == "restricted"
        engine.post(SetRoomAccess(url, made.id, Access.TRUSTED))
        odile.until(lambda s: any(r.id == made.id and r.access is Access.TRUSTED for r in s.rooms or ()))
        assert server.room(made.name).access_level == "trusted"
        engine.post(SetRoomRules(url, made.id, Rules(everyone_mutes=False)))
        odile.until(lambda s: any(r.id == made.id and not r.rules.everyone_mutes for r in s.rooms or ()))
        engine.post(DeleteRoom(url, made.id))
        odile.until(lambda s: s.rooms is not None and made.id not in {r.id for r in s.rooms})
        assert server.state.find(made.name) is None
        engine.post(SetDefaultAccess(url, Access.TRUSTED))
        odile.until(lambda s: s.account is not None and s.account.default_access is Access.TRUSTED)

        film = next(r for r in listed.recordings or () if r.state is FileState.READY)
        engine.post(FetchRecording(url, film.id, str(tmp_path / "film.mp4")))
        odile.until(lambda s: s.download is not None and s.download.done)
        assert (tmp_path / "film.mp4").read_bytes() == FILM


@pytest.mark.timeout(120)
def test_a_session_that_ends_is_renewed_unseen_even_in_a_meeting(
    server: ContractServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with person(server, tmp_path, monkeypatch) as odile:
        url, engine = odile.url, odile.engine
        odile.log_in("owner")

        # The next thing asked for logs in anew without a window, by the organisation's own session.
        server.expire("owner")
        engine.post(CreateRoom(url, Access.RESTRICTED, enter=True))
        entered = odile.meeting(lambda m: m.page is Page.PREJOIN)
        assert entered.link is not None
        room = server.room(entered.link.room)
        engine.post(Join())
        joined = odile.meeting(lambda m: m.page is Page.ROOM)
        assert joined.me is not None
        assert joined.me.role is Role.OWNER

        server.expire("owner")
        engine.post(AskServer(SetRules(Rules(Access.TRUSTED))))
        odile.meeting(lambda m: m.room.rules is not None and m.room.rules.access is Access.TRUSTED)
        assert room.access_level == "trusted"

        # Their organisation's session ends too: then the person has to, and the meeting goes on.
        server.expire("owner")
        server.provider.forget()
        engine.post(Refresh(url))
        lapsed = odile.until(lambda s: s.expired is not None)
        assert lapsed.problem is not None
        assert lapsed.problem.code is ProblemCode.LOGIN_EXPIRED
        assert odile.meeting(lambda m: bool(m.toasts)).page is Page.ROOM
        engine.post(Leave())

        engine.post(LogIn(url))
        odile.until(lambda s: s.phase is LoginPhase.OPEN)
        engine.post(CancelLogIn(url))
        odile.until(lambda s: s.phase is LoginPhase.IDLE and s.account is None)


@pytest.mark.timeout(90)
def test_two_accounts_at_one_server_and_logging_out_over_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority(tmp_path)
    with (
        ContractServer(tls=authority.serving("127.0.0.1")) as server,
        person(server, tmp_path, monkeypatch, str(authority.file)) as anyone,
    ):
        url, engine = anyone.url, anyone.engine
        anyone.log_in("owner")
        both = anyone.log_in("trusted", another=True)
        assert {a.email for a in both.accounts} == {"owner@example.org", "trusted@example.org"}
        engine.post(CreateRoom(url))
        made = anyone.until(lambda s: s.made is not None).made
        assert made is not None
        assert made.pin
        engine.post(LogOut(url, erase=True))
        left = anyone.until(lambda s: len(s.accounts) == 1)
        assert left.account is not None
        assert left.account.email == "owner@example.org"
        assert [p.name for p in (tmp_path / "logins").glob("*/*")] == ["0"]
