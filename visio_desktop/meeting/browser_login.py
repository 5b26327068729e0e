"""Logging in at the server of a link in one's own web browser, before a meeting or once it could not be joined."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting.accounts import NO_BROWSER_LOGIN, BrowserWish, LoginPhase
from visio_desktop.meeting.effects import Effect, KeepLogin, RunBrowserLogin
from visio_desktop.meeting.events import BrowserLoginWent
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import MeetingLink

_SHOWN = (Page.PREJOIN, Page.FAILED)
_BEGUN = {BrowserWish.LOG_IN: LoginPhase.OPENING, BrowserWish.LOG_OUT: LoginPhase.CHECKING}


def look(meeting: Meeting) -> tuple[Effect, ...]:
    """Find out as whom one is known at the server of the link, where one may be."""
    link = _place(meeting)
    return () if link is None else (RunBrowserLogin(link, BrowserWish.LOOK),)


def carry_out(meeting: Meeting, wish: BrowserWish) -> tuple[Meeting, tuple[Effect, ...]]:
    """Do as the person wishes, where one may log in so. A problem shown is put away by whatever is wished next."""
    link = _place(meeting)
    if link is None or meeting.page not in _SHOWN:
        return meeting, ()
    now = meeting.browser_login
    if wish is BrowserWish.GIVE_UP:
        now = NO_BROWSER_LOGIN
    begun = replace(now, phase=_BEGUN.get(wish, LoginPhase.IDLE), address="", problem=None)
    # Whoever logs in so is nobody else from then on, whatever name and password were typed before.
    if wish is not BrowserWish.LOG_IN:
        return replace(meeting, browser_login=begun), (RunBrowserLogin(link, wish),)
    untyped = replace(meeting, browser_login=begun, login_typed=None)
    return untyped, (KeepLogin(link, "", ""), RunBrowserLogin(link, wish))


def take_in(meeting: Meeting, event: BrowserLoginWent) -> Meeting:
    """Take in how far it is; what is told of another link, or too late, changes nothing."""
    is_of_now = event.link == _place(meeting) and meeting.page in _SHOWN
    return replace(meeting, browser_login=event.login) if is_of_now else meeting


def _place(meeting: Meeting) -> MeetingLink | None:
    """The link, where one may log in at its server in the browser."""
    link = meeting.link
    return link if link is not None and link.logs_in_by_browser and not meeting.login_off else None
