"""One's own still picture, which the others see in the camera's place while it is off: when, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting.changes import Step, nothing, with_toast
from visio_desktop.meeting.effects import Remember, ShowStill
from visio_desktop.meeting.events import StillFailed
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Source


def shown(meeting: Meeting) -> str:
    """The picture the others see now, "" for none: never beside the camera's, nor where no picture may be sent."""
    may = Source.CAMERA in meeting.room.may_send and not meeting.stills_off and not meeting.still_withdrawn
    return meeting.look.still if may and meeting.page is Page.ROOM and not meeting.camera_on else ""


def follow(before: Meeting, step: Step) -> Step:
    """A step, and what comes of it for the still picture, after all else: by then the camera's gate is closed."""
    meeting, effects = step
    if meeting.still_withdrawn and meeting.camera_on:
        meeting = replace(meeting, still_withdrawn=False)
    still = shown(meeting)
    return (meeting, effects) if still == shown(before) else (meeting, (*effects, ShowStill(still)))


def withdrawn(step: Step, source: Source) -> Step:
    """A host has turned a source off: where it was the camera they want no picture, until it is turned on again."""
    meeting, effects = step
    return (replace(meeting, still_withdrawn=True), effects) if source is Source.CAMERA else step


def failed(meeting: Meeting, event: StillFailed) -> Step:
    """The picture cannot be shown: it is told, and the others see that the camera is off."""
    if event.still != meeting.look.still:
        return nothing(meeting)
    without = replace(meeting, look=replace(meeting.look, still=""))
    told = with_toast(without, "problem", event.problem) if meeting.page is Page.ROOM else without
    return replace(told, look_problem=event.problem), (Remember("camera_still", ""),)
