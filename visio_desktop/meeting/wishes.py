"""What each of a person's intents does."""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.meeting import (
    account_update,
    asking,
    browser_login,
    checking,
    devices,
    looking,
    sharing,
    shown,
    signing,
    solitude,
    sound,
)
from visio_desktop.meeting.bounds import LONGEST_CHAT
from visio_desktop.meeting.changes import (
    Step,
    anew,
    close_everything,
    emptied,
    end_trying,
    nothing,
    open_link,
    open_wanted_devices,
    over,
    with_participant,
)
from visio_desktop.meeting.effects import (
    CloseDevice,
    Connect,
    DeliverChat,
    DeliverHand,
    Disconnect,
    Effect,
    KeepBesides,
    KeepConsent,
    KeepLogin,
    KeepPassphrase,
    KeepToken,
    OpenDevice,
    Remember,
)
from visio_desktop.meeting.intents import (
    AgreeToRecording,
    AskBrowserLogin,
    AskServer,
    CheckConnection,
    ChooseDevice,
    ChooseLink,
    ChooseLook,
    ChooseRinger,
    ChooseScreen,
    DismissToast,
    EndCheck,
    FollowSigning,
    ForgetRecent,
    GoHome,
    HoldToTalk,
    Intent,
    Join,
    Leave,
    ListenToMyself,
    OpenLink,
    Panel,
    PauseScreen,
    Pin,
    Rejoin,
    SendChat,
    SetBesides,
    SetHand,
    SetLogin,
    SetName,
    SetPassphrase,
    SetSound,
    SetSourceOn,
    SetToken,
    SetVolume,
    ShowCaptions,
    ShowPanel,
    StayAlone,
    TestSpeaker,
    TryDevices,
    UseDevices,
    UseHeadsetButtons,
)
from visio_desktop.meeting.machine import recognised
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import ChatMessage, DeviceKind

_REJOINABLE = (Page.ENDED, Page.FAILED)


def carry_out(meeting: Meeting, intent: Intent) -> Step:  # noqa: PLR0911, C901, PLR0912 - a table of one line each
    """Carry out one intent; what does not apply to the page shown changes nothing."""
    match intent:
        case OpenLink() | ChooseLink() | ForgetRecent():
            return _link(meeting, intent)
        case GoHome():
            return replace(emptied(meeting), page=Page.HOME, link=None), close_everything()
        case SetName(name):
            return _rename(meeting, name)
        case SetPassphrase() | SetToken() | SetLogin() | SetBesides() | AgreeToRecording():
            return _typed(meeting, intent), _kept(meeting, intent)
        case AskBrowserLogin(wish):
            return browser_login.carry_out(meeting, wish)
        case Join():
            return _join(meeting) if meeting.page is Page.PREJOIN else nothing(meeting)
        case Rejoin():
            return _join(meeting) if meeting.page in _REJOINABLE else nothing(meeting)
        case Leave():
            return _leave(meeting)
        case ChooseScreen() | PauseScreen():
            return sharing.carry_out(meeting, intent)
        case SetSourceOn() | HoldToTalk() | ChooseDevice() | UseDevices() | TryDevices() | TestSpeaker():
            return devices.carry_out(meeting, intent)
        case FollowSigning(participant_id):
            return signing.follow(meeting, participant_id)
        case ChooseLook(look):
            return looking.choose(meeting, look)
        case SetSound() | SetVolume() | ListenToMyself() | ChooseRinger() | UseHeadsetButtons():
            return sound.carry_out(meeting, intent)
        case SendChat():
            return _send_chat(meeting, intent)
        case SetHand(raised, at_ms):
            return _set_hand(meeting, raised, at_ms)
        case CheckConnection() | EndCheck():
            return checking.carry_out(meeting, intent)
        case AskServer():
            return asking.ask(meeting, intent)
        case ShowCaptions(on):
            return shown.show_captions(meeting, on)
        case StayAlone():
            return solitude.stay(meeting)
        case Pin(publication_id):
            return replace(meeting, pinned=publication_id), ()
        case ShowPanel(panel):
            unread = 0 if panel is Panel.CHAT else meeting.unread
            return replace(meeting, panel=panel, unread=unread), ()
        case DismissToast(toast_id):
            return replace(meeting, toasts=tuple(t for t in meeting.toasts if t.id != toast_id)), ()
        case _:
            return account_update.carry_out(meeting, intent)


def _link(meeting: Meeting, intent: OpenLink | ChooseLink | ForgetRecent) -> Step:
    if isinstance(intent, ForgetRecent):
        return _forget(meeting, intent.text)
    if isinstance(intent, OpenLink):
        return open_link(meeting, intent.text, from_outside=intent.from_outside, sure=intent.sure)
    offered = any(each.link == intent.link for each in meeting.link_candidates)
    return account_update.noticed(recognised(meeting, intent.link), intent.link) if offered else nothing(meeting)


def _typed(meeting: Meeting, intent: Intent) -> Meeting:
    """Whose login it is may be shown again; no secret is part of the state."""
    if isinstance(intent, SetLogin) and meeting.link is not None:
        return replace(meeting, login_typed=(meeting.link, intent.user))
    return meeting


def _kept(
    meeting: Meeting, intent: SetPassphrase | SetToken | SetLogin | SetBesides | AgreeToRecording
) -> tuple[Effect, ...]:
    """What is told the engine alone, and is no part of the state."""
    if meeting.link is None:
        return ()
    match intent:
        case SetToken(token):
            return (KeepToken(meeting.link, token),)
        case SetLogin(user, password):
            return () if meeting.login_off else (KeepLogin(meeting.link, user, password),)
        case SetBesides(secret):
            return (KeepBesides(meeting.link, secret),)
        case SetPassphrase(passphrase):
            return (KeepPassphrase(meeting.link, passphrase),)
        case AgreeToRecording():
            return (KeepConsent(meeting.link),)


def _forget(meeting: Meeting, text: str) -> Step:
    kept = tuple(r for r in meeting.recents if text and r.text != text)
    return replace(meeting, recents=kept), (Remember("forget", text),)


def _rename(meeting: Meeting, name: str) -> Step:
    short = asking.one_line(name)
    return (replace(meeting, name=short), (Remember("name", short),)) if short != meeting.name else nothing(meeting)


def _join(meeting: Meeting) -> Step:
    if meeting.link is None or not meeting.name_there:
        return nothing(meeting)
    joining = replace(emptied(meeting) if meeting.page is Page.PREJOIN else anew(meeting), page=Page.JOINING)
    opened = () if meeting.page is Page.PREJOIN else (*end_trying(meeting), *open_wanted_devices(joining))
    if meeting.page is Page.PREJOIN:
        joining = replace(joining, camera=meeting.camera, microphone=meeting.microphone, speaker=meeting.speaker)
    return joining, (
        OpenDevice(DeviceKind.SPEAKER, meeting.speaker.to_open),
        *opened,
        Connect(meeting.link, meeting.name_there),
    )


def _leave(meeting: Meeting) -> Step:
    match meeting.page:
        case Page.ROOM:
            return over(meeting, None)
        case Page.JOINING:
            back = replace(emptied(meeting), page=Page.PREJOIN, camera=meeting.camera, microphone=meeting.microphone)
            return back, (Disconnect(), CloseDevice(DeviceKind.SPEAKER), *browser_login.look(back))
        case _:
            return nothing(meeting)


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
