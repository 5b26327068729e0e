"""Which notices of the desktop a change of the meeting calls for, while our window is not in front. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from visio_desktop.meeting.rooms import Knock
from visio_desktop.meeting.state import Ending, Meeting, Page
from visio_desktop.meeting.values import Capability, ChatMessage, Toast
from visio_desktop.system.notifications import Note
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.toasts import text_of

LOBBY: Final = "lobby"
CHAT: Final = "chat"
OVER: Final = "over"
HIDDEN: Final = "hidden"
MATTERS: Final = "matters"
SHOW: Final = "show"
ADMIT: Final = "admit"
"""The action of a lobby's notice: `admit:<id>` names whom its button is for."""

_MATTERING: Final = {
    "you_are_muted",
    "muted_by",
    *(f"muted_{source}" for source in ("microphone", "camera", "screen")),
    *(f"{what}_{how}" for what in ("recording", "transcript") for how in ("started", "stopped", "requested")),
}
"""Toasts that nobody should miss: what is made of the meeting, and whether one is heard."""

_IN_MEETING: Final = (Page.JOINING, Page.ROOM)
_OVER: Final = (Page.ENDED, Page.FAILED)


@dataclass(frozen=True, slots=True)
class Notices:
    """What to show, and the keys of what to take away."""

    show: tuple[Note, ...] = ()
    withdraw: tuple[str, ...] = ()


def changes(before: Meeting, after: Meeting, *, with_content: bool) -> Notices:
    """What this change calls for. `with_content` shows words of others; never while one's own screen is shared."""
    shown, gone = [], []
    if after.room.waiting != before.room.waiting:
        new = [knock for knock in after.room.waiting if knock not in before.room.waiting]
        if new:
            shown.append(_lobby(after.room.waiting, may_admit=Capability.ADMIT in after.capabilities))
        elif not after.room.waiting:
            gone.append(LOBBY)
    if (line := _new_line(before, after)) is not None:
        shown.append(_chat(line, with_content=with_content and not after.screen_on))
    if after.page in _IN_MEETING:
        shown += [_matter(toast) for toast in after.toasts if toast.key in _MATTERING and toast not in before.toasts]
    if after.page in _OVER and before.page in _IN_MEETING and after.ending is not Ending.LEFT:
        shown.append(_over(after))
        gone += [LOBBY, CHAT, MATTERS]
    elif after.page not in _IN_MEETING and before.page in _IN_MEETING:
        gone += [LOBBY, CHAT, MATTERS, HIDDEN]
    return Notices(tuple(shown), tuple(gone))


def hidden(meeting: Meeting) -> Note | None:
    """What to tell when the window is closed and the program stays; nothing outside a meeting."""
    if meeting.page not in _IN_MEETING:
        return None
    heard = "desktop.hidden_open" if meeting.microphone_on else "desktop.hidden_muted"
    return Note(HIDDEN, tr("desktop.hidden"), tr(heard), ((SHOW, tr("desktop.show")),))


def _lobby(waiting: tuple[Knock, ...], *, may_admit: bool) -> Note:
    show = (SHOW, tr("desktop.show"))
    if len(waiting) > 1:
        names = ", ".join(knock.name for knock in waiting[:3])
        return Note(LOBBY, tr("desktop.knocks", count=len(waiting)), names, (show,), urgent=True)
    knock = waiting[0]
    admit = ((f"{ADMIT}:{knock.id}", tr("desktop.admit")),) if may_admit else ()
    return Note(LOBBY, tr("desktop.knock", name=knock.name), "", (*admit, show), urgent=True)


def _new_line(before: Meeting, after: Meeting) -> ChatMessage | None:
    if len(after.chat) <= len(before.chat) or before.page is not Page.ROOM:
        return None
    known = {line.id for line in before.chat}
    news = (line for line in reversed(after.chat) if line.id not in known and not line.is_mine and not line.is_old)
    return next(news, None)


def _chat(line: ChatMessage, *, with_content: bool) -> Note:
    body = line.text if with_content else ""
    return Note(CHAT, tr("desktop.chat", name=line.sender_name), body, ((SHOW, tr("desktop.show")),))


def _matter(toast: Toast) -> Note:
    return Note(MATTERS, text_of(toast), "", ((SHOW, tr("desktop.show")),))


def _over(meeting: Meeting) -> Note:
    problem = meeting.problem
    body = "" if problem is None else tr(f"problems.{problem.code.value}", subject=problem.subject)
    return Note(OVER, tr("desktop.over"), body, ((SHOW, tr("desktop.show")),))
