from __future__ import annotations

import asyncio
import errno
import gc
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.helpers.account_fakes import FakeAccountServer, FakeLoginWindow, odile
from tests.helpers.account_views import FEATURES, RECORDINGS, ROOMS, URL
from visio_desktop.engine.account_book import AccountBook
from visio_desktop.engine.accounts import Accounts, candidates
from visio_desktop.engine.logins import AccountServices
from visio_desktop.login.wire import Failure
from visio_desktop.meeting import errands as ask
from visio_desktop.meeting.account_news import AccountNews, LoginLapsed
from visio_desktop.meeting.accounts import Account, LoginPhase, Server
from visio_desktop.meeting.effects import RecogniseLink, RunErrand
from visio_desktop.meeting.errands import Errand
from visio_desktop.meeting.rooms import Access, Rules
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.update import update
from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.servers.accounts import AccountError
from visio_desktop.system.secrets import MemorySecrets

LINK = MeetingLink("lasuite", f"{URL}/abc-defg-hij", "meet.example.org", "abc-defg-hij")
SILENT = Rules(everyone_mutes=False)
RECENT = replace(LINK, kind="https", text="https://visio.example/xyz")


class Desk:
    """Accounts with a state that is changed as the engine does it."""

    def __init__(self, folder: Path, *, allowed: str = "", usual: str = "", off: bool = False) -> None:
        self.folder = folder
        self.server = FakeAccountServer()
        self.window = FakeLoginWindow(self.server)
        self.store = MemorySecrets()
        self.meeting = Meeting(name="Odile", recents=(LINK, RECENT))
        self.news: list[AccountNews] = []
        self.links: list[str] = []
        self._changed = asyncio.Event()
        services = AccountServices(
            server=lambda: self.server,
            open_store=lambda: self.store,
            book=folder / "accounts.json",
            profiles=folder / "logins",
            window=self.window,
            allowed=lambda host: not allowed or host == allowed,
            usual=usual,
            off=off,
        )
        self.accounts = Accounts(services, self.take_in, lambda: self.meeting, lambda: 0.0)

    def take_in(self, message: AccountNews | Errand) -> None:
        self.news.append(message)  # type: ignore[arg-type] # errands are kept beside news
        self.meeting, effects = update(self.meeting, message)
        for effect in effects:
            match effect:
                case RunErrand(errand):
                    self.accounts.run(errand)
                case RecogniseLink(text):
                    self.links.append(text)
        self.accounts.take_in(self.meeting)
        self._changed.set()

    @property
    def at(self) -> Server:
        found = self.meeting.server(URL)
        assert found is not None
        return found

    async def until(self, holds: str) -> Server:
        """The server once `holds`, an expression over `s`, is true."""
        async with asyncio.timeout(5):
            while not eval(holds, {"s": self.at, "LoginPhase": LoginPhase}):
                self._changed.clear()
                await self._changed.wait()
        return self.at

    async def log_in(self, account: Account | None = None, *, another: bool = False) -> Server:
        self.window.people.append(account or odile())
        self.take_in(ask.LogIn(URL, another=another))
        await self.until("s.account is not None and s.phase is LoginPhase.IDLE")
        self.take_in(ask.Refresh(URL))
        return await self.until("s.rooms is not None and not s.busy")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    made.accounts.begin()
    yield made
    await made.accounts.close()


async def test_servers_come_from_the_meetings_one_was_in(desk: Desk) -> None:
    assert [s.url for s in desk.meeting.servers] == [URL, "https://visio.example"]
    assert desk.meeting.can_log_in


async def test_a_server_taken_off_the_list_stays_off(desk: Desk, tmp_path: Path) -> None:
    desk.take_in(ask.ForgetServer(URL))
    async with asyncio.timeout(5):
        while desk.accounts._book.is_new():
            await asyncio.sleep(0.001)
    following = Desk(tmp_path)
    following.accounts.begin()
    assert [s.url for s in following.meeting.servers] == ["https://visio.example"]
    await following.accounts.close()


