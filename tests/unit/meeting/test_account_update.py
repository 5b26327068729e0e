from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.account_views import FEATURES, IN, ODILE, OUT, RECORDINGS, ROOMS, URL
from visio_desktop.meeting import account_news as news
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import errands as ask
from visio_desktop.meeting.account_news import AccountNews
from visio_desktop.meeting.accounts import Account, Download, LoginPhase, Server
from visio_desktop.meeting.errands import Errand
from visio_desktop.meeting.events import LinkRecognised
from visio_desktop.meeting.intents import GoHome, Join
from visio_desktop.meeting.rooms import Access
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.update import update
from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode

AT_HOME = Meeting(name="Odile", servers=(IN, OUT), can_log_in=True)
LINK = MeetingLink("lasuite", f"{URL}/abc-defg-hij", "meet.example.org", "abc-defg-hij")
BUSY = Problem(ProblemCode.SERVER_BUSY, "meet.example.org")


def after(message: Errand | AccountNews, meeting: Meeting = AT_HOME, url: str = URL) -> Server:
    changed, _ = update(meeting, message)
    found = changed.server(url)
    assert found is not None
    return found


def asked(message: Errand | AccountNews, meeting: Meeting = AT_HOME) -> list[Errand]:
    return [effect.errand for effect in update(meeting, message)[1] if isinstance(effect, do.RunErrand)]


def test_servers_of_earlier_runs_are_shown_with_what_this_installation_can_do() -> None:
    begun, effects = update(Meeting(), news.ServersKnown((IN, OUT), can_log_in=True))
    assert (begun.servers, begun.can_log_in, effects) == ((IN, OUT), True, ())


def test_a_server_is_added_once_and_told_where_there_is_none() -> None:
    sought, effects = update(AT_HOME, ask.AddServer("meet.example.net"))
    assert sought.server_sought
    assert effects == (do.RunErrand(ask.AddServer("meet.example.net")),)
    found, _ = update(sought, news.ServerFound("https://meet.example.net", FEATURES))
    assert (found.servers[-1], found.server_sought) == (Server("https://meet.example.net", FEATURES), False)
    again, _ = update(found, news.ServerFound("https://meet.example.net", FEATURES))
    assert again.servers == found.servers
    missing, _ = update(sought, news.ServerNotFound(BUSY))
    assert (missing.server_problem, missing.server_sought) == (BUSY, False)


def test_links_of_many_servers_push_out_none_with_an_account() -> None:
    meeting = AT_HOME
    for number in range(50):
        meeting, _ = update(meeting, news.ServerFound(f"https://h{number}.example.net", FEATURES))
    assert len(meeting.servers) == 20
    assert meeting.server(IN.url) is not None
    assert meeting.server(OUT.url) is None
    assert meeting.servers[-1].url == "https://h49.example.net"


def test_logging_in_goes_through_its_phases() -> None:
    opening = after(ask.LogIn(OUT.url), url=OUT.url)
    assert opening.phase is LoginPhase.OPENING
    assert asked(ask.LogIn(OUT.url)) == [ask.LogIn(OUT.url)]
    assert after(news.LoginWent(OUT.url, LoginPhase.OPEN), url=OUT.url).phase is LoginPhase.OPEN
    known = after(news.LoggedIn(OUT.url, ODILE), url=OUT.url)
    assert (known.account, known.phase) == (ODILE, LoginPhase.IDLE)
    assert asked(news.LoggedIn(OUT.url, ODILE)) == []


def test_without_a_web_engine_the_window_says_why_nobody_can_log_in() -> None:
    without = replace(AT_HOME, can_log_in=False)
    refused = after(ask.LogIn(OUT.url), without, OUT.url)
    assert refused.problem == Problem(ProblemCode.LOGIN_MISSING)
    assert asked(ask.LogIn(OUT.url), without) == []


def test_where_nobody_may_log_in_that_is_said() -> None:
    meeting = replace(AT_HOME, login_off=True)
    assert after(ask.LogIn(URL), meeting).problem == Problem(ProblemCode.LOGIN_NOT_ALLOWED)
    assert asked(ask.LogIn(URL), meeting) == []


def test_who_gave_no_name_yet_is_called_as_the_server_calls_them() -> None:
    nameless, effects = update(replace(AT_HOME, name=""), news.LoggedIn(URL, ODILE))
    assert nameless.name == "Odile Owner"
    assert do.Remember("name", "Odile Owner") in effects
    kept, effects = update(AT_HOME, news.LoggedIn(URL, ODILE))
    assert kept.name == "Odile"
    assert not [effect for effect in effects if isinstance(effect, do.Remember)]


