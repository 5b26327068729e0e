"""Small steps that several inputs share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

from visio_desktop.meeting.effects import CloseDevice, Disconnect, Effect, OpenDevice, RecogniseLink, SetSending
from visio_desktop.meeting.gathering import gathered
from visio_desktop.meeting.state import DeviceState, Ending, Meeting, Page
from visio_desktop.meeting.values import DeviceKind, Participant, Problem, ProblemCode, Source, Toast

Step = tuple[Meeting, tuple[Effect, ...]]

NONE = "none"
_LARGEST_TOAST_COUNT = 4
_ENDINGS = {
    ProblemCode.REMOVED: Ending.REMOVED,
    ProblemCode.REMOVED_BECAUSE: Ending.REMOVED,
    ProblemCode.ROOM_ENDED: Ending.ROOM_ENDED,
    ProblemCode.DUPLICATE_IDENTITY: Ending.ELSEWHERE,
}


def nothing(meeting: Meeting) -> Step:
    """No change and nothing to do."""
    return meeting, ()


def with_toast(meeting: Meeting, key: str, problem: Problem | None = None, **arguments: str) -> Meeting:
    """The meeting with one more notice; a flood of a kind becomes one, and the oldest gives way."""
    toast = Toast(meeting.next_id, key, tuple(arguments.items()), problem)
    toasts = gathered(meeting.toasts, toast)[-_LARGEST_TOAST_COUNT:]
    return replace(meeting, toasts=toasts, next_id=meeting.next_id + 1)


def open_link(meeting: Meeting, text: str, *, from_outside: bool = False, sure: bool = False) -> Step:
    """Find out what this link leads to."""
    sure = sure or _host(text) in known_hosts(meeting)
    asked = replace(
        meeting, link_problem=None, link_asked="", link_candidates=(), looking=True, link_from_outside=from_outside
    )
    return asked, (RecogniseLink(text, sure),)


def known_hosts(meeting: Meeting) -> frozenset[str]:
    """The hosts one met at before, or has an account at."""
    recent = {link.host for link in meeting.recents if link.host}
    return frozenset(recent | {server.host.partition(":")[0] for server in meeting.servers if server.accounts})


def _host(text: str) -> str | None:
    try:
        return urlsplit(text.strip()).hostname
    except ValueError:
        return None


def with_device(meeting: Meeting, kind: DeviceKind, device: DeviceState) -> Meeting:
    """The meeting with another state of one device."""
    match kind:
        case DeviceKind.CAMERA:
            return replace(meeting, camera=device)
        case DeviceKind.MICROPHONE:
            return replace(meeting, microphone=device)
        case DeviceKind.SPEAKER:
            return replace(meeting, speaker=device)


def with_participant(meeting: Meeting, participant_id: str, change: Callable[[Participant], Participant]) -> Meeting:
    """The meeting with one participant changed; without that one the same meeting."""
    people = tuple(change(p) if p.id == participant_id else p for p in meeting.participants)
    return meeting if people == meeting.participants else replace(meeting, participants=people)


def open_wanted_devices(meeting: Meeting) -> tuple[Effect, ...]:
    """Open what the person has turned on, nothing else."""
    effects: list[Effect] = []
    if meeting.camera_on:
        effects.append(OpenDevice(DeviceKind.CAMERA, meeting.camera.to_open))
    if meeting.microphone_on:
        effects.append(OpenDevice(DeviceKind.MICROPHONE, meeting.microphone.to_open))
    return tuple(effects)


def end_trying(meeting: Meeting) -> tuple[Effect, ...]:
    """Let go of what is only being tried."""
    tried = (DeviceKind.CAMERA, DeviceKind.MICROPHONE) if meeting.trying else ()
    return tuple(CloseDevice(kind) for kind in tried)


def close_everything() -> tuple[Effect, ...]:
    """Stop sending, leave the server, release every device: the gates first."""
    gates = tuple(SetSending(source, on=False) for source in (Source.MICROPHONE, Source.CAMERA, Source.SCREEN))
    return (*gates, Disconnect(), *(CloseDevice(kind) for kind in DeviceKind))


def emptied(meeting: Meeting) -> Meeting:
    """The meeting without anything of the room it was in; choices, devices and recent meetings stay."""
    return Meeting(
        page=meeting.page,
        link=meeting.link,
        recents=meeting.recents,
        name=meeting.name,
        microphone_on=meeting.microphone_on and not meeting.held_to_talk,
        camera_on=meeting.camera_on,
        screen_spec=meeting.screen_spec,
        screen_sound=meeting.screen_sound,
        screen_motion=meeting.screen_motion,
        camera=replace(meeting.camera, opened_name=""),
        microphone=replace(meeting.microphone, opened_name=""),
        speaker=replace(meeting.speaker, opened_name=""),
        devices=meeting.devices,
        look=meeting.look,
        sound=meeting.sound,
        ringer=meeting.ringer,
        headset_buttons=meeting.headset_buttons,
        next_id=meeting.next_id,
        servers=meeting.servers,
        can_log_in=meeting.can_log_in,
        withheld=meeting.withheld,
        joins_without=meeting.joins_without,
        login_off=meeting.login_off,
        images_off=meeting.images_off,
        stills_off=meeting.stills_off,
        locked=meeting.locked,
    )


def anew(meeting: Meeting) -> Meeting:
    """`emptied` for another meeting: without what is to be off at first, however it was in the one before."""
    off = meeting.joins_without
    return replace(
        emptied(meeting),
        microphone_on=meeting.microphone_on and not meeting.held_to_talk and Source.MICROPHONE not in off,
        camera_on=meeting.camera_on and Source.CAMERA not in off,
    )


def over(meeting: Meeting, problem: Problem | None) -> Step:
    """The meeting is over: by one's own wish without a problem."""
    ending = Ending.LEFT if problem is None else _ENDINGS.get(problem.code, Ending.DROPPED)
    ended = replace(emptied(meeting), page=Page.ENDED, title=meeting.title, problem=problem, ending=ending)
    return ended, close_everything()
