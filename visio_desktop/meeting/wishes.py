"""What each of a person's intents does."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting.changes import (
    NONE,
    Step,
    close_everything,
    emptied,
    end_trying,
    nothing,
    open_wanted_devices,
    over,
    with_device,
    with_participant,
)
from visio_desktop.meeting.effects import (
    CloseDevice,
    Connect,
    DeliverChat,
    DeliverHand,
    Disconnect,
    Effect,
    KeepPassphrase,
    OpenDevice,
    PlayTestSound,
    RecogniseLink,
    Remember,
    SetSending,
)
from visio_desktop.meeting.intents import (
    ChooseDevice,
    ChooseScreen,
    DismissToast,
    ForgetRecent,
    GoHome,
    HoldToTalk,
    Intent,
    Join,
    Leave,
    OpenLink,
    Panel,
    Pin,
    Rejoin,
    SendChat,
    SetHand,
    SetName,
    SetPassphrase,
    SetSourceOn,
    ShowPanel,
    TestSpeaker,
    TryDevices,
)
from visio_desktop.meeting.state import DeviceState, Meeting, Page
from visio_desktop.meeting.values import ChatMessage, DeviceKind, Source

LONGEST_NAME = 100
LONGEST_CHAT = 5_000
_REJOINABLE = (Page.ENDED, Page.FAILED)
_WITH_DEVICES = (Page.PREJOIN, Page.JOINING, Page.ROOM)


def carry_out(meeting: Meeting, intent: Intent) -> Step:  # noqa: PLR0911, C901, PLR0912 - a table of one line each
    """Carry out one intent; what does not apply to the page shown changes nothing."""
    match intent:
        case OpenLink(text):
            return replace(meeting, link_problem=None), (RecogniseLink(text),)
        case GoHome():
            return replace(emptied(meeting), page=Page.HOME, link=None), close_everything()
        case ForgetRecent(text):
            return _forget(meeting, text)
        case SetName(name):
            return _rename(meeting, name)
        case SetPassphrase(passphrase):
            return meeting, () if meeting.link is None else (KeepPassphrase(meeting.link, passphrase),)
        case Join():
            return _join(meeting) if meeting.page is Page.PREJOIN else nothing(meeting)
        case Rejoin():
            return _join(meeting) if meeting.page in _REJOINABLE else nothing(meeting)
        case Leave():
            return _leave(meeting)
        case SetSourceOn(source, on):
            return _set_source(meeting, source, on)
        case HoldToTalk(held):
            return _hold_to_talk(meeting, held)
        case ChooseDevice(kind, spec):
            return _choose_device(meeting, kind, spec)
        case TryDevices(on):
            return _try_devices(meeting, on)
        case TestSpeaker():
            return _test_speaker(meeting)
        case ChooseScreen(spec):
            return replace(meeting, screen_spec=spec), ()
        case SendChat():
            return _send_chat(meeting, intent)
        case SetHand(raised, at_ms):
            return _set_hand(meeting, raised, at_ms)
        case Pin(publication_id):
            return replace(meeting, pinned=publication_id), ()
        case ShowPanel(panel):
            unread = 0 if panel is Panel.CHAT else meeting.unread
            return replace(meeting, panel=panel, unread=unread), ()
        case DismissToast(toast_id):
            return replace(meeting, toasts=tuple(t for t in meeting.toasts if t.id != toast_id)), ()


def _forget(meeting: Meeting, text: str) -> Step:
    kept = tuple(r for r in meeting.recents if text and r.text != text)
    return replace(meeting, recents=kept), (Remember("forget", text),)


def _rename(meeting: Meeting, name: str) -> Step:
    short = " ".join(name.split())[:LONGEST_NAME]
    return (replace(meeting, name=short), (Remember("name", short),)) if short != meeting.name else nothing(meeting)


def _join(meeting: Meeting) -> Step:
    if meeting.link is None or not meeting.name:
        return nothing(meeting)
    joining = replace(emptied(meeting), page=Page.JOINING)
    devices = () if meeting.page is Page.PREJOIN else (*end_trying(meeting), *open_wanted_devices(meeting))
    if meeting.page is Page.PREJOIN:
        joining = replace(joining, camera=meeting.camera, microphone=meeting.microphone, speaker=meeting.speaker)
    return joining, (
        OpenDevice(DeviceKind.SPEAKER, meeting.speaker.spec),
        *devices,
        Connect(meeting.link, meeting.name),
    )


def _leave(meeting: Meeting) -> Step:
    match meeting.page:
        case Page.ROOM:
            return over(meeting, None)
        case Page.JOINING:
            back = replace(meeting, page=Page.PREJOIN)
            return back, (Disconnect(), CloseDevice(DeviceKind.SPEAKER))
        case _:
            return nothing(meeting)


def _set_source(meeting: Meeting, source: Source, on: bool) -> Step:
    if meeting.is_on(source) == on and not meeting.held_to_talk:
        return nothing(meeting)
    match source:
        case Source.MICROPHONE:
            return _set_microphone(replace(meeting, held_to_talk=False), on)
        case Source.CAMERA:
            return _set_camera(meeting, on)
        case Source.SCREEN | Source.SCREEN_AUDIO:
            return _set_screen(meeting, on)


def _set_microphone(meeting: Meeting, on: bool) -> Step:
    changed = replace(meeting, microphone_on=on)
    remember = Remember("microphone_on", str(on).lower())
    if not on:
        # In the room the device stays open behind the closed gate, so that opening it again costs nothing.
        close = () if meeting.page is Page.ROOM else (CloseDevice(DeviceKind.MICROPHONE),)
        return changed, (SetSending(Source.MICROPHONE, on=False), *close, remember)
    return changed, (*_open_and_send(changed, DeviceKind.MICROPHONE, Source.MICROPHONE), remember)


def _set_camera(meeting: Meeting, on: bool) -> Step:
    changed = replace(meeting, camera_on=on)
    remember = Remember("camera_on", str(on).lower())
    if not on:
        closed = with_device(changed, DeviceKind.CAMERA, replace(meeting.camera, opened_name=""))
        return closed, (SetSending(Source.CAMERA, on=False), CloseDevice(DeviceKind.CAMERA), remember)
    return changed, (*_open_and_send(changed, DeviceKind.CAMERA, Source.CAMERA), remember)


def _open_and_send(meeting: Meeting, kind: DeviceKind, source: Source) -> tuple[Effect, ...]:
    device = meeting.device(kind)
    effects: list[Effect] = [] if device.opened_name else [OpenDevice(kind, device.spec)]
    if meeting.page is Page.ROOM:
        effects.append(SetSending(source, on=True))
    return tuple(effects)


def _set_screen(meeting: Meeting, on: bool) -> Step:
    if meeting.page is not Page.ROOM:
        return nothing(meeting)
    return replace(meeting, screen_on=on), (SetSending(Source.SCREEN, on=on, spec=meeting.screen_spec),)


def _hold_to_talk(meeting: Meeting, held: bool) -> Step:
    if held and not meeting.microphone_on and meeting.page is Page.ROOM:
        changed, effects = _set_microphone(meeting, on=True)
        return replace(changed, held_to_talk=True), tuple(e for e in effects if not isinstance(e, Remember))
    if not held and meeting.held_to_talk:
        changed, effects = _set_microphone(replace(meeting, held_to_talk=False), on=False)
        return changed, tuple(e for e in effects if not isinstance(e, Remember))
    return nothing(meeting)


def _choose_device(meeting: Meeting, kind: DeviceKind, spec: str) -> Step:
    changed = with_device(meeting, kind, DeviceState(spec=spec))
    remember = Remember(kind.value, spec)
    if spec == NONE:
        return changed, (CloseDevice(kind), remember)
    return changed, (OpenDevice(kind, spec), remember) if _in_use(meeting, kind) else (remember,)


def _in_use(meeting: Meeting, kind: DeviceKind) -> bool:
    at_devices = meeting.trying or meeting.page in _WITH_DEVICES
    match kind:
        case DeviceKind.CAMERA:
            return at_devices and (meeting.camera_on or meeting.trying)
        case DeviceKind.MICROPHONE:
            return at_devices and (meeting.microphone_on or meeting.trying or bool(meeting.microphone.opened_name))
        case DeviceKind.SPEAKER:
            return meeting.page in (Page.JOINING, Page.ROOM)


def _try_devices(meeting: Meeting, on: bool) -> Step:
    if meeting.page in _WITH_DEVICES or meeting.trying == on:
        return nothing(meeting)
    kinds = (DeviceKind.CAMERA, DeviceKind.MICROPHONE)
    if on:
        opened = tuple(OpenDevice(kind, meeting.device(kind).spec) for kind in kinds if _is_there(meeting, kind))
        return replace(meeting, trying=True), opened
    closed = replace(
        meeting,
        trying=False,
        camera=replace(meeting.camera, opened_name=""),
        microphone=replace(meeting.microphone, opened_name=""),
    )
    return closed, end_trying(meeting)


def _is_there(meeting: Meeting, kind: DeviceKind) -> bool:
    return meeting.device(kind).spec != NONE


def _test_speaker(meeting: Meeting) -> Step:
    is_open = _in_use(meeting, DeviceKind.SPEAKER)
    return meeting, (PlayTestSound(None if is_open else meeting.speaker.spec),)


def _send_chat(meeting: Meeting, intent: SendChat) -> Step:
    text = intent.text.strip()[:LONGEST_CHAT]
    me = meeting.me
    if not text or me is None or meeting.page is not Page.ROOM:
        return nothing(meeting)
    line = ChatMessage(intent.message_id, me.id, me.name, text, intent.at_ms, is_mine=True, pending=True)
    return replace(meeting, chat=(*meeting.chat, line)), (DeliverChat(intent.message_id, text),)


def _set_hand(meeting: Meeting, raised: bool, at_ms: float) -> Step:
    me = meeting.me
    if me is None or (me.hand_raised_at_ms is not None) == raised:
        return nothing(meeting)
    changed = with_participant(meeting, me.id, lambda p: replace(p, hand_raised_at_ms=at_ms if raised else None))
    return changed, (DeliverHand(raised, at_ms),)