def test_a_second_account_is_used_and_the_first_kept() -> None:
    other = Account(2, "Ada", id="9")
    both = after(news.LoggedIn(URL, other))
    assert (both.active, len(both.accounts)) == (2, 3)
    back = after(ask.UseAccount(URL, 0), replace(AT_HOME, servers=(both,)))
    assert (back.account, back.rooms) == (ODILE, None)
    assert asked(ask.UseAccount(URL, 0)) == [ask.UseAccount(URL, 0), ask.LookAfter(URL)]


def test_logging_out_leaves_nothing_of_the_account() -> None:
    other = after(news.LoggedOut(URL, 1))
    assert (other.account, other.rooms, len(other.accounts)) == (ODILE, ROOMS, 1)
    out = after(news.LoggedOut(URL, 0))
    assert (out.rooms, out.recordings, [a.slot for a in out.accounts], out.active) == (None, None, [1], 1)
    nobody = after(news.LoggedOut(URL, 1), replace(AT_HOME, servers=(out,)))
    assert (nobody.accounts, nobody.active) == ((), None)


def test_a_lapsed_login_is_told_and_a_running_meeting_goes_on() -> None:
    in_room = replace(AT_HOME, page=Page.ROOM)
    lapsed, effects = update(in_room, news.LoginLapsed(URL, 0))
    server = lapsed.server(URL)
    assert server is not None
    assert server.account is None
    assert server.expired == replace(ODILE, expired=True)
    assert server.problem == Problem(ProblemCode.LOGIN_EXPIRED, "meet.example.org")
    assert (lapsed.page, effects) == (Page.ROOM, ())
    assert lapsed.toasts[0].problem == server.problem
    assert dict(lapsed.toasts[0].arguments) == {"server": URL}
    assert update(AT_HOME, news.LoginLapsed(URL, 0))[0].toasts == ()


@pytest.mark.parametrize(
    "errand",
    [
        ask.CreateRoom(URL),
        ask.Refresh(URL),
        ask.SetRoomAccess(URL, "r1", Access.PUBLIC),
        ask.DeleteRoom(URL, "r1"),
        ask.SetDefaultAccess(URL, Access.PUBLIC),
        ask.LogOut(URL),
        ask.DeleteRecording(URL, "v1"),
    ],
)
def test_what_is_asked_of_a_server_shows_until_it_is_answered(errand: Errand) -> None:
    assert after(errand).busy
    assert asked(errand) == [errand]
    waiting = replace(AT_HOME, servers=(replace(IN, busy=True),))
    failed = after(news.ErrandFailed(URL, BUSY), waiting)
    assert (failed.busy, failed.problem) == (False, BUSY)
    assert not after(news.ErrandDone(URL), waiting).busy


@pytest.mark.parametrize("errand", [ask.CreateRoom("https://other.example"), ask.LogIn("https://other.example")])
def test_servers_we_do_not_know_are_asked_nothing(errand: Errand) -> None:
    assert update(AT_HOME, errand) == (AT_HOME, ())
    assert update(AT_HOME, news.RoomsListed("https://other.example", ())) == (AT_HOME, ())


def test_a_room_for_later_is_shown_and_one_for_now_is_opened() -> None:
    later, effects = update(AT_HOME, news.RoomMade(URL, ROOMS[0], enter=False))
    server = later.server(URL)
    assert server is not None
    assert server.made == ROOMS[0]
    assert effects == ()
    now, effects = update(AT_HOME, news.RoomMade(URL, ROOMS[0], enter=True))
    assert now.looking
    assert effects == (do.RecogniseLink(ROOMS[0].link, sure=True),)


def test_rooms_recordings_and_downloads_are_shown_as_they_come() -> None:
    assert after(news.RoomsListed(URL, ROOMS[:1])).rooms == ROOMS[:1]
    assert after(news.RecordingsListed(URL, RECORDINGS[:1])).recordings == RECORDINGS[:1]
    download = Download("v1", 5, 10)
    assert after(news.DownloadWent(URL, download)).download == download
    assert after(news.DownloadWent(URL, None)).download is None


