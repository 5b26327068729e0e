"""What a moderated room is: who waits to be let in, on which side of the door we are, what its rules allow."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting import allowed, notices, people, shown
from visio_desktop.meeting.changes import Step, nothing, with_toast
from visio_desktop.meeting.events import (
    CapabilitiesChanged,
    Captioned,
    InvitationChanged,
    LobbyEntered,
    NoticeReceived,
    Reacted,
    RecordingChanged,
    RulesChanged,
    SendingAllowed,
    WaitingChanged,
)
from visio_desktop.meeting.rooms import Knock, Room
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Capability

MOST_WAITING = 200
_MOST_KNOCKS = 1_000
_FEW = 3

HallEvent = (
    LobbyEntered
    | CapabilitiesChanged
    | SendingAllowed
    | RulesChanged
    | WaitingChanged
    | RecordingChanged
    | InvitationChanged
    | Reacted
    | Captioned
    | NoticeReceived
)


def take_in(meeting: Meeting, event: HallEvent) -> Step:  # noqa: PLR0911, C901 - a table of one line each
    """Take in one event of the room; outside of one, and of its door, nothing changes."""
    if meeting.page not in (Page.JOINING, Page.ROOM):
        return nothing(meeting)
    match event:
        case LobbyEntered():
            return _at_the_door(meeting), ()
        case CapabilitiesChanged(capabilities):
            return _capable(meeting, capabilities), ()
        case SendingAllowed(sources):
            return allowed.allow(meeting, sources)
        case RulesChanged(rules):
            return replace(meeting, room=replace(meeting.room, rules=rules)), ()
        case WaitingChanged(waiting):
            return _waiting(meeting, waiting), ()
        case RecordingChanged(recording):
            return notices.recording(meeting, recording), ()
        case InvitationChanged():
            return _invitation(meeting, event)
        case Reacted():
            return shown.reacted(meeting, event), ()
        case Captioned(caption):
            return shown.captioned(meeting, caption), ()
        case NoticeReceived():
            return notices.noticed(meeting, event)


def come_back(room: Room) -> Room:
    """The room of one who joined again: what the server tells after each `Joined` is unknown until it does.

    What was not allowed is off, and nothing turns it on by itself: that it may be sent now harms nobody.
    """
    tally = replace(room.tally, crowd_judged=True, there_first=0, alone=0)
    return Room(
        captions_on=room.captions_on,
        invitation=room.invitation,
        sounds=room.sounds,
        tally=tally,
    )


def cut_off(room: Room) -> Room:
    """The room of one whose connection is gone: nobody can be let in."""
    return replace(room, waiting=())


def let_in(meeting: Meeting, waiting_ids: frozenset[str]) -> Meeting:
    """Those who were answered wait no more."""
    waiting = tuple(knock for knock in meeting.room.waiting if knock.id not in waiting_ids)
    return replace(meeting, room=replace(meeting.room, waiting=waiting))


def _at_the_door(meeting: Meeting) -> Meeting:
    if meeting.in_lobby or not (meeting.page is Page.JOINING or meeting.reconnecting):
        return meeting
    waiting = replace(meeting, in_lobby=True)
    only_watches = meeting.link is not None and not meeting.link.sends
    again = "stream_again" if only_watches else "lobby_again"
    return with_toast(waiting, again) if meeting.reconnecting else waiting


def _capable(meeting: Meeting, capabilities: Capability) -> Meeting:
    changed = replace(meeting, capabilities=capabilities & ~meeting.withheld)
    return changed if Capability.ADMIT in capabilities else replace(changed, room=cut_off(meeting.room))


def _waiting(meeting: Meeting, waiting: tuple[Knock, ...]) -> Meeting:
    """Who waits; those who are new are announced, each once, many in one."""
    if Capability.ADMIT not in meeting.capabilities or meeting.reconnecting:
        return replace(meeting, room=cut_off(meeting.room)) if meeting.room.waiting else meeting
    known, tally = frozenset(meeting.room.tally.knocks), meeting.room.tally
    waiting = tuple(replace(knock, name=people.short_name(knock.name)) for knock in waiting[:MOST_WAITING])
    new = [knock for knock in waiting if knock.id not in known]
    knocks = (*tally.knocks, *(knock.id for knock in new))[-_MOST_KNOCKS:]
    changed = replace(meeting, room=replace(meeting.room, waiting=waiting, tally=replace(tally, knocks=knocks)))
    if len(new) > _FEW:
        return with_toast(changed, "knocks", count=str(len(new)))
    for knock in new:
        changed = with_toast(changed, "knock", name=knock.name)
    return changed


def _invitation(meeting: Meeting, event: InvitationChanged) -> Step:
    tally = replace(
        meeting.room.tally,
        most_for_sounds=event.most_for_sounds,
        mute_above=event.mute_on_join_above,
        idle_warning_ms=event.idle_warning_ms,
    )
    return people.after(replace(meeting, room=replace(meeting.room, invitation=event.invitation, tally=tally)))
