from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.helpers.account_fakes import FakeAccountServer, FakeLoginWindow, odile
from tests.helpers.account_views import URL
from visio_desktop.engine.login_program import LoginFailed
from visio_desktop.engine.logins import (
    MOST_RENEWALS,
    RENEWALS_WITHIN_MS,
    REST_AFTER_RENEWAL_MS,
    AccountServices,
    Logins,
)
from visio_desktop.login.wire import Failure
from visio_desktop.meeting.accounts import LoginPhase
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.accounts import AccountError, Login, LoginOver
from visio_desktop.system.secrets import MemorySecrets


@dataclass
class Desk:
    """Logins with a server, a window and a clock of the test's own."""

    folder: Path
    server: FakeAccountServer = field(default_factory=FakeAccountServer)
    lapsed: list[tuple[str, int]] = field(default_factory=list)
    now_ms: float = 0.0
    has_window: bool = True
    may_renew: bool = True

    def __post_init__(self) -> None:
        self.window = FakeLoginWindow(self.server)
        store = MemorySecrets()
        services = AccountServices(
            server=lambda: self.server,
            open_store=lambda: store,
            book=self.folder / "accounts.json",
            profiles=self.folder / "logins",
            window=self.window if self.has_window else None,
        )
        self.logins = Logins(
            services,
            lambda *key: self.lapsed.append(key),
            lambda _: self.may_renew,
            lambda: self.now_ms,
            lambda *_: odile().id,
        )

    async def log_in(self) -> None:
        self.window.people.append(odile())
        login, account = await self.logins.open(URL, 0, lambda _: None)
        await self.logins.keep(login, 0, account)


async def who(desk: Desk) -> str:
    account = await desk.logins.using(URL, 0, desk.server.who)
    return account.name


async def test_a_person_logs_in_in_a_profile_of_their_own(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    went: list[LoginPhase] = []
    desk.window.people.append(odile())
    login, account = await desk.logins.open(URL, 3, went.append)
    kept = await desk.logins.keep(login, 3, account)
    assert (kept.name, kept.slot, kept.lasting) == ("Odile Owner", 3, False)
    assert went == [LoginPhase.OPEN, LoginPhase.CHECKING]
    assert desk.window.opened[0].folder == str(tmp_path / "logins" / "meet.example.org" / "3")
    assert await desk.logins.cookies(URL, 3) == {"sessionid": "s3cr3t-1", "csrftoken": "t"}
    assert await desk.logins.cookies(URL, 0) == {}


async def test_a_session_that_ran_out_is_renewed_once_for_all_who_wait(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.log_in()
    desk.server.valid.clear()
    assert set(await asyncio.gather(who(desk), who(desk), who(desk))) == {"Odile Owner"}
    assert [begin.silent for begin in desk.window.opened] == [False, True]
    assert desk.lapsed == []


async def test_one_that_cannot_be_renewed_lapses_and_is_not_tried_again_at_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.log_in()
    desk.server.valid.clear()
    desk.window.remembers = None
    for _ in range(2):
        with pytest.raises(LoginOver) as over:
            await who(desk)
        assert over.value.problem.code is ProblemCode.LOGIN_EXPIRED
    assert len(desk.window.opened) == 2
    assert desk.lapsed[0] == (URL, 0)
    desk.now_ms = REST_AFTER_RENEWAL_MS + 1
    desk.window.remembers = odile()
    assert await who(desk) == "Odile Owner"


async def test_whoever_the_provider_knows_by_now_is_not_taken_for_the_account(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.log_in()
    desk.server.valid.clear()
    desk.window.remembers = replace(odile(), id="of-somebody-else", name="Somebody Else")
    with pytest.raises(LoginOver):
        await who(desk)
    assert desk.lapsed == [(URL, 0)]
    assert (await desk.logins.cookies(URL, 0))["sessionid"] not in desk.server.valid


async def test_where_the_provider_cannot_say_it_unseen_nobody_is_asked_unseen(tmp_path: Path) -> None:
    desk = Desk(tmp_path, may_renew=False)
    await desk.log_in()
    desk.server.valid.clear()
    with pytest.raises(LoginOver):
        await who(desk)
    assert [begin.silent for begin in desk.window.opened] == [False]
    assert desk.lapsed == [(URL, 0)]


async def test_a_server_that_is_down_ends_no_login(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.log_in()
    desk.server.down = True
    with pytest.raises(AccountError) as busy:
        await who(desk)
    assert busy.value.problem.code is ProblemCode.SERVER_BUSY
    assert desk.lapsed == []
    desk.server.down = False
    assert await who(desk) == "Odile Owner"


async def test_without_a_window_nobody_logs_in(tmp_path: Path) -> None:
    desk = Desk(tmp_path, has_window=False)
    with pytest.raises(AccountError) as missing:
        await desk.logins.open(URL, 0, lambda _: None)
    assert missing.value.problem.code is ProblemCode.LOGIN_MISSING


async def test_a_window_that_fails_says_why(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.window.failure = Failure.UNTRUSTED
    with pytest.raises(LoginFailed) as failed:
        await desk.logins.open(URL, 0, lambda _: None)
    assert failed.value.why is Failure.UNTRUSTED


async def test_a_forgotten_login_leaves_nothing_and_its_profile_only_on_wish(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.log_in()
    profile = tmp_path / "logins" / "meet.example.org" / "0"
    profile.mkdir(parents=True)
    await desk.logins.forget(URL, 0, erase=False)
    assert await desk.logins.cookies(URL, 0) == {}
    assert profile.is_dir()
    await desk.logins.forget(URL, 0, erase=True)
    assert not profile.exists()


def test_a_login_shows_no_secret() -> None:
    assert "s3cr3t" not in repr(Login(URL, {"sessionid": "s3cr3t"}))


async def test_a_renewed_session_that_is_none_either_is_not_renewed_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.log_in()

    async def never(login: Login) -> None:
        raise LoginOver(Problem(ProblemCode.LOGIN_EXPIRED, login.url))

    for _ in range(5):
        with pytest.raises(LoginOver):
            await desk.logins.using(URL, 0, never)
    assert [begin.silent for begin in desk.window.opened] == [False, True], "one web engine, not five"
    assert desk.lapsed[0] == (URL, 0)


async def test_a_server_that_forgets_each_session_at_once_is_given_up_after_a_few(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.log_in()
    refused = 0
    for _ in range(20):
        desk.server.valid.clear()
        desk.now_ms += 1_000.0
        try:
            await who(desk)
        except LoginOver:
            refused += 1
    assert len(desk.window.opened) == 1 + MOST_RENEWALS
    assert refused == 20 - MOST_RENEWALS
    assert (URL, 0) in desk.lapsed
    desk.now_ms += RENEWALS_WITHIN_MS + 1
    assert await who(desk) == "Odile Owner", "after a while it is tried again"


async def test_who_logs_in_again_is_renewed_as_before(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    await desk.log_in()
    for _ in range(MOST_RENEWALS):
        desk.server.valid.clear()
        await who(desk)
    await desk.log_in()
    desk.server.valid.clear()
    assert await who(desk) == "Odile Owner"