def test_a_link_of_a_server_with_accounts_adds_it_and_looks_after_the_account() -> None:
    seen, effects = update(replace(AT_HOME, servers=()), LinkRecognised(LINK))
    assert [s.url for s in seen.servers] == [URL]
    assert not [e for e in effects if isinstance(e, do.RunErrand)]
    _, effects = update(AT_HOME, LinkRecognised(LINK))
    assert do.RunErrand(ask.LookAfter(URL)) in effects
    guest = replace(AT_HOME, servers=(replace(IN, as_guest=True),))
    _, effects = update(guest, LinkRecognised(LINK))
    assert do.RunErrand(ask.LookAfter(URL)) not in effects
    other, _ = update(AT_HOME, LinkRecognised(replace(LINK, kind="livekit", text="livekit+wss://h?room=r")))
    assert len(other.servers) == 2


def test_one_joins_as_guest_or_as_oneself() -> None:
    assert after(ask.JoinAs(URL, guest=True)).as_guest
    assert not after(ask.JoinAs(URL, guest=False), replace(AT_HOME, servers=(replace(IN, as_guest=True),))).as_guest


def test_servers_outlast_meetings() -> None:
    assert update(replace(AT_HOME, page=Page.ENDED), GoHome())[0].servers == AT_HOME.servers


def test_a_forgotten_server_is_gone() -> None:
    gone, effects = update(AT_HOME, ask.ForgetServer(URL))
    assert gone.servers == (OUT,)
    assert effects == (do.RunErrand(ask.ForgetServer(URL)),)


WAITS = Meeting(Page.JOINING, LINK, name="Odile", in_lobby=True, can_log_in=True, servers=(OUT,))
AS_ODILE = do.Connect(LINK, "Odile")


def waiting(server: Server) -> Meeting:
    return replace(WAITS, servers=(server,))


def test_who_logs_in_at_the_door_comes_in_anew_as_themselves() -> None:
    known, effects = update(waiting(Server(URL, FEATURES)), news.LoggedIn(URL, ODILE))
    assert (known.in_lobby, effects) == (False, (AS_ODILE,))
    again, effects = update(replace(known, in_lobby=True), news.LoggedIn(URL, ODILE))
    assert (again.in_lobby, effects) == (True, ()), "known already: the one who leads has to decide"
    guest = replace(IN, as_guest=True)
    chosen, effects = update(waiting(guest), ask.JoinAs(URL, guest=False))
    assert chosen.in_lobby is False
    assert effects == (do.RunErrand(ask.JoinAs(URL, guest=False)), AS_ODILE)
    lapsed = replace(IN, accounts=(replace(ODILE, expired=True),))
    assert update(waiting(lapsed), news.LoggedIn(URL, ODILE))[1] == (AS_ODILE,)


@pytest.mark.parametrize(
    "meeting",
    [
        replace(WAITS, in_lobby=False, servers=(Server(URL),)),
        replace(WAITS, page=Page.PREJOIN, servers=(Server(URL),)),
        replace(WAITS, page=Page.ROOM, in_lobby=False, servers=(Server(URL),)),
        replace(WAITS, link=replace(LINK, text="https://other.example/abc"), servers=(Server(URL),)),
    ],
)
def test_who_logs_in_elsewhere_asks_at_no_door(meeting: Meeting) -> None:
    _, effects = update(meeting, news.LoggedIn(URL, ODILE))
    assert AS_ODILE not in effects


FIXED = replace(IN, features=replace(FEATURES, names_editable=False))


@pytest.mark.parametrize(
    ("server", "fixed"),
    [
        (FIXED, "Odile Owner"),
        (IN, ""),
        (replace(FIXED, as_guest=True), ""),
        (replace(FIXED, accounts=()), ""),
        (replace(FIXED, accounts=(replace(ODILE, expired=True),)), ""),
    ],
)
def test_where_names_may_not_be_chosen_the_account_gives_it(server: Server, fixed: str) -> None:
    meeting = Meeting(Page.PREJOIN, LINK, name="Didi", servers=(server,))
    assert (meeting.fixed_name, meeting.name_there) == (fixed, fixed or "Didi")
    assert replace(meeting, link=None).name_there == "Didi"
    joining, effects = update(meeting, Join())
    assert effects[-1] == do.Connect(LINK, fixed or "Didi")
    assert joining.name == "Didi", "elsewhere one is called as one said"


def test_whom_an_account_names_needs_no_name_of_their_own() -> None:
    _, effects = update(Meeting(Page.PREJOIN, LINK, servers=(FIXED,)), Join())
    assert effects[-1] == do.Connect(LINK, "Odile Owner")
