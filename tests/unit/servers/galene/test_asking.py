from __future__ import annotations

import pytest

from tests.contract.requests import REQUESTS
from visio_desktop.meeting.asking import needed
from visio_desktop.meeting.requests import (
    ClearChat,
    LetSpeak,
    MuteEveryone,
    MuteOther,
    RemovePerson,
    Request,
    SetLock,
    SetRole,
    StartCaptions,
    StartRecording,
    StopRecording,
)
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.meeting.values import Capability, Role, Source
from visio_desktop.servers.galene import asking


@pytest.mark.parametrize(
    ("request_", "what", "kind"),
    [
        (MuteOther("bob"), "usermessage", "mute"),
        (MuteEveryone(), "usermessage", "mute"),
        (RemovePerson("bob"), "useraction", "kick"),
        (SetRole("bob", Role.ADMINISTRATOR), "useraction", "op"),
        (SetRole("bob", Role.MEMBER), "useraction", "unop"),
        (LetSpeak("bob", allowed=True), "useraction", "present"),
        (LetSpeak("bob", allowed=False), "useraction", "unpresent"),
        (ClearChat(), "groupaction", "clearchat"),
        (StartRecording(RecordingKind.SCREEN), "groupaction", "record"),
        (StopRecording(), "groupaction", "unrecord"),
        (SetLock(locked=True), "groupaction", "lock"),
        (SetLock(locked=False), "groupaction", "unlock"),
    ],
)
def test_what_is_asked_is_said_in_galenes_words(request_: Request, what: str, kind: str) -> None:
    words = asking.words_for(request_)
    assert words is not None
    assert (words[0], words[1]["kind"]) == (what, kind)
    assert needed(request_) & asking.ABLE


def test_what_cannot_be_asked_has_no_words() -> None:
    able = [request for request in REQUESTS if needed(request) & asking.ABLE]
    assert [r for r in able if asking.words_for(r) is None] == [StartCaptions()]
    assert asking.asks_nothing(StartCaptions())
    assert asking.words_for(SetRole("bob", Role.OWNER)) is None
    assert asking.words_for(StartRecording(RecordingKind.TRANSCRIPT)) is None


def test_permissions_are_what_one_can_do() -> None:
    assert Capability.CHAT not in asking.capabilities(frozenset())
    assert asking.capabilities(frozenset({"op", "message", "record"})) == asking.ABLE
    assert Capability.REMOVE not in asking.capabilities(frozenset({"message", "present"}))
    assert asking.sendable(frozenset({"message"})) == frozenset()
    assert asking.sendable(frozenset({"present"})) == frozenset(Source)
