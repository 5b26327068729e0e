"""The practice meeting's script, in simulated time."""

from visio_desktop.meeting.rooms import Emoji
from visio_desktop.practice.cast import AMINA, BRUNO, CHLOE, DMITRI, EMEKA
from visio_desktop.practice.cues import (
    Applaud,
    Cue,
    Enter,
    Exit,
    GiveUp,
    Knock,
    Raise,
    Say,
    Share,
    Speak,
    Unmute,
    Write,
)
from visio_desktop.practice.script import APPLAUD_EVERY_MS, AWAY_EVERY_MS, AWAY_FOR_MS, KNOCK_AT_MS, SENTENCES, Script


def test_three_people_are_there_and_a_fourth_arrives() -> None:
    script = Script()
    entered = [cue for cue in script.due(0) if isinstance(cue, Enter)]
    assert [cue.role for cue in entered] == [AMINA, BRUNO, CHLOE]
    assert not any(cue.arrived for cue in entered)
    later = list(script.due(2_500))
    assert Enter(DMITRI, arrived=True) in later
    assert Share(BRUNO, on=True) in later


def test_within_ten_seconds_somebody_writes_and_somebody_raises_a_hand() -> None:
    cues = list(Script().due(10_000))
    assert Write(AMINA, "greeting") in cues
    assert Raise(CHLOE, up=True) in cues


def test_what_one_writes_is_answered_with_a_quote() -> None:
    script = Script()
    list(script.due(10_000))
    script.written_to("hello", 10_000)
    assert Write(AMINA, "answer", "hello") in list(script.due(12_000))


def test_the_floor_goes_round_and_never_to_somebody_who_is_away() -> None:
    script = Script()
    present = set()
    spoke = set()
    for cue in script.due(10 * 60_000):
        match cue:
            case Enter(role):
                present.add(role)
            case Exit(role):
                present.discard(role)
            case Speak(role):
                assert role in present
                spoke.add(role)
            case _:
                pass
    assert spoke == {AMINA, BRUNO, CHLOE, DMITRI}


def test_the_fourth_goes_and_comes_back_for_ten_minutes() -> None:
    cues = list(Script().due(10 * 60_000))
    comings = sum(cue == Enter(DMITRI, arrived=True) for cue in cues)
    goings = sum(cue == Exit(DMITRI) for cue in cues)
    assert comings >= 10 * 60_000 // (AWAY_EVERY_MS + AWAY_FOR_MS)
    assert 0 <= comings - goings <= 1


def test_the_next_cue_is_never_in_the_past() -> None:
    script = Script()
    for now_ms in range(0, 100_000, 777):
        list(script.due(now_ms))
        assert script.next_due_ms() > now_ms


def until(script: Script, now_ms: float) -> list[Cue]:
    return list(script.due(now_ms))


def test_somebody_knocks_and_comes_in_when_let_in() -> None:
    script = Script()
    assert Knock(EMEKA) in until(script, KNOCK_AT_MS)
    script.answered("nobody", allowed=True, now_ms=KNOCK_AT_MS)
    script.answered("emeka", allowed=True, now_ms=KNOCK_AT_MS + 10)
    script.answered("", allowed=True, now_ms=KNOCK_AT_MS + 20)
    cues = [cue for cue in until(script, 10 * 60_000) if cue.role == EMEKA]
    assert cues[:2] == [GiveUp(EMEKA, again=False), Enter(EMEKA, arrived=True)]
    assert sum(isinstance(cue, Enter) for cue in cues) == 1
    assert any(isinstance(cue, Speak) for cue in cues)


def test_who_is_refused_does_not_come_again_and_who_is_not_answered_does() -> None:
    refused, ignored = Script(), Script()
    for script in (refused, ignored):
        until(script, KNOCK_AT_MS)
    refused.answered("", allowed=False, now_ms=KNOCK_AT_MS)
    rest = [cue for cue in until(refused, 10 * 60_000) if cue.role == EMEKA]
    assert rest == [GiveUp(EMEKA, again=False)]
    later = [cue for cue in until(ignored, 10 * 60_000) if cue.role == EMEKA]
    assert later[:2] == [GiveUp(EMEKA, again=True), Knock(EMEKA)]


def test_who_is_put_out_does_nothing_until_let_in_again() -> None:
    script = Script()
    until(script, 5_000)
    script.put_out("chloe", 5_000)
    script.put_out("chloe", 5_010)
    script.put_out("nobody", 5_010)
    away = [cue for cue in until(script, 60_000) if cue.role == CHLOE]
    assert away == [Exit(CHLOE, put_out=True), Knock(CHLOE)]
    script.answered("chloe", allowed=True, now_ms=60_000)
    back = [cue for cue in until(script, 120_000) if cue.role == CHLOE]
    assert back[1] == Enter(CHLOE, arrived=True)
    assert Raise(CHLOE, up=True) in back


def test_a_meeting_whose_people_are_all_put_out_goes_on_when_somebody_comes() -> None:
    script = Script()
    until(script, 5_000)
    for role in script.everybody():
        script.put_out(role.id, 5_000)
    assert not any(isinstance(cue, Speak | Write | Applaud) for cue in until(script, KNOCK_AT_MS))
    script.written_to("anybody?", KNOCK_AT_MS)
    script.answered("emeka", allowed=True, now_ms=KNOCK_AT_MS)
    assert Speak(EMEKA) in until(script, KNOCK_AT_MS + 100)


def test_what_is_said_is_known_bit_by_bit() -> None:
    says = [cue for cue in until(Script(), 4_000) if isinstance(cue, Say)]
    assert [(cue.role, cue.final) for cue in says[:2]] == [(AMINA, False), (AMINA, True)]
    assert says[0].turn == says[1].turn
    sentences = {cue.sentence for cue in until(Script(), 120_000) if isinstance(cue, Say)}
    assert sentences == set(range(1, SENTENCES + 1))


def test_reactions_come_now_and_then_for_ever_and_in_answer() -> None:
    script = Script()
    until(script, 8_000)
    script.reacted_to(Emoji.FOLDED_HANDS, 8_000)
    cues = [cue for cue in until(script, 10 * 60_000) if isinstance(cue, Applaud)]
    assert Applaud(CHLOE, Emoji.FOLDED_HANDS) in cues
    assert len(cues) > 10 * 60_000 / APPLAUD_EVERY_MS / 2
    assert len({cue.role for cue in cues}) > 2


def test_a_closed_microphone_is_opened_again_once() -> None:
    script = Script()
    until(script, 1_000)
    script.silenced(AMINA, 1_000)
    script.silenced(AMINA, 2_000)
    opened = [cue for cue in until(script, 60_000) if isinstance(cue, Unmute)]
    assert opened == [Unmute(AMINA)]
