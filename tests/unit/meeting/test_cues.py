from __future__ import annotations

from dataclasses import replace

import pytest

from visio_desktop.meeting.cues import Cue, cue_between
from visio_desktop.meeting.rooms import Room
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Toast

ROOM = Meeting(page=Page.ROOM, next_id=5, toasts=(Toast(4, "left"),))


def told(*keys: str, sounds: bool = True) -> Meeting:
    new = tuple(Toast(number, key) for number, key in enumerate(keys, 5))
    return replace(ROOM, toasts=(*ROOM.toasts, *new), next_id=5 + len(new), room=Room(sounds=sounds))


@pytest.mark.parametrize(
    ("keys", "cue"),
    [
        (("arrived",), Cue.JOINED),
        (("arrived_many",), Cue.JOINED),
        (("left",), Cue.LEFT),
        (("chat",), None),
        (("left", "knock", "arrived"), Cue.KNOCK),
        ((), None),
    ],
)
def test_what_people_are_told_is_heard_once(keys: tuple[str, ...], cue: Cue | None) -> None:
    assert cue_between(ROOM, told(*keys)) is cue
    assert cue_between(told(*keys), told(*keys)) is None


def test_in_a_large_meeting_only_who_waits_is_heard() -> None:
    assert cue_between(ROOM, told("arrived", "left", sounds=False)) is None
    assert cue_between(ROOM, told("arrived", "knocks", sounds=False)) is Cue.KNOCK


def test_nothing_is_heard_outside_a_meeting() -> None:
    assert cue_between(replace(ROOM, page=Page.JOINING), told("arrived")) is None
    assert cue_between(ROOM, replace(told("left"), page=Page.ENDED)) is None
