"""What a person asks of the server: offered by its capabilities, of somebody who is there, in bounded words.

Nothing is shown as done before the server has done it, but one's own reaction.
"""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting import chat, hall, shown
from visio_desktop.meeting.bounds import LONGEST_CHAT, LONGEST_NAME
from visio_desktop.meeting.changes import Step, nothing, with_toast
from visio_desktop.meeting.effects import Deliver, Effect, Remember
from visio_desktop.meeting.intents import AskServer
from visio_desktop.meeting.requests import (
    Admit,
    AdmitEveryone,
    ClearChat,
    EditChat,
    LetSpeak,
    LowerHand,
    MuteEveryone,
    MuteOther,
    React,
    RemovePerson,
    Rename,
    Request,
    RequestRecording,
    SetLock,
    SetRole,
    SetRules,
    StartCaptions,
    StartRecording,
    StopRecording,
)
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Capability, Problem, ProblemCode

_REFUSED = Problem(ProblemCode.REQUEST_REFUSED)
_RECORDED = {RecordingKind.SCREEN: Capability.RECORD, RecordingKind.TRANSCRIPT: Capability.TRANSCRIBE}
_REQUESTED = {
    RecordingKind.SCREEN: Capability.REQUEST_RECORDING,
    RecordingKind.TRANSCRIPT: Capability.REQUEST_TRANSCRIPT,
}
_NEEDED: dict[type[Request], Capability] = {
    React: Capability.REACTIONS,
    Rename: Capability.RENAME,
    EditChat: Capability.EDIT_CHAT,
    LowerHand: Capability.LOWER_HANDS,
    MuteOther: Capability.MUTE_OTHERS,
    MuteEveryone: Capability.MUTE_OTHERS,
    RemovePerson: Capability.REMOVE,
    SetRole: Capability.ROLES,
    LetSpeak: Capability.SPEECH,
    ClearChat: Capability.CLEAR_CHAT,
    SetRules: Capability.RULES,
    SetLock: Capability.LOCK,
    Admit: Capability.ADMIT,
    AdmitEveryone: Capability.ADMIT,
    StopRecording: Capability.RECORD | Capability.TRANSCRIBE,
    StartCaptions: Capability.CAPTIONS,
}


def one_line(name: str) -> str:
    """A name somebody typed: in one line, bounded."""
    return " ".join(name.split())[:LONGEST_NAME]


def ask(meeting: Meeting, intent: AskServer) -> Step:
    """Ask, if it may be asked and makes sense."""
    if meeting.page is not Page.ROOM:
        return nothing(meeting)
    if not needed(intent.request) & meeting.capabilities or meeting.reconnecting:
        return with_toast(meeting, "problem", _REFUSED), ()
    return _ask(meeting, intent)


def done(meeting: Meeting, request: Request) -> Meeting:
    """The server did it: what it does not tell by itself is shown now."""
    match request:
        case EditChat(message_id, text):
            return chat.edit_own(meeting, message_id, text)
        case Admit(waiting_id):
            return hall.let_in(meeting, frozenset({waiting_id}))
        case AdmitEveryone():
            return hall.let_in(meeting, frozenset(knock.id for knock in meeting.room.waiting))
        case RequestRecording(kind):
            return with_toast(meeting, "asked_recording" if kind is RecordingKind.SCREEN else "asked_transcript")
        case _:
            return meeting


def refused(meeting: Meeting, request: Request, problem: Problem) -> Meeting:
    """The server did not do it."""
    if meeting.page is not Page.ROOM:
        return meeting
    told = with_toast(meeting, "problem", problem)
    return shown.captions_refused(told) if isinstance(request, StartCaptions) else told


def needed(request: Request) -> Capability:
    """The capabilities of which one is needed for this request."""
    match request:
        case StartRecording(kind):
            return _RECORDED[kind]
        case RequestRecording(kind):
            return _REQUESTED[kind]
        case _:
            return _NEEDED[type(request)]


def _ask(meeting: Meeting, intent: AskServer) -> Step:
    match intent.request:
        case React(emoji):
            shows = None if meeting.me is None else shown.react(meeting, meeting.me, emoji, intent.at_ms)
            return nothing(meeting) if shows is None else (shows, (Deliver(intent.request),))
        case Rename(name):
            return _rename(meeting, one_line(name))
        case EditChat(message_id, text):
            return _edit(meeting, message_id, text.strip()[:LONGEST_CHAT])
        case request if not _is_about_somebody(meeting, request):
            return nothing(meeting)
        case request:
            return meeting, (Deliver(request),)


def _is_about_somebody(meeting: Meeting, request: Request) -> bool:
    """Whether whom it is about is there, and is somebody else."""
    match request:
        case LowerHand(who) | MuteOther(who) | RemovePerson(who) | SetRole(who) | LetSpeak(who):
            person = meeting.participant(who)
            return person is not None and not person.is_me
        case Admit(waiting_id):
            return any(knock.id == waiting_id for knock in meeting.room.waiting)
        case AdmitEveryone():
            return bool(meeting.room.waiting)
        case _:
            return True


def _rename(meeting: Meeting, name: str) -> Step:
    """The name is one's own from now on, for coming back too; the others' word for it comes from the server."""
    if not name or meeting.me is None or name == meeting.me.name:
        return nothing(meeting)
    effects: tuple[Effect, ...] = (Deliver(Rename(name)), Remember("name", name))
    return replace(meeting, name=name), effects


def _edit(meeting: Meeting, message_id: str, text: str) -> Step:
    line = next((line for line in meeting.chat if line.id == message_id and line.is_mine), None)
    if not text or line is None or line.failed or line.text == text:
        return nothing(meeting)
    return meeting, (Deliver(EditChat(message_id, text)),)
