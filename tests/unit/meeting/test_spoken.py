from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.fake_engine import ready
from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting.spoken import said_between
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Toast
from visio_desktop.system.texts import LANGUAGES, text_in

ROOM: Meeting = replace(crowd(2), page=Page.ROOM, microphone_on=True, camera_on=True)
OWN = ROOM.participants[0]
RAISED: Meeting = replace(ROOM, participants=(replace(OWN, hand_raised_at_ms=1.0), *ROOM.participants[1:]))


def test_who_enters_hears_that_and_whether_they_are_heard() -> None:
    assert said_between(ready(page=Page.JOINING), ROOM) == ("entered", "microphone_on")
    assert said_between(Meeting(), replace(ROOM, microphone_on=False)) == ("entered", "microphone_off")
    assert said_between(ROOM, ready(page=Page.ENDED)) == ()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (ROOM, ROOM, ()),
        (ROOM, replace(ROOM, microphone_on=False), ("microphone_off",)),
        (ROOM, replace(ROOM, microphone_on=False, camera_on=False), ("microphone_off", "camera_off")),
        (replace(ROOM, camera_on=False), ROOM, ("camera_on",)),
        (ROOM, RAISED, ("hand_on",)),
        (RAISED, ROOM, ("hand_off",)),
    ],
)
def test_each_change_of_ones_own_is_said_in_every_language(
    before: Meeting, after: Meeting, said: tuple[str, ...]
) -> None:
    assert said_between(before, after) == said
    for name in said:
        assert all(text_in(language, f"spoken.{name}") != f"spoken.{name}" for language in LANGUAGES)


def test_nobody_is_talked_to_while_they_hold_a_key_to_talk() -> None:
    muted = replace(ROOM, microphone_on=False)
    held = replace(ROOM, held_to_talk=True)
    assert said_between(muted, held) == ()
    assert said_between(held, muted) == ()


def test_what_a_notice_says_is_not_said_twice() -> None:
    muted = replace(ROOM, microphone_on=False, toasts=(Toast(ROOM.next_id, "muted_microphone"),))
    lowered = replace(ROOM, toasts=(Toast(ROOM.next_id, "hand_lowered"),))
    assert said_between(ROOM, muted) == ()
    assert said_between(RAISED, lowered) == ()
    older = replace(ROOM, microphone_on=False, toasts=(Toast(ROOM.next_id - 1, "muted_microphone"),))
    assert said_between(ROOM, older) == ("microphone_off",)
