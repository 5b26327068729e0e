"""What is asked of the practice meeting, in its words."""

from typing import get_args

import pytest

from visio_desktop.meeting import requests as req
from visio_desktop.meeting.rooms import Emoji, RecordingKind, Rules
from visio_desktop.meeting.values import Role
from visio_desktop.servers.port import RequestFailed
from visio_desktop.servers.practice import wire
from visio_desktop.servers.practice.asking import words_for

WORDS: dict[req.Request, wire.Message] = {
    req.React(Emoji.RED_HEART): wire.Reaction("you", "red-heart"),
    req.Rename("Odile"): wire.Renamed("Odile"),
    req.EditChat("1", "hello"): wire.Edited("1", "hello"),
    req.LowerHand("a"): wire.Lowered("a"),
    req.MuteOther("a"): wire.Silenced("a"),
    req.MuteEveryone(): wire.Silenced(""),
    req.RemovePerson("a"): wire.PutOut("a"),
    req.Admit("e", allowed=False): wire.Answered("e", allowed=False),
    req.AdmitEveryone(): wire.Answered("", allowed=True),
    req.StartCaptions(): wire.WriteDown(),
}
REFUSED: tuple[req.Request, ...] = (
    req.SetRole("a", Role.OWNER),
    req.SetRules(Rules()),
    req.SetLock(locked=True),
    req.LetSpeak("a", allowed=True),
    req.ClearChat(),
    req.StartRecording(RecordingKind.SCREEN),
    req.StopRecording(),
    req.RequestRecording(RecordingKind.SCREEN),
)


@pytest.mark.parametrize("request_", WORDS)
def test_each_request_has_its_word(request_: req.Request) -> None:
    assert words_for(request_, "you") == WORDS[request_]


@pytest.mark.parametrize("request_", REFUSED)
def test_what_no_practice_meeting_does_is_refused(request_: req.Request) -> None:
    with pytest.raises(RequestFailed):
        words_for(request_, "you")


def test_no_request_is_left_out() -> None:
    assert {type(r) for r in (*WORDS, *REFUSED)} == set(get_args(req.Request))