async def test_who_logs_in_is_known_in_the_next_run_too(desk: Desk, tmp_path: Path) -> None:
    server = await desk.log_in()
    assert (server.account, server.rooms, server.recordings) == (odile(lasting=False), ROOMS, RECORDINGS)
    assert server.features == FEATURES
    desk.store.is_lasting = True  # a keyring, from now on
    desk.window.people.append(odile())
    desk.take_in(ask.LogIn(URL))
    server = await desk.until("s.account is not None and s.account.lasting")
    assert server.account == odile(lasting=True)
    await asyncio.sleep(0)
    await desk.accounts._writing.acquire()
    desk.accounts._writing.release()
    text = (tmp_path / "accounts.json").read_text(encoding="utf-8")
    assert "odile.owner@example.org" in text
    assert "s3cr3t" not in text
    following = Desk(tmp_path)
    following.store = desk.store
    following.accounts.begin()
    assert following.at.account is not None
    assert following.at.account.name == "Odile Owner"
    await following.accounts.close()


async def test_everything_asked_in_the_accounts_name_is_done(desk: Desk) -> None:
    await desk.log_in()
    for errand, asked in (
        (ask.SetRoomAccess(URL, "r1", Access.RESTRICTED), ("access", "r1", Access.RESTRICTED)),
        (ask.SetRoomRules(URL, "r1", SILENT), ("rules", "r1", SILENT)),
        (ask.SetDefaultRules(URL, SILENT), ("default rules", "1", SILENT)),
        (ask.DeleteRoom(URL, "r1"), ("delete room", "r1")),
        (ask.DeleteRecording(URL, "v1"), ("delete recording", "v1")),
        (ask.SetDefaultAccess(URL, Access.RESTRICTED), ("default", "1", Access.RESTRICTED)),
        (ask.CreateRoom(URL, Access.PUBLIC), ("create", Access.PUBLIC)),
    ):
        desk.take_in(errand)
        await desk.until("not s.busy")
        assert asked in desk.server.asked
    assert (await desk.until("s.made is not None")).made == ROOMS[0]
    assert desk.at.account is not None
    assert desk.at.account.default_access is Access.RESTRICTED
    assert desk.at.account.default_rules == SILENT
    desk.take_in(ask.CreateRoom(URL, enter=True))
    await desk.until("not s.busy")
    assert desk.links == [ROOMS[0].link]


async def test_a_server_that_refuses_is_told_beside_the_account(desk: Desk) -> None:
    await desk.log_in()
    desk.server.down = True
    desk.take_in(ask.Refresh(URL))
    assert (await desk.until("not s.busy")).problem is not None
    assert desk.at.account is not None


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (Failure.CRASHED, ProblemCode.LOGIN_FAILED),
        (Failure.UNTRUSTED, ProblemCode.TLS_UNTRUSTED),
        (Failure.UNREACHABLE, ProblemCode.HOST_UNREACHABLE),
        (Failure.NO_ENGINE, ProblemCode.LOGIN_MISSING),
        (Failure.CANCELLED, None),
    ],
)
async def test_a_login_that_fails_says_why(desk: Desk, why: Failure, code: ProblemCode | None) -> None:
    desk.window.failure = why
    desk.take_in(ask.LogIn(URL))
    problem = (await desk.until("s.phase is LoginPhase.IDLE")).problem
    assert problem == (None if code is None else Problem(code, "meet.example.org"))


async def test_giving_up_closes_the_window(desk: Desk) -> None:
    desk.take_in(ask.LogIn(URL))
    await desk.until("s.phase is LoginPhase.OPEN")
    desk.take_in(ask.CancelLogIn(URL))
    assert (await desk.until("s.phase is LoginPhase.IDLE")).problem is None
    await asyncio.sleep(0)
    assert desk.window.cancelled


async def test_two_accounts_stand_side_by_side_and_nobody_twice(desk: Desk) -> None:
    await desk.log_in()
    both = await desk.log_in(replace(odile(), id="2", name="Léo"), another=True)
    assert [a.slot for a in both.accounts] == [0, 1]
    assert both.active == 1
    await desk.log_in(another=True)
    again = await desk.until("len(s.accounts) == 2")
    assert sorted((a.slot, a.id) for a in again.accounts) == [(1, "2"), (2, "1")]
    assert await desk.accounts.cookies(LINK) == {"sessionid": "s3cr3t-3", "csrftoken": "t"}


async def test_logging_out_ends_the_session_there_and_here(desk: Desk) -> None:
    await desk.log_in()
    desk.take_in(ask.LogOut(URL))
    await desk.until("s.accounts == ()")
    assert desk.server.valid == {}
    assert await desk.accounts.cookies(LINK) == {}


