"""The lines of the chat: come, edited, delivered or not."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting.bounds import LARGEST_CHAT, LONGEST_LINE
from visio_desktop.meeting.changes import with_toast
from visio_desktop.meeting.events import ChatCleared, ChatReceived
from visio_desktop.meeting.intents import Panel
from visio_desktop.meeting.pace import paced
from visio_desktop.meeting.people import short_name
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import ChatMessage, Problem, ProblemCode

LINES_AT_ONCE = 30
LINES_WITHIN_MS = 3_000.0
_LONGEST_TOAST = 200


def take_in(meeting: Meeting, event: ChatReceived | ChatCleared) -> Meeting:
    """What the server says of lines."""
    return _cleared(meeting, event) if isinstance(event, ChatCleared) else received(meeting, event)


def received(meeting: Meeting, event: ChatReceived) -> Meeting:
    """A line came; of a known sender and id it edits, or is one's own echo. Another's id is nobody's to use."""
    calm = _calmed(meeting, event)
    return meeting if calm is None else _received(calm, event.message, is_news=not event.is_old)


def _received(meeting: Meeting, message: ChatMessage, *, is_news: bool) -> Meeting:
    name = short_name(message.sender_name)
    message = replace(message, text=message.text[:LONGEST_LINE], sender_name=name, is_old=not is_news)
    known = next((line for line in meeting.chat if line.id == message.id), None)
    if known is not None:
        return _edited(meeting, known, message) if known.sender_id == message.sender_id else meeting
    changed = replace(meeting, chat=(*meeting.chat, message)[-LARGEST_CHAT:])
    if message.is_mine or meeting.panel is Panel.CHAT or not is_news:
        return changed
    if message.unreadable:
        return replace(changed, unread=meeting.unread + 1)
    noticed = with_toast(changed, "chat", name=message.sender_name, text=message.text[:_LONGEST_TOAST])
    return replace(noticed, unread=meeting.unread + 1)


def _cleared(meeting: Meeting, event: ChatCleared) -> Meeting:
    """Lines were taken away; of those that are left none is counted as unread that was not."""
    lines = tuple(line for line in meeting.chat if not _is_meant(line, event))
    toasts = tuple(toast for toast in meeting.toasts if toast.key != "chat")
    return replace(meeting, chat=lines, toasts=toasts, unread=min(meeting.unread, sum(not x.is_mine for x in lines)))


def edit_own(meeting: Meeting, message_id: str, text: str) -> Meeting:
    """One's own line says something else now."""
    known = next((line for line in meeting.chat if line.id == message_id and line.is_mine), None)
    return meeting if known is None else _edited(meeting, known, replace(known, text=text, pending=False, failed=False))


def delivered(meeting: Meeting, message_id: str, *, failed: bool) -> Meeting:
    """One's own line was sent, or could not be."""
    lines = tuple(
        replace(line, pending=False, failed=failed) if line.id == message_id and line.is_mine else line
        for line in meeting.chat
    )
    changed = replace(meeting, chat=lines)
    return with_toast(changed, "problem", Problem(ProblemCode.CHAT_NOT_SENT)) if failed else changed


def _is_meant(line: ChatMessage, event: ChatCleared) -> bool:
    if event.message_id:
        return (line.sender_id, line.id) == (event.sender_id, event.message_id)
    return not event.sender_id or line.sender_id == event.sender_id


def _calmed(meeting: Meeting, event: ChatReceived) -> Meeting | None:
    """The meeting that knows of one more line of this sender; None where no person writes so fast."""
    sender, at_ms = event.message.sender_id, event.came_at_ms
    if event.message.is_mine or event.is_old or at_ms is None:
        return meeting
    pace = paced(meeting.room.tally.written, sender, at_ms, most=LINES_AT_ONCE, within_ms=LINES_WITHIN_MS)
    if pace is None:
        return None
    return replace(meeting, room=replace(meeting.room, tally=replace(meeting.room.tally, written=pace)))


def _edited(meeting: Meeting, known: ChatMessage, message: ChatMessage) -> Meeting:
    """The line in its place, with its first time; an echo that says the same edits nothing."""
    differs = message.text != known.text and not known.unreadable
    edited = known.edited or message.edited or differs
    line = replace(message, at_ms=known.at_ms, is_mine=known.is_mine, edited=edited)
    return replace(meeting, chat=tuple(line if entry is known else entry for entry in meeting.chat))
