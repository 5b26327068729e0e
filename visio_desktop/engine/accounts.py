"""Carries out errands: accounts, rooms and recordings, one task each. What came of it is reported as `account_news`."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from visio_desktop.engine.account_book import AccountBook, lasting
from visio_desktop.engine.login_problem import problem_of
from visio_desktop.engine.login_program import LoginFailed
from visio_desktop.engine.logins import AccountServices, Logins
from visio_desktop.meeting.account_news import (
    AccountNews,
    DownloadWent,
    ErrandDone,
    ErrandFailed,
    LoggedIn,
    LoggedOut,
    LoginLapsed,
    LoginWent,
    RecordingsListed,
    RoomMade,
    RoomsListed,
    ServerFound,
    ServerNotFound,
    ServersKnown,
)
from visio_desktop.meeting.accounts import Account, Download, LoginPhase, Server, server_of
from visio_desktop.meeting.errands import (
    AddServer,
    CancelFetch,
    CancelLogIn,
    CreateRoom,
    DeleteRecording,
    DeleteRoom,
    Errand,
    FetchRecording,
    ForgetServer,
    JoinAs,
    LogIn,
    LogOut,
    LookAfter,
    Refresh,
    SetDefaultAccess,
    SetDefaultRules,
    SetRoomAccess,
    SetRoomRules,
    UseAccount,
)
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.net.hosts import authority, is_loopback
from visio_desktop.servers.accounts import AccountError, AccountServer, Login
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

KIND: Final = "lasuite"
_WEB: Final = (KIND, "https", "http")
"""A remembered link is only known by its scheme."""
TELL_EVERY_MS: Final = 200.0
READY_S: Final = 4.0
"""How long joining waits for a session that is being looked after."""
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_log = get_logger(__name__)


class Accounts:
    """`meeting` gives the snapshot. Runs on the engine's loop."""

    def __init__(
        self,
        services: AccountServices,
        report: Callable[[AccountNews], None],
        meeting: Callable[[], Meeting],
        monotonic_ms: Callable[[], float],
    ) -> None:
        self._services = services
        self._report = report
        self._meeting = meeting
        self._monotonic_ms = monotonic_ms
        self._book = AccountBook(services.book)
        lapsed: Callable[[str, int], None] = lambda url, slot: report(LoginLapsed(url, slot))  # noqa: E731 - for types
        self._logins = Logins(services, lapsed, self._may_renew, monotonic_ms, self._id)
        self._tasks = Tasks("accounts", self._crashed)
        self._named: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._kept: tuple[Server, ...] | None = None
        self._writing = asyncio.Lock()

    def begin(self) -> None:
        """Tell which servers are known from earlier runs; in the first, from the meetings one was in."""
        known = self._book.read()
        if self._book.is_new():
            recent = (server_of(link.text) for link in self._meeting().recents if link.kind in _WEB)
            known = tuple(Server(url) for url in dict.fromkeys(recent) if urlsplit(url).hostname)
        self._kept, services = known, self._services
        usual = next(iter(candidates(services.usual)), "")
        if usual and all(server.url != usual for server in known):
            known = (Server(usual), *known)
        if services.off:
            known = tuple(Server(server.url) for server in known)
        self._report(ServersKnown(known, can_log_in=services.window is not None and not services.off))

    def take_in(self, meeting: Meeting) -> None:
        """A new snapshot: what lasts of it is written down."""
        if self._kept is None or meeting.servers is self._kept or self._services.off:
            return  # while nobody may log in, who was logged in before is not forgotten
        if lasting(meeting.servers) != lasting(self._kept):
            self._tasks.start(self._write(meeting.servers), name="write")
        self._kept = meeting.servers

    def run(self, errand: Errand) -> None:
        """Begin an errand."""
        if not isinstance(errand, AddServer | ForgetServer) and not self._is_allowed(errand.server):
            self._report(ErrandFailed(errand.server, _not_allowed(errand.server)))
            return
        match errand:
            case AddServer(text):
                self._start("", "add", self._add(text))
            case ForgetServer(url):
                # The snapshot has lost the server already; what was written down last still has it.
                slots = [a.slot for server in self._kept or () if server.url == url for a in server.accounts]
                self._start(url, "forget", self._forget(url, slots))
            case LogIn(url, another):
                self._start(url, "login", self._log_in(url, another), guarded=True)
            case CancelLogIn(url):
                self._stop(url, "login")
                self._report(ErrandFailed(url, None))
            case FetchRecording(url):
                self._start(url, "fetch", self._fetch(errand), guarded=True)
            case CancelFetch(url):
                self._stop(url, "fetch")
                self._report(DownloadWent(url, None))
            case LookAfter(url):
                self._start(url, "look after", self._look_after(url))
                self._start(url, "features", self._find_features(url))
            case UseAccount() | JoinAs():
                pass  # the snapshot says it
            case _:
                self._start(errand.server, type(errand).__name__, self._do(errand), guarded=True)

    async def cookies(self, link: MeetingLink) -> Mapping[str, str]:
        """What stands for the account at a link's server; nothing where one joins as nobody."""
        url = server_of(link.text)
        if not self._is_allowed(url):
            return {}
        account = self._active(url)
        server = self._meeting().server(url)
        if link.kind != KIND or account is None or server is None or server.as_guest:
            return {}
        looking = self._named.get((url, "look after"))
        if looking is not None:
            await asyncio.wait({looking}, timeout=READY_S)
        try:
            async with asyncio.timeout(READY_S):
                return await self._logins.cookies(url, account.slot) if self._active(url) is not None else {}
        except TimeoutError:  # the keyring waits for the person to unlock it, and the meeting does not
            _log.warning("login_not_ready")
            return {}

    async def renew(self, link: MeetingLink) -> Mapping[str, str]:
        """The cookies after the server was asked once more whether it knows us. Raises `AccountError`."""
        url = server_of(link.text)
        if not self._is_allowed(url):
            raise AccountError(_not_allowed(url))
        await self._in_name(url, self._services.server().who)
        return await self.cookies(link)

    async def close(self) -> None:
        """Stop everything; login windows close."""
        await self._tasks.close()

    # ---- errands

    async def _add(self, text: str) -> None:
        for url in candidates(text):
            if not self._is_allowed(url):
                problem = _not_allowed(url)
                continue
            try:
                features = await self._services.server().features(url)
            except AccountError as error:
                problem = error.problem
            else:
                self._report(ServerFound(url, features))
                return
        self._report(ServerNotFound(problem if candidates(text) else Problem(ProblemCode.LINK_MALFORMED, text[:60])))

    async def _forget(self, url: str, slots: list[int]) -> None:
        for slot in slots:
            await self._logins.forget(url, slot, erase=True)

    async def _log_in(self, url: str, another: bool) -> None:
        server = self._meeting().server(url)
        if server is None:
            return
        slots = [account.slot for account in server.accounts]
        slot = max(slots, default=-1) + 1 if another or server.active is None else server.active
        login, account = await self._logins.open(url, slot, lambda phase: self._report(LoginWent(url, phase)))
        self._report(LoggedIn(url, await self._logins.keep(login, slot, account)))
        for other in server.accounts:
            if other.id == account.id and other.slot != slot:  # the same person twice
                await self._logins.forget(url, other.slot, erase=True)
                self._report(LoggedOut(url, other.slot))
        self._report(ServerFound(url, await self._services.server().features(url)))

    async def _look_after(self, url: str) -> None:
        """Whether the account is still known; who is offline, or no longer known, will hear of it when it matters."""
        account = self._active(url)
        if account is None:
            return
        try:
            found = await self._in_name(url, self._services.server().who)
        except AccountError as error:
            _log.info("account_not_looked_after", error=str(error))
        else:
            self._report(LoggedIn(url, replace(found, slot=account.slot, lasting=account.lasting)))

    async def _find_features(self, url: str) -> None:
        """What a server offers to whom it knows may be something else than last time."""
        try:
            features = await self._services.server().features(url)
        except AccountError as error:
            _log.info("features_not_found", error=str(error))
        else:
            self._report(ServerFound(url, features))

    async def _do(self, errand: Errand) -> None:
        server = self._services.server()
        match errand:
            case LogOut(url, erase):
                await self._log_out(url, erase)
            case CreateRoom(url, access, enter):
                made = await self._in_name(url, lambda login: server.create_room(login, access))
                if not enter:
                    self._report(ServerFound(url, await server.features(url)))  # the number to call
                self._report(RoomMade(url, made, enter))
            case SetDefaultAccess(url) | SetDefaultRules(url):
                await self._set_defaults(errand)
            case Refresh(url):
                await self._list(url)
            case SetRoomAccess() | SetRoomRules() | DeleteRoom() | DeleteRecording():
                await self._in_name(errand.server, lambda login: _change(server, login, errand))
                await self._list(errand.server)

    async def _set_defaults(self, errand: SetDefaultAccess | SetDefaultRules) -> None:
        account, server = self._active(errand.server), self._services.server()
        if account is None:
            return
        match errand:
            case SetDefaultAccess(url, access):
                await self._in_name(url, lambda login: server.set_default_access(login, account.id, access))
                self._report(LoggedIn(url, replace(account, default_access=access)))
            case SetDefaultRules(url, rules):
                await self._in_name(url, lambda login: server.set_default_rules(login, account.id, rules))
                self._report(LoggedIn(url, replace(account, default_rules=rules)))

    async def _list(self, url: str) -> None:
        account, server = self._active(url), self._services.server()
        if account is None:
            self._report(ErrandDone(url))
            return
        features = await server.features(url)
        self._report(ServerFound(url, features))
        # Whoever is not logged in has rooms too: none. Only the question who we are tells a session that ran out.
        await self._in_name(url, server.who)
        rooms = await self._in_name(url, lambda login: server.rooms(login, account.id))
        if features.records:
            self._report(RecordingsListed(url, await self._in_name(url, server.recordings)))
        self._report(RoomsListed(url, rooms))

    async def _log_out(self, url: str, erase: bool) -> None:
        server = self._meeting().server(url)
        if server is None or server.active is None:
            return
        slot = server.active
        try:
            cookies = await self._logins.cookies(url, slot)
            await self._services.server().log_out(Login(url, cookies))
        except AccountError as error:
            _log.info("not_logged_out_there", error=str(error))
        await self._logins.forget(url, slot, erase=erase)
        self._report(LoggedOut(url, slot))

    async def _fetch(self, errand: FetchRecording) -> None:
        url, server = errand.server, self._meeting().server(errand.server)
        found = (r for r in (server.recordings or () if server is not None else ()) if r.id == errand.recording_id)
        recording = next(found, None)
        if recording is None:
            return
        told_ms = [0.0]
        download = Download(recording.id)

        def went(received: int, total: int) -> None:
            nonlocal download
            download = replace(download, received_bytes=received, total_bytes=total)
            if self._monotonic_ms() - told_ms[0] >= TELL_EVERY_MS:
                told_ms[0] = self._monotonic_ms()
                self._report(DownloadWent(url, download))

        self._report(DownloadWent(url, download))
        try:
            path = Path(errand.path)
            await self._in_name(url, lambda login: self._services.server().fetch(login, recording, path, went))
        except (AccountError, OSError):
            self._report(DownloadWent(url, None))
            raise
        self._report(DownloadWent(url, replace(download, done=True)))

    # ---- how they are done

    async def _in_name[T](self, url: str, work: Callable[[Login], Awaitable[T]]) -> T:
        account = self._active(url)
        if account is None:
            raise AccountError(Problem(ProblemCode.LOGIN_NEEDED, urlsplit(url).netloc))
        return await self._logins.using(url, account.slot, work)

    async def _guarded(self, url: str, work: Awaitable[None]) -> None:
        """Report what went wrong, in the meeting's terms."""
        try:
            await work
        except AccountError as error:
            _log.info("errand_failed", error=str(error))
            self._report(ErrandFailed(url, error.problem))
        except OSError as error:
            is_full = error.errno in _FULL
            code = ProblemCode.DISK_FULL if is_full else ProblemCode.FILE_NOT_WRITTEN
            self._report(ErrandFailed(url, Problem(code, error.filename or "")))
        except LoginFailed as failed:
            _log.info("login_failed", why=failed.why.value)
            self._report(ErrandFailed(url, problem_of(failed, urlsplit(url).netloc)))

    def _is_allowed(self, url: str) -> bool:
        return self._services.allowed(urlsplit(url).hostname or "")

    def _may_renew(self, url: str) -> bool:
        server = self._meeting().server(url)
        return server is not None and server.features.silent_login

    def _id(self, url: str, slot: int) -> str:
        server = self._meeting().server(url)
        return next((a.id for a in (server.accounts if server is not None else ()) if a.slot == slot), "")

    def _active(self, url: str) -> Account | None:
        server = self._meeting().server(url)
        return None if server is None else server.account

    def _start(self, url: str, name: str, work: Coroutine[object, object, None], *, guarded: bool = False) -> None:
        """At most one of a name at a server; the newer one holds."""
        self._stop(url, name)
        task = self._tasks.start(self._guarded(url, work) if guarded else work, name=name)
        task.add_done_callback(lambda _: work.close())  # it may never have begun
        self._named[url, name] = task
        task.add_done_callback(lambda done: self._named.get((url, name)) is done and self._named.pop((url, name)))

    def _stop(self, url: str, name: str) -> None:
        task = self._named.pop((url, name), None)
        if task is not None:
            task.cancel()

    async def _write(self, servers: tuple[Server, ...]) -> None:
        async with self._writing:
            await asyncio.to_thread(self._book.write, servers)

    def _crashed(self, _name: str, _error: BaseException) -> None:
        for server in self._meeting().servers:
            if server.busy or server.phase is not LoginPhase.IDLE:
                self._report(ErrandFailed(server.url, Problem(ProblemCode.INTERNAL)))