async def test_a_forgotten_server_leaves_no_login(desk: Desk) -> None:
    await desk.log_in()
    desk.take_in(ask.ForgetServer(URL))
    assert desk.meeting.server(URL) is None
    async with asyncio.timeout(5):
        while desk.store._kept:
            await asyncio.sleep(0.001)


async def test_a_meeting_is_joined_with_the_account_unless_one_wants_to_be_a_guest(desk: Desk) -> None:
    assert await desk.accounts.cookies(LINK) == {}
    await desk.log_in()
    assert (await desk.accounts.cookies(LINK))["sessionid"] == "s3cr3t-1"
    assert await desk.accounts.cookies(RECENT) == {}
    desk.take_in(ask.JoinAs(URL, guest=True))
    assert await desk.accounts.cookies(LINK) == {}


async def test_joining_waits_for_the_session_to_be_renewed(desk: Desk) -> None:
    await desk.log_in()
    desk.server.valid.clear()
    desk.take_in(ask.LookAfter(URL))
    assert (await desk.accounts.cookies(LINK))["sessionid"] == "s3cr3t-2"
    desk.server.valid.clear()
    assert (await desk.accounts.renew(LINK))["sessionid"] == "s3cr3t-3"


async def test_a_login_that_cannot_be_renewed_is_told_once_looked_after(desk: Desk) -> None:
    await desk.log_in()
    desk.server.valid.clear()
    desk.window.remembers = None
    desk.take_in(ask.LookAfter(URL))
    await desk.until("s.expired is not None")
    assert LoginLapsed(URL, 0) in desk.news
    assert await desk.accounts.cookies(LINK) == {}
    with pytest.raises(AccountError):
        await desk.accounts.renew(LINK)


async def test_what_a_server_offers_is_asked_for_too_while_one_is_looked_after(desk: Desk, tmp_path: Path) -> None:
    desk.store.is_lasting = True
    await desk.log_in()
    async with asyncio.timeout(5):
        while desk.accounts._book.is_new():
            await asyncio.sleep(0.001)
    following = Desk(tmp_path)
    following.store, following.server = desk.store, desk.server
    following.accounts.begin()
    assert following.at.features != FEATURES
    following.take_in(ask.LookAfter(URL))
    await following.until("s.features.records")
    following.server.down = True
    following.server.asked.clear()
    following.take_in(ask.LookAfter(URL))
    async with asyncio.timeout(5):
        while not {("features", URL), ("who",)} <= set(following.server.asked):
            await asyncio.sleep(0.001)
    await following.accounts.close()
    assert following.at.features == FEATURES


async def test_nobody_else_is_renewed_in_the_accounts_place(desk: Desk) -> None:
    await desk.log_in()
    desk.server.valid.clear()
    desk.window.remembers = replace(odile(), id="of-somebody-else")
    desk.take_in(ask.LookAfter(URL))
    await desk.until("s.expired is not None")
    assert LoginLapsed(URL, 0) in desk.news


async def test_a_recording_is_downloaded_with_its_progress(desk: Desk, tmp_path: Path) -> None:
    await desk.log_in()
    desk.take_in(ask.FetchRecording(URL, "v1", str(tmp_path / "film.mp4")))
    done = await desk.until("s.download is not None and s.download.done")
    assert done.download is not None
    assert (done.download.received_bytes, done.download.total_bytes) == (4, 4)
    assert (tmp_path / "film.mp4").read_bytes() == b"film"


async def test_a_download_is_given_up_or_fails_without_harm(desk: Desk, tmp_path: Path) -> None:
    await desk.log_in()
    desk.server.may_fetch.clear()
    desk.take_in(ask.FetchRecording(URL, "v1", str(tmp_path / "film.mp4")))
    await desk.until("s.download is not None")
    desk.take_in(ask.CancelFetch(URL))
    assert desk.at.download is None
    desk.server.may_fetch.set()
    desk.take_in(ask.FetchRecording(URL, "v1", str(tmp_path / "missing" / "film.mp4")))
    problem = (await desk.until("s.problem is not None")).problem
    assert problem is not None
    assert problem.code is ProblemCode.FILE_NOT_WRITTEN
    assert desk.at.download is None


async def test_a_full_disk_is_told_as_such(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "film.mp4")

    await desk.log_in()
    monkeypatch.setattr(desk.server, "fetch", full)
    desk.take_in(ask.FetchRecording(URL, "v1", str(tmp_path / "film.mp4")))
    problem = (await desk.until("s.problem is not None")).problem
    assert problem == Problem(ProblemCode.DISK_FULL, "film.mp4")


