from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from tests.helpers.fake_meeting import meeting_of, person
from visio_desktop.diagnostics.streams import Direction, StreamStatistics
from visio_desktop.engine.signing import Signing
from visio_desktop.meeting.events import SigningChanged
from visio_desktop.meeting.look import Look, PictureQuality
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Publication, Source
from visio_desktop.servers.port import Wanted

LARGE = Wanted(width_px=1280, height_px=720)


class Wishes:
    """Stands for `Pictures`."""

    def __init__(self) -> None:
        self.of: Callable[[str, Wanted], Wanted] = lambda _, wanted: wanted

    def bend(self, bend: Callable[[str, Wanted], Wanted]) -> None:
        self.of = bend


def everybody(signing: str | None = "p1") -> Meeting:
    people = [replace(person(n), publications=(Publication(f"c{n}", f"p{n}", Source.CAMERA),)) for n in (1, 2)]
    talk = Publication("s2", "p2", Source.SCREEN)
    people[1] = replace(people[1], publications=(*people[1].publications, talk))
    return replace(meeting_of(*people), signing=signing)


def streams(fps: float) -> Callable[[], tuple[StreamStatistics, ...]]:
    return lambda: (StreamStatistics("c1", Direction.RECEIVED, fps=fps), StreamStatistics("c2", Direction.RECEIVED))


class Bench:
    def __init__(self) -> None:
        self.wishes = Wishes()
        self.told: list[SigningChanged] = []
        self.signing = Signing(cast("Any", self.wishes), self.told.append)

    def look(self, fps: float, times: int = 1, meeting: Meeting | None = None) -> None:
        for _ in range(times):
            self.signing.look(meeting or everybody(), streams(fps))


def test_who_signs_comes_before_the_others() -> None:
    bench = Bench()
    bench.look(30.0)
    assert bench.wishes.of("c1", LARGE) == replace(LARGE, first=True)
    assert bench.wishes.of("c2", LARGE) == LARGE
    assert bench.wishes.of("c1", Wanted(enabled=False)) == Wanted(enabled=False)


def test_where_too_few_pictures_come_all_faces_get_smaller_but_no_screen() -> None:
    bench = Bench()
    bench.look(10.0, 3)
    assert bench.wishes.of("c1", LARGE) == Wanted(width_px=640, height_px=360, first=True)
    assert bench.wishes.of("c1", Wanted(width_px=200, height_px=100)) == Wanted(width_px=200, height_px=100, first=True)
    assert bench.wishes.of("c2", LARGE) == Wanted(width_px=320, height_px=180)
    assert bench.wishes.of("s2", LARGE) == LARGE
    assert bench.told == []


def test_what_cannot_be_helped_is_told_and_so_is_that_it_is_over() -> None:
    bench = Bench()
    bench.look(10.0, 21)
    assert bench.told == [SigningChanged("p1", poor=False, alone=True)]
    alone = replace(everybody(), signing_alone=True)
    bench.look(10.0, 9, alone)
    assert bench.told[1:] == [SigningChanged("p1", poor=True, alone=True)]
    poor = replace(alone, signing_poor=True)
    bench.look(10.0, 3, poor)
    bench.look(25.0, 5, poor)
    assert bench.told[2:] == [SigningChanged("p1", poor=False, alone=True)]


def test_nobody_to_follow_changes_no_wish_and_somebody_else_begins_anew() -> None:
    bench = Bench()
    bench.look(10.0, 10)
    bench.look(10.0, 1, everybody(None))
    assert bench.wishes.of("c1", LARGE) == LARGE
    bench.look(10.0, 1, everybody("p2"))
    assert bench.wishes.of("c2", LARGE) == replace(LARGE, first=True)
    assert bench.wishes.of("c1", LARGE) == LARGE


def test_a_camera_that_is_off_is_not_judged() -> None:
    bench, dark = Bench(), everybody()
    muted = replace(dark.participants[0], publications=(Publication("c1", "p1", Source.CAMERA, muted=True),))
    bench.look(0.0, 30, replace(dark, participants=(muted, *dark.participants[1:])))
    assert bench.told == []


def test_whoever_saves_data_gets_small_faces_and_whole_screens() -> None:
    bench = Bench()
    bench.look(30.0, 1, replace(everybody(None), look=Look(quality=PictureQuality.SAVER)))
    assert bench.wishes.of("c1", LARGE) == Wanted(width_px=320, height_px=180)
    assert bench.wishes.of("s2", LARGE) == LARGE
    bench.look(30.0, 1, replace(everybody(), look=Look(quality=PictureQuality.SAVER)))
    assert bench.wishes.of("c1", LARGE) == replace(LARGE, first=True)


def test_with_their_camera_off_the_other_faces_come_back() -> None:
    bench, dark = Bench(), replace(everybody(), signing_alone=True)
    muted = replace(dark.participants[0], publications=(Publication("c1", "p1", Source.CAMERA, muted=True),))
    bench.look(0.0, 1, replace(dark, participants=(muted, *dark.participants[1:])))
    assert bench.told == [SigningChanged("p1", poor=False)]


def test_signs_apart_from_their_voice_are_told_and_silence_takes_it_back() -> None:
    bench, meeting = Bench(), everybody()

    def look(skew_ms: float | None) -> None:
        nonlocal meeting
        row = StreamStatistics("c1", Direction.RECEIVED, fps=30.0, av_skew_ms=skew_ms)
        bench.signing.look(meeting, lambda: (row,))
        if bench.told:
            meeting = replace(meeting, signing_apart=bench.told[-1].apart, signing_alone=bench.told[-1].alone)

    for second in range(6):
        look(150.0 + second)
    assert bench.told == [SigningChanged("p1", poor=False, apart=True)]
    for _ in range(6):
        look(155.0)  # measured last while they spoke
    assert bench.told[-1] == SigningChanged("p1", poor=False)


def test_the_voice_of_whose_signs_are_late_waits_for_them_until_nobody_follows_them() -> None:
    held: list[tuple[str, float]] = []
    signing = Signing(cast("Any", Wishes()), lambda _changed: None, lambda *voice: held.append(voice))
    meeting = everybody()
    one = meeting.participants[0]
    spoken = replace(one, publications=(*one.publications, Publication("m1", "p1", Source.MICROPHONE)))
    meeting = replace(meeting, participants=(spoken, *meeting.participants[1:]))
    late = StreamStatistics("c1", Direction.RECEIVED, fps=30.0, av_skew_ms=200.0)
    signing.look(meeting, lambda: (late,))
    assert held == [("m1", 160.0)]
    signing.look(meeting, lambda: (late,))
    assert held == [("m1", 160.0)], "not measured anew"
    signing.look(replace(meeting, signing=None), lambda: ())
    assert held[-1] == ("m1", 0.0)
