"""Ids and times."""

import pytest

from visio_desktop.engine.stamping import stamped
from visio_desktop.meeting.events import ChatReceived, Event, Left, NoticeReceived, Reacted
from visio_desktop.meeting.intents import AskServer, Intent, Leave, SendChat, SetHand
from visio_desktop.meeting.requests import MuteEveryone
from visio_desktop.meeting.rooms import Emoji, Notice
from visio_desktop.meeting.values import ChatMessage

LINE = ChatMessage("1", "a", "Amina", "hello", 5.0)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (SendChat("hello"), SendChat("hello", "id1", 7.0)),
        (SetHand(raised=True), SetHand(raised=True, at_ms=7.0)),
        (AskServer(MuteEveryone()), AskServer(MuteEveryone(), 7.0)),
        (Reacted("a", Emoji.RED_HEART), Reacted("a", Emoji.RED_HEART, 7.0)),
        (NoticeReceived(Notice.MUTED_BY_HOST, "a"), NoticeReceived(Notice.MUTED_BY_HOST, "a", at_ms=7.0)),
        (ChatReceived(LINE), ChatReceived(LINE, 7.0)),
        (Left(), Left()),
        (Leave(), Leave()),
    ],
)
def test_what_wants_a_time_gets_it(message: Intent | Event, expected: Intent | Event) -> None:
    assert stamped(message, lambda: 7.0, lambda: "id1") == expected