async def test_the_usual_server_is_known_from_the_first_start_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path, usual="first.example")
    desk.accounts.begin()
    assert [s.url for s in desk.meeting.servers] == ["https://first.example", URL, "https://visio.example"]
    await desk.accounts.close()
    again = Desk(tmp_path, usual="meet.example.org")
    again.accounts.begin()
    assert [s.url for s in again.meeting.servers].count(URL) == 1
    await again.accounts.close()


async def test_a_server_that_is_not_allowed_is_asked_nothing(tmp_path: Path) -> None:
    before = Desk(tmp_path)
    before.accounts.begin()
    await before.log_in()
    await before.accounts.close()
    desk = Desk(tmp_path, allowed="other.example")
    desk.accounts.begin()
    desk.meeting = replace(desk.meeting, servers=before.meeting.servers)
    not_allowed = Problem(ProblemCode.SERVER_NOT_ALLOWED, "meet.example.org")
    for errand in (ask.LogIn(URL), ask.Refresh(URL), ask.CreateRoom(URL), ask.LookAfter(URL), ask.LogOut(URL)):
        desk.take_in(errand)
        assert desk.at.problem == not_allowed
    assert await desk.accounts.cookies(LINK) == {}
    with pytest.raises(AccountError):
        await desk.accounts.renew(LINK)
    desk.take_in(ask.AddServer("meet.example.org"))
    async with asyncio.timeout(20):
        while desk.meeting.server_problem is None:
            await asyncio.sleep(0)
    assert desk.meeting.server_problem == not_allowed
    assert desk.server.asked == []
    assert desk.window.opened == []
    await desk.accounts.close()


async def test_where_nobody_may_log_in_one_is_a_guest_and_nothing_is_forgotten(tmp_path: Path) -> None:
    book = AccountBook(tmp_path / "accounts.json")
    book.write((Server(URL, accounts=(odile(lasting=True),), active=odile().slot),))
    kept = book.read()
    assert kept[0].account is not None
    desk = Desk(tmp_path, off=True)
    desk.meeting = replace(desk.meeting, login_off=True)
    desk.accounts.begin()
    assert (desk.at.accounts, desk.at.account) == ((), None)
    assert not desk.meeting.can_log_in
    desk.take_in(ask.LogIn(URL))
    assert desk.at.problem == Problem(ProblemCode.LOGIN_NOT_ALLOWED)
    assert await desk.accounts.cookies(LINK) == {}
    await asyncio.sleep(0)
    async with desk.accounts._writing:
        assert book.read() == kept
    await desk.accounts.close()


async def test_a_server_is_added_by_host_or_link(desk: Desk) -> None:
    desk.take_in(ask.ForgetServer(URL))
    desk.take_in(ask.AddServer("meet.example.org/abc-defg-hij"))
    async with asyncio.timeout(5):
        while desk.meeting.server(URL) is None:
            await asyncio.sleep(0.001)
    assert desk.at.features == FEATURES
    desk.take_in(ask.AddServer("other.example"))
    async with asyncio.timeout(5):
        while desk.meeting.server_problem is None:
            await asyncio.sleep(0.001)
    assert desk.meeting.server_problem.code is ProblemCode.HOST_UNKNOWN


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("visio.example", ("https://visio.example",)),
        (" https://Visio.Example/ ", ("https://visio.example",)),
        ("https://visio.example/abc-defg-hij", ("https://visio.example",)),
        ("https://h.example/visio/abc", ("https://h.example", "https://h.example/visio")),
        ("http://127.0.0.1:8000/x", ("http://127.0.0.1:8000",)),
        ("", ()),
        ("a b", ()),
        ("https://user@host", ()),
        ("http://visio.example/x", ()),
        ("Visi\N{CYRILLIC SMALL LETTER O}.example:8443", ("https://xn--visi-85d.example:8443",)),
        ("https://[", ()),
    ],
)
def test_what_is_typed_may_mean_these_servers(text: str, found: tuple[str, ...]) -> None:
    assert candidates(text) == found


async def test_what_is_given_up_before_it_began_is_given_up_quietly(desk: Desk) -> None:
    desk.take_in(ask.LookAfter(URL))
    desk.take_in(ask.Refresh(URL))
    desk.take_in(ask.AddServer("meet.example.org"))
    await desk.accounts.close()
    gc.collect()  # what was never awaited warns now, and a warning fails
    assert desk.server.asked == []
