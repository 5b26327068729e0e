"""What the engine and the devices report does."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting import asking, browser_login, chat, checking, hotplug, looking, people, solitude, sound
from visio_desktop.meeting.changes import (
    Step,
    anew,
    close_everything,
    emptied,
    end_trying,
    known_hosts,
    nothing,
    open_wanted_devices,
    with_device,
    with_toast,
)
from visio_desktop.meeting.effects import Connect, SetSending
from visio_desktop.meeting.events import (
    AloneDue,
    BrowserLoginWent,
    ChatDelivered,
    ChatFailed,
    CheckOver,
    DeviceFailed,
    DeviceOpened,
    DevicesListed,
    Event,
    HandFailed,
    HeadsetSeen,
    HopTried,
    JoinFailed,
    LinkRecognised,
    LinkRefused,
    LookTroubled,
    MicrophoneSilent,
    PlaybackChanged,
    Preferences,
    RequestDone,
    RequestRefused,
    RetryDue,
    ScreenAsked,
    ScreenFailed,
    ScreensListed,
    ScreenSoundFailed,
    SelfSpeaking,
    SigningChanged,
    SilenceBroken,
    StillFailed,
    StrongNoiseLost,
)
from visio_desktop.meeting.news import dropped
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import DeviceKind, MeetingLink, Problem, ProblemCode, Source

_PASSING = {
    ProblemCode.HOST_UNKNOWN,
    ProblemCode.HOST_UNREACHABLE,
    ProblemCode.SERVER_SILENT,
    ProblemCode.MEDIA_UNREACHABLE,
    ProblemCode.CONNECTION_LOST,
    ProblemCode.SERVER_BUSY,
}


def take_in(meeting: Meeting, event: Event) -> Step:  # noqa: PLR0911, C901, PLR0912 - a table of one line each
    """Take in one report."""
    match event:
        case Preferences():
            return looking.begin(sound.begin(_preferences(meeting, event), event), event)
        case LinkRecognised() | LinkRefused():
            return _looked_at(meeting, event)
        case JoinFailed(problem):
            return _join_failed(meeting, problem)
        case BrowserLoginWent():
            return browser_login.take_in(meeting, event), ()
        case DevicesListed(devices):
            return hotplug.listed(meeting, devices)
        case MicrophoneSilent() | StrongNoiseLost() | SelfSpeaking() | PlaybackChanged() | HeadsetSeen():
            return sound.take_in(meeting, event), ()
        case ScreensListed(screens, shareable):
            return replace(meeting, screens=screens, sound_shareable=shareable), ()
        case DeviceOpened(kind, name):
            return with_device(meeting, kind, replace(meeting.device(kind), opened_name=name, problem=None)), ()
        case DeviceFailed(kind, problem):
            return _device_failed(meeting, kind, problem)
        case LookTroubled() | SigningChanged() | StillFailed():
            return looking.take_in(meeting, event)
        case ScreenAsked(asked):
            return replace(meeting, screen_asked=asked), ()
        case ScreenFailed(problem):
            return _screen_failed(meeting, problem)
        case ScreenSoundFailed(problem):
            silent = replace(with_toast(meeting, "problem", problem), screen_sound=False)
            return silent, (SetSending(Source.SCREEN_AUDIO, on=False),)
        case ChatDelivered(message_id) | ChatFailed(message_id):
            return chat.delivered(meeting, message_id, failed=isinstance(event, ChatFailed)), ()
        case HandFailed():
            return people.hand_failed(meeting, event), ()
        case HopTried() | CheckOver():
            return checking.take_in(meeting, event)
        case RequestDone(request):
            return asking.done(meeting, request), ()
        case RequestRefused(request, problem):
            return asking.refused(meeting, request, problem), ()
        case AloneDue():
            return solitude.due(meeting, event)
        case SilenceBroken() if meeting.page is Page.ROOM and not meeting.microphone_on:
            may_speak = Source.MICROPHONE in meeting.room.may_send
            return (with_toast(meeting, "you_are_muted") if may_speak else meeting), ()
        case RetryDue(attempt) if meeting.reconnecting and attempt == meeting.attempt and meeting.link is not None:
            return meeting, (Connect(meeting.link, meeting.name_there, attempt),)
        case _:
            return nothing(meeting)


def _preferences(meeting: Meeting, event: Preferences) -> Meeting:
    return replace(
        meeting,
        name=event.name,
        microphone_on=event.microphone_on,
        camera_on=event.camera_on,
        camera=DeviceState(event.camera),
        microphone=DeviceState(event.microphone),
        speaker=DeviceState(event.speaker),
        recents=event.recents,
        withheld=event.withheld,
        joins_without=event.joins_without,
        login_off=event.login_off,
        images_off=event.images_off,
        stills_off=event.stills_off,
        headset_buttons=event.headset_buttons,
        locked=event.locked,
    )


def _looked_at(meeting: Meeting, event: LinkRecognised | LinkRefused) -> Step:
    if isinstance(event, LinkRecognised):
        return recognised(meeting, event.link)
    refused = replace(meeting, link_problem=event.problem, link_asked=event.text, link_candidates=event.candidates)
    return replace(refused, looking=False), ()


def recognised(meeting: Meeting, link: MeetingLink) -> Step:
    """Show what will be sent, before anything is."""
    if meeting.page in (Page.JOINING, Page.ROOM):
        return replace(meeting, looking=False), ()
    shown = replace(anew(meeting), page=Page.PREJOIN, link=link)
    if not link.sends:
        shown = replace(shown, camera_on=False, microphone_on=False)
    if meeting.link_from_outside and not _is_known(meeting, link):
        # A click in another program must not switch a camera on for a server nobody here has ever met at.
        shown = replace(shown, camera_on=False, microphone_on=False)
    return shown, (*end_trying(meeting), *open_wanted_devices(shown), *browser_login.look(shown))


def _is_known(meeting: Meeting, link: MeetingLink) -> bool:
    """Whether one met at this host before, or has an account there."""
    return link.host in known_hosts(meeting)


def _join_failed(meeting: Meeting, problem: Problem) -> Step:
    if meeting.reconnecting:
        return dropped(meeting, problem, may_retry=problem.code in _PASSING)
    if meeting.page is not Page.JOINING:
        return nothing(meeting)
    failed = replace(emptied(meeting), page=Page.FAILED, problem=problem)
    return failed, (*close_everything(), *browser_login.look(failed))


def _device_failed(meeting: Meeting, kind: DeviceKind, problem: Problem) -> Step:
    replaced = hotplug.failed(meeting, kind, problem)
    if replaced is not None:
        return replaced
    failed = with_device(meeting, kind, replace(meeting.device(kind), opened_name="", problem=problem))
    if meeting.trying:
        return failed, ()
    if meeting.page is Page.ROOM:
        failed = with_toast(failed, "problem", problem)
    match kind:
        case DeviceKind.CAMERA:
            return replace(failed, camera_on=False), (SetSending(Source.CAMERA, on=False),)
        case DeviceKind.MICROPHONE:
            off = replace(failed, microphone_on=False, held_to_talk=False)
            return off, (SetSending(Source.MICROPHONE, on=False),)
        case DeviceKind.SPEAKER:
            return failed, ()


def _screen_failed(meeting: Meeting, problem: Problem | None) -> Step:
    stopped = replace(meeting, screen_on=False, screen_paused=False)
    noticed = stopped if problem is None else with_toast(stopped, "problem", problem)
    return noticed, (SetSending(Source.SCREEN, on=False),)
