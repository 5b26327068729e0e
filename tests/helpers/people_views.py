"""Snapshots of the people's side of a meeting: the lobby, the host's settings, recordings, endings."""

from __future__ import annotations

from dataclasses import replace

from tests.helpers.fake_engine import RECENTS, opened, ready
from tests.helpers.fake_meeting import COLOURS, NAMES, chat_lines, meeting_of, person
from visio_desktop.meeting.intents import Panel
from visio_desktop.meeting.rooms import (
    Access,
    Invitation,
    Knock,
    Recording,
    RecordingKind,
    RecordingState,
    Room,
    Rules,
)
from visio_desktop.meeting.state import Ending, Meeting, Page
from visio_desktop.meeting.values import Capability, Participant, Problem, ProblemCode, Role, Source, Toast
from visio_desktop.system.clock import epoch_ms

LEADING = (
    Capability.RENAME
    | Capability.LOWER_HANDS
    | Capability.MUTE_OTHERS
    | Capability.REMOVE
    | Capability.ROLES
    | Capability.RULES
    | Capability.ADMIT
    | Capability.RECORD
    | Capability.TRANSCRIBE
)
KNOCKS = tuple(Knock(f"k{n}", NAMES[n], COLOURS[n % len(COLOURS)]) for n in (5, 6, 7, 8))
RULES = Rules(Access.TRUSTED, frozenset({Source.MICROPHONE, Source.CAMERA}))
BY_PHONE = Invitation("https://meet.example.org/abc-defg-hij", "+33 1 23 45 67 89", "5828589750")


def led(count: int = 5) -> Meeting:
    """A meeting one leads: the second person too, the fourth is not logged in, two hands are up."""
    meeting = meeting_of(*(_somebody(number) for number in range(count)))
    room = Room(rules=RULES, invitation=BY_PHONE)
    capabilities = meeting.capabilities | LEADING
    return replace(meeting, room=room, capabilities=capabilities, joined_at_ms=epoch_ms() - 754_000.0)


def _somebody(number: int) -> Participant:
    roles = {0: Role.OWNER, 1: Role.ADMINISTRATOR}
    somebody = person(number, microphone=number != 3, hand_at_ms={2: 2.0, 4: 1.0}.get(number))
    role = roles.get(number, Role.MEMBER)
    return replace(somebody, role=role, is_authenticated=number != 3)


def recorded(meeting: Meeting, kind: RecordingKind, state: RecordingState) -> Meeting:
    """The meeting while this is made of it."""
    return replace(meeting, room=replace(meeting.room, recording=Recording(kind, state)))


def waiting(meeting: Meeting, count: int) -> Meeting:
    """The meeting while so many wait to be let in."""
    return replace(meeting, room=replace(meeting.room, waiting=KNOCKS[:count]))


def outside_views() -> dict[str, Meeting]:
    """Before and after."""
    begun = ready(link=RECENTS[0], camera=opened("Integrated Webcam HD"), microphone=opened("Built-in Audio"))
    failed = replace(begun, page=Page.FAILED)
    ended = replace(begun, page=Page.ENDED)
    return {
        "lobby_guest": replace(begun, page=Page.JOINING, in_lobby=True),
        "lobby_denied": replace(failed, problem=Problem(ProblemCode.ENTRY_DENIED, "meet.example.org")),
        "lobby_timed_out": replace(failed, problem=Problem(ProblemCode.ENTRY_TIMED_OUT, "meet.example.org")),
        "ended_removed": replace(ended, ending=Ending.REMOVED, problem=Problem(ProblemCode.REMOVED)),
        "ended_elsewhere": replace(
            ended, ending=Ending.ELSEWHERE, problem=Problem(ProblemCode.DUPLICATE_IDENTITY, "meet.example.org")
        ),
        "ended_room_ended": replace(ended, ending=Ending.ROOM_ENDED, problem=Problem(ProblemCode.ROOM_ENDED)),
        "ended_alone": replace(ended, ending=Ending.ALONE),
        "ended_chat": replace(ended, ending=Ending.LEFT, chat=chat_lines()),
    }


def room_views() -> dict[str, Meeting]:
    """In the room."""
    five = led()
    asked = Toast(1, "recording_requested", (("name", NAMES[2]),))
    crowd = Toast(2, "arrived_many", (("name", NAMES[1]), ("count", "7")))
    running = recorded(five, RecordingKind.SCREEN, RecordingState.STARTED)
    return {
        "room_lobby_one": waiting(five, 1),
        "room_lobby_several": replace(waiting(five, 4), toasts=(asked, crowd)),
        "room_lobby_panel": replace(waiting(five, 4), panel=Panel.PEOPLE),
        "room_people_led": replace(led(24), panel=Panel.PEOPLE),
        "room_host": replace(running, panel=Panel.HOST),
        "room_invitation": replace(five, panel=Panel.INFO),
        "room_recorded": running,
        "room_transcript_saved": recorded(five, RecordingKind.TRANSCRIPT, RecordingState.SAVING),
    }
