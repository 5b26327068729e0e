"""What is shared, held and let go; nothing the state shows as held may leave."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.effects import Effect, HoldScreen, SetSending
from visio_desktop.meeting.events import Dropped, Event, Joined, ScreenAsked, ScreenFailed
from visio_desktop.meeting.intents import ChooseScreen, Intent, Leave, PauseScreen, SetSourceOn
from visio_desktop.meeting.rooms import Room
from visio_desktop.meeting.sharing import by_desktop
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.update import update
from visio_desktop.meeting.values import (
    CHOSEN_BY_DESKTOP,
    Capability,
    MeetingLink,
    Participant,
    Problem,
    ProblemCode,
    Source,
)

ME = Participant("me", "Ada", is_me=True)
ROOM = Meeting(
    page=Page.ROOM, participants=(ME,), link=MeetingLink("livekit", "l"), screen_spec="screen:1", room=Room()
)
SHARING = replace(ROOM, screen_on=True)
PAUSED = replace(SHARING, screen_paused=True)
SHARE, STOP = SetSourceOn(Source.SCREEN, on=True), SetSourceOn(Source.SCREEN, on=False)
CLOSED = ScreenFailed(Problem(ProblemCode.WINDOW_CLOSED))
INSIDE = Joined(ME, "Weekly", Capability.PUBLISH | Capability.SCREEN_SHARE, 0.0)


def test_a_share_is_held_and_let_go() -> None:
    held, effects = update(SHARING, PauseScreen(paused=True))
    assert held.screen_paused
    assert effects == (HoldScreen(held=True),)
    assert update(held, PauseScreen(paused=True)) == (held, ())
    going, effects = update(held, PauseScreen(paused=False))
    assert going == SHARING
    assert effects == (HoldScreen(held=False),)


def test_where_the_desktop_asks_all_else_is_as_it_was() -> None:
    choice, begun = by_desktop(replace(ROOM, screen_motion=True, screen_sound=True))
    assert choice == ChooseScreen(CHOSEN_BY_DESKTOP, sound=True, motion=True)
    chosen, effects = update(ROOM, choice)
    assert effects == ()
    sharing, effects = update(chosen, begun)
    assert sharing.screen_on
    assert [effect.spec for effect in effects if isinstance(effect, SetSending)] == [CHOSEN_BY_DESKTOP]
    asked, effects = update(sharing, ScreenAsked(asked=True))
    assert (asked.screen_asked, effects) == (True, ())
    assert not update(asked, ScreenAsked(asked=False))[0].screen_asked


def test_where_nothing_is_shared_nothing_is_held() -> None:
    assert update(ROOM, PauseScreen(paused=True)) == (ROOM, ())


@pytest.mark.parametrize("ending", [STOP, CLOSED, Leave()])
def test_the_next_share_is_not_held(ending: Intent | Event) -> None:
    stopped, effects = update(PAUSED, ending)
    assert not stopped.screen_on
    assert not stopped.screen_paused
    assert SetSending(Source.SCREEN, on=False) in effects


def test_a_closed_window_ends_its_share_with_a_sentence() -> None:
    stopped, _ = update(SHARING, CLOSED)
    assert stopped.toasts[-1].problem == Problem(ProblemCode.WINDOW_CLOSED)


def test_what_is_chosen_is_shared_at_once_where_something_is_shared() -> None:
    chosen, effects = update(ROOM, ChooseScreen("window:0x1", sound=True, motion=True))
    assert (chosen.screen_spec, chosen.screen_sound, chosen.screen_motion) == ("window:0x1", True, True)
    assert effects == ()
    again, effects = update(PAUSED, ChooseScreen("window:0x1", motion=True))
    assert not again.screen_paused
    assert effects == (SetSending(Source.SCREEN, on=True, spec="window:0x1", motion=True),)


def test_a_held_share_is_held_after_coming_back_too() -> None:
    lost, _ = update(PAUSED, Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True))
    assert lost.reconnecting
    back, effects = update(lost, INSIDE)
    assert back.screen_paused
    assert SetSending(Source.SCREEN, on=True, spec="screen:1", held=True) in effects


def obeyed(held: bool, effects: tuple[Effect, ...]) -> bool:
    """Whether what is shared is held once these are carried out."""
    for effect in effects:
        match effect:
            case HoldScreen(now):
                held = now
            case SetSending(Source.SCREEN):
                held = effect.held
    return held


inputs = st.sampled_from(
    [
        SHARE,
        STOP,
        PauseScreen(paused=True),
        PauseScreen(paused=False),
        ChooseScreen("screen:2"),
        ChooseScreen("window:0x1", motion=True),
        CLOSED,
        Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True),
        INSIDE,
    ]
)


@given(st.lists(inputs, max_size=12))
def test_what_is_carried_out_is_what_is_shown(given_inputs: list[Intent | Event]) -> None:
    meeting, held = ROOM, False
    for each in given_inputs:
        meeting, effects = update(meeting, each)
        held = obeyed(held, effects)
        assert held == meeting.screen_paused
        assert meeting.screen_on or not meeting.screen_paused
