from __future__ import annotations

from dataclasses import replace

import pytest

from visio_desktop.meeting.rooms import Knock, Room
from visio_desktop.meeting.state import Ending, Meeting, Page
from visio_desktop.meeting.values import Capability, ChatMessage, Problem, ProblemCode, Toast
from visio_desktop.system.texts import tr
from visio_desktop.ui.platform import notices
from visio_desktop.ui.platform.notices import changes, hidden

INSIDE = Meeting(page=Page.ROOM, capabilities=Capability.ADMIT)
ADA, BOB = Knock("7", "Ada"), Knock("8", "Bob")


def waiting(*knocks: Knock) -> Meeting:
    return replace(INSIDE, room=Room(waiting=knocks))


def line(text: str, number: str = "1", *, mine: bool = False) -> ChatMessage:
    return ChatMessage(number, "id", "Ada", text, 0.0, is_mine=mine)


def test_who_waits_can_be_let_in_from_the_notice() -> None:
    (note,) = changes(INSIDE, waiting(ADA), with_content=False).show
    assert (note.key, note.title, note.urgent) == (notices.LOBBY, tr("desktop.knock", name="Ada"), True)
    assert [action for action, _ in note.actions] == ["admit:7", "show"]


def test_several_are_looked_at_before_they_are_let_in() -> None:
    (note,) = changes(waiting(ADA), waiting(ADA, BOB), with_content=False).show
    assert note.title == tr("desktop.knocks", count=2)
    assert note.body == "Ada, Bob"
    assert [action for action, _ in note.actions] == ["show"]


def test_who_may_not_admit_is_offered_no_button() -> None:
    (note,) = changes(
        Meeting(page=Page.ROOM), replace(waiting(ADA), capabilities=Capability.NONE), with_content=False
    ).show
    assert [action for action, _ in note.actions] == ["show"]


def test_a_lobby_that_empties_takes_its_notice_away() -> None:
    assert changes(waiting(ADA), INSIDE, with_content=False).withdraw == (notices.LOBBY,)
    assert changes(waiting(ADA, BOB), waiting(BOB), with_content=False) == notices.Notices()


@pytest.mark.parametrize(
    ("with_content", "sharing", "body"), [(True, False, "hello"), (False, False, ""), (True, True, "")]
)
def test_what_messages_say_is_shown_on_wish_and_never_on_a_shared_screen(
    with_content: bool, sharing: bool, body: str
) -> None:
    after = replace(INSIDE, chat=(line("hello"),), screen_on=sharing)
    (note,) = changes(INSIDE, after, with_content=with_content).show
    assert (note.key, note.title, note.body) == (notices.CHAT, tr("desktop.chat", name="Ada"), body)


def test_own_lines_and_those_that_are_only_marked_are_no_news() -> None:
    old = replace(INSIDE, chat=(replace(line("hello"), is_old=True),))
    assert changes(INSIDE, old, with_content=True).show == (), "it was written before one came"
    own = replace(INSIDE, chat=(line("hello", mine=True),))
    assert changes(INSIDE, own, with_content=True).show == ()
    assert changes(own, replace(INSIDE, chat=(line("hallo", mine=True),)), with_content=True).show == ()
    joining = replace(INSIDE, page=Page.JOINING)
    assert changes(joining, replace(INSIDE, chat=(line("old"),)), with_content=True).show == ()


def test_an_end_that_was_not_asked_for_is_told_with_its_reason() -> None:
    over = Meeting(page=Page.ENDED, ending=Ending.DROPPED, problem=Problem(ProblemCode.REMOVED))
    told = changes(waiting(ADA), over, with_content=False)
    assert [(note.key, note.body) for note in told.show] == [(notices.OVER, tr("problems.removed"))]
    assert {notices.LOBBY, notices.CHAT} <= set(told.withdraw)
    assert changes(INSIDE, Meeting(page=Page.ENDED, ending=Ending.LEFT), with_content=False).show == ()
    assert changes(over, Meeting(), with_content=False) == notices.Notices()


def test_what_is_made_of_the_meeting_and_whether_one_is_heard_is_missed_by_nobody() -> None:
    before = replace(INSIDE, toasts=(Toast(1, "recording_started"),))
    toasts = (Toast(1, "recording_started"), Toast(2, "you_are_muted"), Toast(3, "hand", (("name", "Ada"),)))
    told = changes(before, replace(INSIDE, toasts=toasts), with_content=False)
    assert [(note.key, note.title) for note in told.show] == [(notices.MATTERS, tr("room.toast_you_are_muted"))]
    assert changes(INSIDE, Meeting(page=Page.HOME, toasts=toasts), with_content=False).show == ()


def test_a_hidden_window_tells_whether_one_is_heard() -> None:
    assert hidden(Meeting()) is None
    muted, heard = hidden(INSIDE), hidden(replace(INSIDE, microphone_on=True))
    assert muted is not None
    assert heard is not None
    assert (muted.body, heard.body) == (tr("desktop.hidden_muted"), tr("desktop.hidden_open"))
