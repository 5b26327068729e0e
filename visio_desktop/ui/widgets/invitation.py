"""How others come in, in words: the link, the telephone, and a text to send. Pure."""

from __future__ import annotations

from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.side_panel import tamed_name

_GROUPS = ((0, 3), (3, 6), (6, None))


def link_of(meeting: Meeting) -> str:
    """The link to give to others, "" without one."""
    own = meeting.link.text if meeting.link is not None else ""
    return meeting.room.invitation.link or own


def shown_pin(pin: str) -> str:
    """A PIN as it is read out and typed: `123 456 7890#`; "" stays so."""
    if not pin:
        return ""
    groups = (pin[first:last] for first, last in _GROUPS)
    return " ".join(group for group in groups if group) + "#"


def title_of(meeting: Meeting) -> str:
    """What the meeting is called, "" where it has no name."""
    named = meeting.title or (meeting.link.room if meeting.link is not None else "")
    return tamed_name(named) if named else ""


def invitation_text(meeting: Meeting) -> str:
    """A text to send to somebody; nothing in it is empty."""
    invitation, title, link = meeting.room.invitation, title_of(meeting), link_of(meeting)
    lines = [tr("invitation.text_meeting", title=title) if title else tr("invitation.text_untitled")]
    if link:
        lines.append(tr("invitation.text_link", link=link))
    if invitation.phone and invitation.pin:
        lines.append(tr("invitation.text_phone", number=invitation.phone, pin=shown_pin(invitation.pin)))
    return "\n".join(lines)


def encryption_text(meeting: Meeting) -> str:
    """What holds of end-to-end encryption, "" where it is no question."""
    states = [person.encrypted for person in meeting.participants if person.encrypted is not None]
    if not states:
        return ""
    return tr("invitation.encrypted" if all(states) else "invitation.not_encrypted")