def _not_allowed(url: str) -> Problem:
    return Problem(ProblemCode.SERVER_NOT_ALLOWED, urlsplit(url).netloc)


async def _change(
    server: AccountServer, login: Login, errand: SetRoomAccess | SetRoomRules | DeleteRoom | DeleteRecording
) -> None:
    """Change one thing at the server."""
    match errand:
        case SetRoomAccess(_, room_id, access):
            await server.set_access(login, room_id, access)
        case SetRoomRules(_, room_id, rules):
            await server.set_rules(login, room_id, rules)
        case DeleteRoom(_, room_id):
            await server.delete_room(login, room_id)
        case DeleteRecording(_, recording_id):
            await server.delete_recording(login, recording_id)


def candidates(text: str) -> tuple[str, ...]:
    """The web addresses of servers that a host, or a link of one of its rooms, may mean; none that others may read."""
    text = text.strip()
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, _ = parts.hostname, parts.port
        netloc = authority(parts)
    except ValueError:
        return ()
    scheme = "http" if parts.scheme == "http" else "https"
    is_readable = scheme == "http" and not is_loopback(host or "")
    if not host or not netloc or is_readable or "@" in parts.netloc or any(c.isspace() for c in text):
        return ()
    base = f"{scheme}://{netloc}"
    folder = parts.path.rstrip("/").rpartition("/")[0]
    return tuple(dict.fromkeys((base, base + folder)))
