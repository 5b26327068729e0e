"""What a person does with what they share of their screen."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting import allowed
from visio_desktop.meeting.changes import Step, nothing
from visio_desktop.meeting.effects import HoldScreen
from visio_desktop.meeting.intents import ChooseScreen, PauseScreen, SetSourceOn
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import CHOSEN_BY_DESKTOP, Source

SharingIntent = ChooseScreen | PauseScreen


def by_desktop(meeting: Meeting) -> tuple[ChooseScreen, SetSourceOn]:
    """What a person wants who is to choose in the desktop's own dialog; all else is as it was the last time."""
    chosen = ChooseScreen(CHOSEN_BY_DESKTOP, sound=meeting.screen_sound, motion=meeting.screen_motion)
    return chosen, SetSourceOn(Source.SCREEN, on=True)


def carry_out(meeting: Meeting, intent: SharingIntent) -> Step:
    """Carry out one of these intents."""
    match intent:
        case ChooseScreen(spec, sound, motion):
            chosen = replace(meeting, screen_spec=spec, screen_sound=sound, screen_motion=motion, screen_paused=False)
            return chosen, (allowed.send_screen(chosen),) if meeting.screen_on else ()
        case PauseScreen(paused):
            if not meeting.screen_on or meeting.screen_paused == paused:
                return nothing(meeting)
            return replace(meeting, screen_paused=paused), (HoldScreen(paused),)
