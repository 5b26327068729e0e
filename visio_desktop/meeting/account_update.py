"""What errands and news of accounts change. A meeting that runs goes on whatever happens here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

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
from visio_desktop.meeting.accounts import Account, LoginPhase, Server, server_of
from visio_desktop.meeting.changes import Step, nothing, open_link, with_toast
from visio_desktop.meeting.effects import Connect, Remember, RunErrand
from visio_desktop.meeting.errands import (
    AddServer,
    CancelFetch,
    CancelLogIn,
    Errand,
    ForgetServer,
    JoinAs,
    LogIn,
    LookAfter,
    UseAccount,
)
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode

_MOST_SERVERS = 20
_KIND = "lasuite"


def carry_out(meeting: Meeting, errand: Errand) -> Step:  # noqa: PLR0911 - a table of one line each
    """Carry out one errand; those about servers we do not know change nothing."""
    match errand:
        case AddServer():
            return replace(meeting, server_problem=None, server_sought=True), (RunErrand(errand),)
        case _ if meeting.server(errand.server) is None:
            return nothing(meeting)
        case ForgetServer(url):
            return replace(meeting, servers=tuple(s for s in meeting.servers if s.url != url)), (RunErrand(errand),)
        case LogIn(url):
            return _log_in(meeting, errand, url)
        case JoinAs(url, guest):
            chosen = _changed(meeting, url, lambda s: replace(s, as_guest=guest))
            return _from_the_lobby(meeting, (chosen, (RunErrand(errand),)))
        case UseAccount(url, slot):
            used = _changed(meeting, url, lambda s: replace(_emptied(s), active=slot, as_guest=False))
            return used, (RunErrand(errand), RunErrand(LookAfter(url)))
        case CancelLogIn() | CancelFetch() | LookAfter():
            return meeting, (RunErrand(errand),)
        case _:
            asked = _changed(meeting, errand.server, lambda s: replace(s, busy=True, problem=None, made=None))
            return asked, (RunErrand(errand),)


def take_in(meeting: Meeting, news: AccountNews) -> Step:  # noqa: PLR0911 - a table of one line each
    """Take in one report."""
    match news:
        case ServersKnown(servers, can_log_in):
            return replace(meeting, servers=servers[:_MOST_SERVERS], can_log_in=can_log_in), ()
        case ServerNotFound(problem):
            return replace(meeting, server_problem=problem, server_sought=False), ()
        case ServerFound(url, features):
            known = meeting if meeting.server(url) is not None else _added(meeting, url)
            found = _changed(known, url, lambda s: replace(s, features=features))
            return replace(found, server_problem=None, server_sought=False), ()
        case _ if meeting.server(news.server) is None:
            return nothing(meeting)
        case LoggedIn(url, account):
            return _from_the_lobby(meeting, _logged_in(meeting, url, account))
        case LoginLapsed(url, slot):
            return _lapsed(meeting, url, slot), ()
        case RoomMade(url, room, enter):
            made = _changed(meeting, url, lambda s: replace(_settled(s), made=None if enter else room))
            return open_link(made, room.link) if enter else (made, ())
        case _:
            return _changed(meeting, news.server, lambda s: _told(s, news)), ()


def noticed(step: Step, link: MeetingLink) -> Step:
    """Somebody looks at a link: its server may have accounts, and the one in use is looked after before it is used."""
    meeting, effects = step
    if link.kind != _KIND:
        return step
    url = server_of(link.text)
    known = meeting if meeting.server(url) is not None else _added(meeting, url)
    server = known.server(url)
    if server is None or server.account is None or server.as_guest:
        return known, effects
    return known, (*effects, RunErrand(LookAfter(url)))


def _told(server: Server, news: AccountNews) -> Server:  # noqa: PLR0911 - as above
    """A server with the small news about it."""
    match news:
        case LoginWent(_, phase):
            return replace(server, phase=phase, problem=None)
        case LoggedOut(_, slot):
            return _without(server, slot)
        case ErrandFailed(_, problem):
            return replace(_settled(server), problem=problem)
        case ErrandDone():
            return _settled(server)
        case RoomsListed(_, rooms):
            return replace(_settled(server), rooms=rooms)
        case RecordingsListed(_, recordings):
            return replace(server, recordings=recordings)
        case DownloadWent(_, download):
            return replace(server, download=download)
        case _:
            return server


def _without(server: Server, slot: int) -> Server:
    """Without an account; where it was the one in use, the next one is."""
    left = tuple(a for a in server.accounts if a.slot != slot)
    if slot != server.active:
        return replace(server, accounts=left)
    return replace(_emptied(server), accounts=left, active=left[0].slot if left else None)


def _logged_in(meeting: Meeting, url: str, account: Account) -> Step:
    """Who has not said yet how they are called is called as the server calls them."""
    known = _changed(meeting, url, lambda s: _with_account(s, account))
    if meeting.name or not account.name:
        return known, ()
    return replace(known, name=account.name), (Remember("name", account.name),)


def _from_the_lobby(before: Meeting, step: Step) -> Step:
    """Whoever waits as a guest and is known from now on asks to come in anew, as themselves."""
    meeting, effects = step
    was, now = before.at, meeting.at
    waits = meeting.page is Page.JOINING and meeting.in_lobby
    if not waits or meeting.link is None or was is None or now is None or _is_known(was) or not _is_known(now):
        return step
    return replace(meeting, in_lobby=False), (*effects, Connect(meeting.link, meeting.name_there))


def _is_known(server: Server) -> bool:
    return server.account is not None and not server.as_guest


def _with_account(server: Server, account: Account) -> Server:
    others = tuple(a for a in server.accounts if a.slot != account.slot)
    return replace(_settled(server), accounts=(*others, account), active=account.slot, problem=None)


def _log_in(meeting: Meeting, errand: LogIn, url: str) -> Step:
    if not meeting.can_log_in or meeting.login_off:
        missing = Problem(ProblemCode.LOGIN_NOT_ALLOWED if meeting.login_off else ProblemCode.LOGIN_MISSING)
        return _changed(meeting, url, lambda s: replace(s, problem=missing)), ()
    opening = _changed(meeting, url, lambda s: replace(s, phase=LoginPhase.OPENING, problem=None, as_guest=False))
    return opening, (RunErrand(errand),)


def _lapsed(meeting: Meeting, url: str, slot: int) -> Meeting:
    """Said beside the account, and in a meeting as a notice: that goes on."""
    host = next((s.host for s in meeting.servers if s.url == url), url)
    problem = Problem(ProblemCode.LOGIN_EXPIRED, host)

    def lapse(server: Server) -> Server:
        accounts = tuple(replace(a, expired=True) if a.slot == slot else a for a in server.accounts)
        return replace(_emptied(server), accounts=accounts, problem=problem)

    lapsed = _changed(meeting, url, lapse)
    return with_toast(lapsed, "login_lapsed", problem, server=url) if meeting.page is Page.ROOM else lapsed


def _added(meeting: Meeting, url: str) -> Meeting:
    """With one more server; of too many the oldest goes that nobody has an account at, for links come from anybody."""
    servers = meeting.servers
    if len(servers) >= _MOST_SERVERS:
        oldest = next((s for s in servers if not s.accounts), servers[0])
        servers = tuple(s for s in servers if s is not oldest)
    return replace(meeting, servers=(*servers, Server(url)))


def _changed(meeting: Meeting, url: str, change: Callable[[Server], Server]) -> Meeting:
    return replace(meeting, servers=tuple(change(s) if s.url == url else s for s in meeting.servers))


def _settled(server: Server) -> Server:
    """What was asked for is answered."""
    return replace(server, busy=False, phase=LoginPhase.IDLE)


def _emptied(server: Server) -> Server:
    """Without anything of the account that was in use."""
    return replace(_settled(server), rooms=None, recordings=None, made=None, problem=None)
