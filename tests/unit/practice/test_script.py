"""The practice meeting's script, in simulated time."""

from visio_desktop.practice.cast import AMINA, BRUNO, CHLOE, DMITRI
from visio_desktop.practice.script import AWAY_EVERY_MS, AWAY_FOR_MS, Enter, Exit, Raise, Script, Share, Speak, Write


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
