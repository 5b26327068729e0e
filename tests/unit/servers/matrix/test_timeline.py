from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.servers.matrix.test_words import JSON
from visio_desktop.meeting.events import ChatReceived, Reacted
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.meeting.values import ChatMessage
from visio_desktop.servers.matrix.timeline import (
    HAND_EVENT,
    LONGEST_LINE_BYTES,
    MESSAGE_EVENT,
    REACTION_EVENT,
    REDACTION_EVENT,
    Owner,
    Timeline,
    print_hand,
    print_line,
    print_reaction,
)
from visio_desktop.servers.matrix.words import RoomEvent

ME, ADA = "@me:h", "@ada:h"
OWNERS = {"$ada": Owner(ADA, f"{ADA}:A"), "$me": Owner(ME, f"{ME}:M")}


def timeline(owners: Mapping[str, Owner] = OWNERS) -> Timeline:
    return Timeline(ME, owner=owners.get, speaker=lambda user: (f"{user}:X", user[1:4]), now_ms=lambda: 0.0)


def event(kind: str, content: Mapping[str, Any], *, sender: str = ADA, number: int = 1, **more: Any) -> RoomEvent:
    return RoomEvent(kind, sender, f"$e{number}", 1_000.0 + number, content, **more)


def line(text: str, **more: Any) -> RoomEvent:
    return event(MESSAGE_EVENT, print_line(text), **more)


def test_a_line() -> None:
    (heard,) = timeline().read(line("tea?"))
    assert heard == ChatReceived(ChatMessage("$e1", "@ada:h:X", "ada", "tea?", 1_001.0))
    (own,) = timeline().read(line("milk", sender=ME))
    assert isinstance(own, ChatReceived)
    assert own.message.is_mine, "said with another device"


def test_what_we_said_is_not_told_again_and_can_be_edited() -> None:
    lines = timeline()
    lines.sending("t1")
    lines.sent("$e1", "m1")
    assert lines.read(line("tea?", sender=ME, ours="t1")) == []
    assert (lines.event_of("m1"), lines.event_of("m2")) == ("$e1", "")


def test_what_was_said_before_one_came_is_old() -> None:
    lines = timeline()
    for past in (True, False):
        (heard,) = lines.read(line("hello", number=1 + past), past=past)
        assert isinstance(heard, ChatReceived)
        assert heard.is_old is past


def test_an_edited_line_replaces_its_own_author_s_alone() -> None:
    lines = timeline()
    lines.read(line("helo"))
    (heard,) = lines.read(event(MESSAGE_EVENT, print_line("hello", "$e1"), number=2))
    assert isinstance(heard, ChatReceived)
    assert (heard.message.id, heard.message.text, heard.message.edited) == ("$e1", "hello", True)
    assert lines.read(event(MESSAGE_EVENT, print_line("forged", "$e1"), number=3, sender="@eve:h")) == []
    assert lines.read(event(MESSAGE_EVENT, print_line("of nothing", "$e9"), number=4)) == []


@pytest.mark.parametrize(
    "content",
    [
        {"msgtype": "m.image", "body": "cat.jpg"},
        {"msgtype": "m.text", "body": " "},
        {"msgtype": "m.text", "body": 5},
        {"msgtype": "m.text", "body": "x" * (LONGEST_LINE_BYTES + 1)},
        {},
    ],
)
def test_what_is_no_line(content: dict[str, Any]) -> None:
    assert timeline().read(event(MESSAGE_EVENT, content)) == []


def test_a_hand_goes_up_and_down() -> None:
    lines = timeline()
    assert lines.read(event(HAND_EVENT, print_hand("$ada"))) == []
    hand = lines.hand_of(f"{ADA}:A")
    assert hand is not None
    assert (hand.event_id, hand.at_ms) == ("$e1", 1_001.0)
    lines.read(event(HAND_EVENT, print_hand("$ada"), number=2))
    assert lines.hand_of(f"{ADA}:A") == hand, "the first counts"
    lines.read(event(REDACTION_EVENT, {}, number=3, redacts="$other"))
    assert lines.hand_of(f"{ADA}:A") == hand
    lines.read(event(REDACTION_EVENT, {}, number=4, redacts="$e1"))
    assert lines.hand_of(f"{ADA}:A") is None


def test_a_hand_one_hears_of_after_it_was_taken_back_is_down() -> None:
    lines = timeline()
    lines.read(event(REDACTION_EVENT, {}, number=4, redacts="$e1"))
    lines.read(event(HAND_EVENT, print_hand("$ada")), past=True)
    assert lines.hand_of(f"{ADA}:A") is None


def test_nobody_raises_the_hand_of_another_and_a_new_membership_has_none() -> None:
    owners = dict(OWNERS)
    lines = timeline(owners)
    lines.read(event(HAND_EVENT, print_hand("$me")))
    lines.read(event(HAND_EVENT, {"m.relates_to": {"event_id": "$ada", "key": "👍"}}))
    assert (lines.hand_of(f"{ME}:M"), lines.hand_of(f"{ADA}:A")) == (None, None)
    lines.read(event(HAND_EVENT, print_hand("$ada")))
    del owners["$ada"]
    assert lines.hand_of(f"{ADA}:A") is None


@pytest.mark.parametrize("emoji", list(Emoji))
def test_reactions_come_back_as_they_were_sent(emoji: Emoji) -> None:
    sent = event(REACTION_EVENT, print_reaction(emoji, "$ada"))
    assert timeline().read(sent) == [Reacted(f"{ADA}:A", emoji)]
    assert timeline().read(sent, past=True) == []


def test_reactions_that_are_passed_over() -> None:
    lines = timeline()
    for content in (print_reaction(Emoji.THUMBS_UP, "$me"), {"emoji": "🦌", "m.relates_to": {"event_id": "$ada"}}):
        assert lines.read(event(REACTION_EVENT, content)) == []
    flood = [lines.read(event(REACTION_EVENT, print_reaction(Emoji.THUMBS_UP, "$ada"))) for _ in range(50)]
    assert 0 < sum(map(bool, flood)) < 50


@given(st.sampled_from([MESSAGE_EVENT, HAND_EVENT, REACTION_EVENT, REDACTION_EVENT, "m.else"]), JSON)
def test_any_content_is_understood_or_passed_over(kind: str, content: Any) -> None:
    timeline().read(event(kind, content if isinstance(content, dict) else {}))
