"""Following somebody's sign language: they stand large, and their picture moves on even where it must be smaller."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting.changes import Step, nothing, with_toast
from visio_desktop.meeting.events import SigningChanged
from visio_desktop.meeting.state import Meeting, Page

POOR = "signing_poor"
ALONE = "signing_alone"
APART = "signing_apart"


def follow(meeting: Meeting, participant_id: str | None) -> Step:
    """Follow this participant, who stands large from now on; None follows nobody."""
    person = None if participant_id is None else meeting.participant(participant_id)
    if meeting.page is not Page.ROOM or meeting.signing == participant_id:
        return nothing(meeting)
    if participant_id is None:
        return replace(meeting, signing=None, signing_poor=False, signing_alone=False, signing_apart=False), ()
    if person is None or person.is_me:
        return nothing(meeting)
    return replace(
        meeting, signing=participant_id, signing_poor=False, signing_alone=False, signing_apart=False, pinned=None
    ), ()


def changed(meeting: Meeting, event: SigningChanged) -> Meeting:
    """Their picture comes fast enough to be understood, or no longer, or only without the others; that is told."""
    person = meeting.participant(event.participant_id)
    if person is None or event.participant_id != meeting.signing:
        return meeting
    now = replace(meeting, signing_poor=event.poor, signing_alone=event.alone, signing_apart=event.apart)
    if event.poor and not meeting.signing_poor:
        return with_toast(now, POOR, name=person.name)
    if event.alone and not meeting.signing_alone:
        return with_toast(now, ALONE, name=person.name)
    return with_toast(now, APART, name=person.name) if event.apart and not meeting.signing_apart else now
