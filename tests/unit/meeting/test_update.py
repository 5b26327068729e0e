"""A meeting from the first link to the last word, as dialogues."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting import effects as do
from visio_desktop.meeting import events as ev
from visio_desktop.meeting import intents as want
from visio_desktop.meeting.requests import AdmitEveryone, StartCaptions
from visio_desktop.meeting.rooms import Invitation, Knock, Notice, Recording
from visio_desktop.meeting.state import Ending, Meeting, Page
from visio_desktop.meeting.update import update
from visio_desktop.meeting.values import (
    Capability,
    ChatMessage,
    DeviceKind,
    MeetingLink,
    Participant,
    Problem,
    ProblemCode,
    Publication,
    Role,
    Source,
)
from visio_desktop.system.texts import tr

LINK = MeetingLink("livekit", "livekit+wss://meet.example.org?room=r", "meet.example.org", "r")
ME = Participant("me", "Odile", is_me=True)
AMINA = Participant("amina", "Amina")
LEADER = Participant("leader", "Lena", role=Role.OWNER)
JOINED = ev.Joined(ME, "r", Capability.CHAT, 1_000.0)
LOST = Problem(ProblemCode.CONNECTION_LOST)
CLOSE_ALL = (
    do.SetSending(Source.MICROPHONE, on=False),
    do.SetSending(Source.CAMERA, on=False),
    do.SetSending(Source.SCREEN, on=False),
    do.Disconnect(),
    do.CloseDevice(DeviceKind.CAMERA),
    do.CloseDevice(DeviceKind.MICROPHONE),
    do.CloseDevice(DeviceKind.SPEAKER),
)


def in_room(*others: Participant, microphone_on: bool = False) -> Dialogue:
    start = Meeting(page=Page.JOINING, link=LINK, name="Odile", microphone_on=microphone_on)
    dialogue = Dialogue(start) << JOINED
    for other in others:
        dialogue << ev.ParticipantChanged(other)
    return dialogue


def page_of(dialogue: Dialogue) -> Page:
    return dialogue.meeting.page


def test_from_link_to_room_and_out_again() -> None:
    dialogue = Dialogue(Meeting(name="Odile"))
    dialogue << want.OpenLink(LINK.text) >> do.RecogniseLink(LINK.text)
    dialogue << ev.LinkRecognised(LINK) >> ()
    assert page_of(dialogue) is Page.PREJOIN
    dialogue << want.Join() >> (do.OpenDevice(DeviceKind.SPEAKER, "default"), do.Connect(LINK, "Odile"))
    assert page_of(dialogue) is Page.JOINING
    dialogue << JOINED >> do.Remember("recent", LINK.text)
    assert page_of(dialogue) is Page.ROOM
    assert dialogue.meeting.recents == (LINK,)
    dialogue << want.Leave() >> CLOSE_ALL
    assert (dialogue.meeting.page, dialogue.meeting.ending) == (Page.ENDED, Ending.LEFT)
    dialogue << want.Rejoin() >> (do.OpenDevice(DeviceKind.SPEAKER, "default"), do.Connect(LINK, "Odile"))


def test_devices_stay_closed_until_asked_for() -> None:
    dialogue = Dialogue(Meeting(name="Odile")) << ev.LinkRecognised(LINK)
    assert dialogue.effects == ()
    dialogue << want.SetSourceOn(Source.CAMERA, on=True)
    dialogue >> (do.OpenDevice(DeviceKind.CAMERA, "default"), do.Remember("camera_on", "true"))
    dialogue << want.SetSourceOn(Source.CAMERA, on=False)
    dialogue >> (
        do.SetSending(Source.CAMERA, on=False),
        do.CloseDevice(DeviceKind.CAMERA),
        do.Remember("camera_on", "false"),
    )


def test_without_a_name_there_is_no_joining() -> None:
    Dialogue(Meeting(page=Page.PREJOIN, link=LINK)) << want.Join() >> ()


def test_a_link_that_is_refused_says_why_and_stays_at_home() -> None:
    problem = Problem(ProblemCode.LINK_MALFORMED, "x")
    dialogue = Dialogue() << ev.LinkRefused("x", problem) >> ()
    assert (dialogue.meeting.page, dialogue.meeting.link_problem) == (Page.HOME, problem)


def test_what_is_on_is_sent_after_joining_and_after_coming_back() -> None:
    dialogue = in_room(AMINA, microphone_on=True)
    dialogue << ev.Dropped(LOST, may_retry=True) >> do.WaitToRetry(1)
    assert dialogue.meeting.reconnecting
    assert [p.id for p in dialogue.meeting.participants] == ["me", "amina"]
    dialogue << ev.RetryDue(1) >> do.Connect(LINK, "Odile", 1)
    dialogue << ev.JoinFailed(Problem(ProblemCode.HOST_UNREACHABLE)) >> do.WaitToRetry(2)
    dialogue << ev.RetryDue(1) >> ()
    dialogue << ev.RetryDue(2) >> do.Connect(LINK, "Odile", 2)
    dialogue << JOINED >> (do.SetSending(Source.MICROPHONE, on=True), do.Remember("recent", LINK.text))
    assert not dialogue.meeting.reconnecting


def test_mute_survives_coming_back() -> None:
    dialogue = in_room(microphone_on=True)
    dialogue << want.SetSourceOn(Source.MICROPHONE, on=False)
    dialogue << ev.Dropped(LOST, may_retry=True) << ev.RetryDue(1) << JOINED >> do.Remember("recent", LINK.text)
    assert not dialogue.meeting.microphone_on


def test_a_raised_hand_survives_coming_back() -> None:
    dialogue = in_room()
    dialogue << want.SetHand(raised=True, at_ms=5.0) >> do.DeliverHand(raised=True, at_ms=5.0)
    dialogue << ev.Dropped(LOST, may_retry=True) << ev.RetryDue(1) << JOINED
    assert do.DeliverHand(raised=True, at_ms=5.0) in dialogue.effects


def test_after_the_last_attempt_the_meeting_is_over() -> None:
    dialogue = in_room()
    for attempt in range(1, 19):
        dialogue << ev.Dropped(LOST, may_retry=True) >> do.WaitToRetry(attempt)
    dialogue << ev.Dropped(LOST, may_retry=True) >> CLOSE_ALL
    assert (dialogue.meeting.page, dialogue.meeting.ending) == (Page.ENDED, Ending.DROPPED)


def test_being_removed_ends_the_meeting_at_once() -> None:
    dialogue = in_room() << ev.Dropped(Problem(ProblemCode.REMOVED), may_retry=False) >> CLOSE_ALL
    assert dialogue.meeting.ending is Ending.REMOVED


def test_a_wrong_token_is_no_reason_to_try_again() -> None:
    refused = Problem(ProblemCode.TOKEN_REFUSED)
    dialogue = in_room() << ev.Dropped(LOST, may_retry=True) << ev.JoinFailed(refused) >> CLOSE_ALL
    assert dialogue.meeting.problem == refused


def test_people_come_change_and_go() -> None:
    dialogue = in_room(AMINA)
    camera = Publication("c", "amina", Source.CAMERA)
    dialogue << ev.PublicationChanged(camera) << ev.SpeakersChanged(frozenset({"amina"}))
    amina = dialogue.meeting.participant("amina")
    assert amina is not None
    assert (amina.speaking, amina.publications) == (True, (camera,))
    dialogue << ev.ParticipantChanged(replace(AMINA, name="Amina D."))
    renamed = dialogue.meeting.participant("amina")
    assert renamed is not None
    assert (renamed.name, renamed.publications, renamed.speaking) == ("Amina D.", (camera,), True)
    dialogue << want.Pin("c") << ev.ParticipantLeft("amina")
    assert dialogue.meeting.pinned is None
    assert [p.id for p in dialogue.meeting.participants] == ["me"]
    assert dialogue.meeting.toasts[-1].key == "left"


def test_only_those_who_come_later_are_announced() -> None:
    dialogue = in_room(AMINA)
    assert not dialogue.meeting.toasts
    dialogue << ev.ParticipantChanged(Participant("bruno", "Bruno"), arrived=True)
    assert [toast.key for toast in dialogue.meeting.toasts] == ["arrived"]


def test_the_first_share_of_somebody_else_is_in_focus_and_a_pin_wins() -> None:
    dialogue = in_room(AMINA)
    screen = Publication("s", "amina", Source.SCREEN)
    camera = Publication("c", "amina", Source.CAMERA)
    dialogue << ev.PublicationChanged(camera) << ev.PublicationChanged(screen)
    assert dialogue.meeting.focus == screen
    dialogue << want.Pin("c")
    assert dialogue.meeting.focus == camera
    dialogue << ev.PublicationGone("c")
    assert dialogue.meeting.focus == screen


def test_a_publication_that_changes_keeps_its_place() -> None:
    dialogue = in_room(AMINA)
    for name, source in (("m", Source.MICROPHONE), ("c", Source.CAMERA)):
        dialogue << ev.PublicationChanged(Publication(name, "amina", source))
    dialogue << ev.PublicationChanged(Publication("m", "amina", Source.MICROPHONE, muted=True))
    amina = dialogue.meeting.participant("amina")
    assert amina is not None
    assert [p.id for p in amina.publications] == ["m", "c"]
    assert not amina.microphone_open


def test_chat_counts_what_is_unread_until_the_panel_opens() -> None:
    dialogue = in_room(AMINA)
    line = ChatMessage("1", "amina", "Amina", "hello", 5.0)
    dialogue << ev.ChatReceived(line) << ev.ChatReceived(replace(line, id="2"))
    assert dialogue.meeting.unread == 2
    dialogue << want.ShowPanel(want.Panel.CHAT)
    assert dialogue.meeting.unread == 0
    dialogue << ev.ChatReceived(replace(line, id="3"))
    assert dialogue.meeting.unread == 0


def test_ones_own_line_is_pending_then_delivered_or_failed() -> None:
    dialogue = in_room() << want.SendChat("  hello ", "x", 7.0) >> do.DeliverChat("x", "hello")
    assert dialogue.meeting.chat[0].pending
    dialogue << ev.ChatDelivered("x")
    assert not dialogue.meeting.chat[0].pending
    dialogue << want.SendChat("again", "y", 8.0) << ev.ChatFailed("y")
    assert dialogue.meeting.chat[1].failed
    dialogue << want.SendChat("   ", "z", 9.0) >> ()


def test_a_device_that_fails_is_shown_off_and_never_sent() -> None:
    busy = Problem(ProblemCode.CAMERA_BUSY, "Cam")
    dialogue = in_room() << want.SetSourceOn(Source.CAMERA, on=True)
    dialogue << ev.DeviceFailed(DeviceKind.CAMERA, busy) >> do.SetSending(Source.CAMERA, on=False)
    assert not dialogue.meeting.camera_on
    assert dialogue.meeting.camera.problem == busy


def test_push_to_talk_opens_only_while_held_and_is_not_remembered() -> None:
    dialogue = in_room() << want.HoldToTalk(held=True)
    dialogue >> (do.OpenDevice(DeviceKind.MICROPHONE, "default"), do.SetSending(Source.MICROPHONE, on=True))
    assert dialogue.meeting.microphone_on
    dialogue << want.HoldToTalk(held=False) >> do.SetSending(Source.MICROPHONE, on=False)
    assert not dialogue.meeting.microphone_on


def test_a_moderators_mute_closes_the_gate() -> None:
    dialogue = in_room(microphone_on=True) << ev.MutedByServer(Source.MICROPHONE)
    dialogue >> do.SetSending(Source.MICROPHONE, on=False)
    assert not dialogue.meeting.microphone_on


def test_another_microphone_is_opened_without_touching_the_publication() -> None:
    dialogue = in_room(microphone_on=True) << want.ChooseDevice(DeviceKind.MICROPHONE, "Headset")
    dialogue >> (do.OpenDevice(DeviceKind.MICROPHONE, "Headset"), do.Remember("microphone", "Headset"))


SOURCES = st.sampled_from([Source.MICROPHONE, Source.CAMERA, Source.SCREEN])
KINDS = st.sampled_from(list(DeviceKind))
ANYTHING = st.one_of(
    st.builds(want.SetSourceOn, SOURCES, st.booleans()),
    st.builds(want.HoldToTalk, st.booleans()),
    st.builds(want.ChooseDevice, KINDS, st.sampled_from(["default", "none", "Headset"])),
    st.just(want.Join()),
    st.just(want.Leave()),
    st.just(want.Rejoin()),
    st.just(want.GoHome()),
    st.just(ev.LinkRecognised(LINK)),
    st.just(JOINED),
    st.builds(ev.Dropped, st.just(LOST), st.booleans()),
    st.builds(ev.RetryDue, st.integers(1, 3)),
    st.builds(ev.JoinFailed, st.just(Problem(ProblemCode.HOST_UNREACHABLE))),
    st.builds(ev.MutedByServer, SOURCES),
    st.builds(ev.DeviceFailed, KINDS, st.just(Problem(ProblemCode.CAMERA_FAILED))),
    st.builds(ev.DeviceOpened, KINDS, st.just("Thing")),
    st.just(ev.ScreenFailed(None)),
    st.builds(ev.SendingAllowed, st.frozensets(st.sampled_from(list(Source)))),
    st.just(ev.LobbyEntered()),
    st.builds(ev.CapabilitiesChanged, st.sampled_from([Capability.NONE, Capability.ADMIT])),
    st.builds(
        ev.WaitingChanged, st.lists(st.builds(Knock, st.sampled_from("abcde"), st.text()), max_size=5).map(tuple)
    ),
    st.builds(ev.NoticeReceived, st.sampled_from(Notice), st.sampled_from(["", "me", "amina"]), st.frozensets(SOURCES)),
    st.builds(ev.ParticipantChanged, st.sampled_from([AMINA, LEADER, ME]), st.booleans()),
    st.builds(ev.ParticipantLeft, st.sampled_from(["amina", "leader"])),
    st.builds(ev.RecordingChanged, st.none() | st.builds(Recording)),
    st.builds(ev.InvitationChanged, st.just(Invitation()), *[st.none() | st.integers(0, 2)] * 3),
    st.builds(ev.AloneDue, st.integers(0, 9), st.just(1.0)),
    st.builds(ev.RequestRefused, st.just(StartCaptions()), st.just(LOST)),
    st.just(want.StayAlone()),
    st.builds(want.ChooseScreen, st.just("screen:1"), st.booleans()),
    st.builds(want.ShowCaptions, st.booleans()),
    st.just(want.AskServer(AdmitEveryone())),
)
INTO_THE_ROOM: tuple[want.Intent | ev.Event, ...] = (ev.LinkRecognised(LINK), want.Join(), JOINED)


@settings(max_examples=300)
@given(st.booleans(), st.lists(ANYTHING, max_size=40))
def test_what_the_window_shows_as_off_is_never_wished_to_be_sent(
    at_home: bool, messages: list[want.Intent | ev.Event]
) -> None:
    """The privacy invariant of the domain: the last word on every source agrees with what is shown."""
    meeting = Meeting(name="Odile")
    sending = dict.fromkeys(Source, False)
    for message in messages if at_home else (*INTO_THE_ROOM, *messages):
        meeting, effects = update(meeting, message)
        for effect in effects:
            if isinstance(effect, do.SetSending):
                sending[effect.source] = effect.on
                if effect.source is Source.SCREEN:
                    sending[Source.SCREEN_AUDIO] = effect.on and effect.sound
        for source, sent in sending.items():
            assert not sent or meeting.is_on(source)
            assert not sent or meeting.page is Page.ROOM
            assert not sent or source in meeting.room.may_send


@settings(max_examples=300)
@given(st.lists(ANYTHING, max_size=40))
def test_what_the_window_shows_of_a_room_fits_together(messages: list[want.Intent | ev.Event]) -> None:
    meeting = Meeting(name="Odile")
    for message in (*INTO_THE_ROOM, *messages):
        meeting, effects = update(meeting, message)
        room = meeting.room
        assert not meeting.in_lobby or meeting.page is Page.JOINING or meeting.reconnecting
        assert not room.waiting or (Capability.ADMIT in meeting.capabilities and not meeting.reconnecting)
        assert room.leave_at_ms is None or len(meeting.participants) == 1
        assert room.captions_on or not room.captions
        assert len(meeting.toasts) <= 4
        for toast in meeting.toasts:
            assert toast.problem is not None or tr(f"room.toast_{toast.key}") != f"room.toast_{toast.key}"
        assert meeting.page in (Page.JOINING, Page.ROOM) or room == Meeting().room
        asked = [e for e in effects if isinstance(e, do.Deliver)]
        assert not asked or (meeting.page is Page.ROOM and not meeting.reconnecting)


def test_whoever_was_put_out_or_joined_elsewhere_may_try_again() -> None:
    for code, ending in ((ProblemCode.REMOVED, Ending.REMOVED), (ProblemCode.DUPLICATE_IDENTITY, Ending.ELSEWHERE)):
        dialogue = in_room(AMINA) << ev.Dropped(Problem(code), may_retry=False) >> CLOSE_ALL
        assert dialogue.meeting.ending is ending
        dialogue << want.Rejoin() << ev.LobbyEntered()
        assert (page_of(dialogue), dialogue.meeting.in_lobby) == (Page.JOINING, True)
        dialogue << ev.JoinFailed(Problem(ProblemCode.ENTRY_DENIED))
        assert page_of(dialogue) is Page.FAILED
        dialogue << want.Rejoin() >> (do.OpenDevice(DeviceKind.SPEAKER, "default"), do.Connect(LINK, "Odile"))
