from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.looks import BROKEN, PERSON, NobodyThere, papers, person, shows_papers
from visio_desktop.media.errors import EffectError
from visio_desktop.media.look.veil import Veil, draw_curtain
from visio_desktop.media.raw import RawFrame
from visio_desktop.meeting.look import BACKGROUNDS, BLUR, PLAIN, SLIGHT_BLUR, Look
from visio_desktop.meeting.values import Problem, ProblemCode

INTERVAL_MS = 100 / 3
HIDING = [each for each in BACKGROUNDS if each != PLAIN]


class Hung:
    """A veil, its troubles, and a clock on which finding the person takes `spent_ms`."""

    def __init__(self, background: str = BLUR, *, brighten: bool = False, finder: Any = None) -> None:
        self.finder = finder or NobodyThere()
        self.now_ms = self.spent_ms = 0.0
        self.looks = 0
        self.troubles: list[Problem] = []
        self.veil = Veil(
            Look(background, brighten=brighten),
            interval_ms=INTERVAL_MS,
            clock=self.clock,
            on_trouble=self.troubles.append,
            finder=lambda: self.finder,
        )

    def clock(self) -> float:
        """Looked at as a picture's work begins, and as it ends."""
        self.looks += 1
        if self.looks == 2:
            self.now_ms += self.spent_ms
        return self.now_ms

    def show(self, number: int = 0, width_px: int = 160, height_px: int = 90) -> RawFrame | None:
        self.now_ms, self.looks = self.now_ms + INTERVAL_MS, 0
        return self.veil.show(papers(width_px, height_px, number))

    def run(self, seconds: float, spent_ms: float) -> list[RawFrame | None]:
        self.spent_ms = spent_ms
        return [self.show(number) for number in range(round(seconds * 1000 / INTERVAL_MS))]


def test_the_room_is_hidden_from_the_first_picture_on() -> None:
    for background in HIDING:
        shown = Hung(background).show()
        assert shown is not None
        assert not shows_papers(shown)


@pytest.mark.parametrize("missing", ["file:none.jpg", "image:none"])
def test_where_the_chosen_picture_is_missing_the_room_is_blurred_as_strongly_as_can_be(missing: str) -> None:
    room = papers(160, 90)
    room.y[:, 80:] = 220  # as large as nothing can be that both would blur to the same
    instead, strong, slight = (Hung(background).veil.show(room) for background in (missing, BLUR, SLIGHT_BLUR))
    assert instead is not None
    assert strong is not None
    assert slight is not None
    assert np.array_equal(instead.y, strong.y)
    assert not np.array_equal(instead.y, slight.y)


def test_the_person_is_seen_before_a_blurred_room() -> None:
    frame = person(640, 360)
    veil = Veil(Look(BLUR), interval_ms=INTERVAL_MS, clock=lambda: 0.0, on_trouble=lambda _: pytest.fail("trouble"))
    shown = veil.show(frame)
    assert shown is not None
    face, flag = (slice(130, 190), slice(240, 330)), (slice(0, 200), slice(0, 60))
    assert np.abs(shown.y[face].astype(int) - frame.y[face]).mean() < 2
    before, after = (cv2.Laplacian(np.ascontiguousarray(f.y[flag]), cv2.CV_32F).std() for f in (frame, shown))
    assert after < 0.35 * before


def test_without_a_background_the_picture_is_itself() -> None:
    frame = papers(64, 36)
    assert Hung(PLAIN).veil.show(frame) is frame


def test_the_person_is_looked_for_in_every_second_picture() -> None:
    hung = Hung()
    hung.run(1.0, 1.0)
    assert hung.finder.asked == 15


def test_a_network_that_fails_draws_the_curtain_for_good_and_tells_once() -> None:
    hung = Hung()
    assert hung.show() is not None
    hung.finder.broken = True
    shown = [hung.show(number) for number in range(4)]
    hung.finder.broken = False
    shown += [hung.show(number) for number in range(4)]
    curtain = draw_curtain(160, 90)
    assert np.array_equal(shown[-1].y if shown[-1] else 0, curtain.y)
    assert not any(frame is None or shows_papers(frame) for frame in shown)
    assert [frame.capture_ms for frame in shown if frame][4:] == [papers(2, 2, n).capture_ms for n in range(4)]
    assert hung.troubles == [BROKEN]


def test_a_network_that_is_not_there_draws_the_curtain_at_once() -> None:
    def none() -> NobodyThere:
        raise EffectError(BROKEN)

    told: list[Problem] = []
    veil = Veil(Look(BLUR), interval_ms=INTERVAL_MS, clock=lambda: 0.0, on_trouble=told.append, finder=none)
    shown = veil.show(papers(160, 90))
    assert shown is not None
    assert np.array_equal(shown.y, draw_curtain(160, 90).y)
    assert told == [BROKEN]


def test_a_picture_that_cannot_be_used_blurs_the_room_and_is_told_once() -> None:
    hung = Hung("file:none such.png")
    shown = [hung.show(number) for number in range(5)]
    assert not any(frame is None or shows_papers(frame) for frame in shown)
    assert hung.troubles == [Problem(ProblemCode.BACKGROUND_IMAGE, "none such.png")]


def test_a_picture_of_ones_own_is_put_behind() -> None:
    shown = Hung(f"file:{PERSON}").show(width_px=320, height_px=180)
    assert shown is not None
    assert np.abs(shown.y.astype(int) - person(320, 180).y).mean() < 6


def test_where_time_is_short_less_is_done_and_in_the_end_the_curtain_falls() -> None:
    hung = Hung()
    assert None not in hung.run(5.0, 45.0)
    hung.run(6.0, 45.0)
    asked = hung.finder.asked
    sparing = hung.run(4.0, 45.0)
    assert None in sparing
    assert hung.finder.asked - asked < len(sparing) / 4
    assert hung.troubles == []
    shown = hung.run(30.0, 90.0)
    assert hung.troubles == [Problem(ProblemCode.BACKGROUND_TOO_SLOW)]
    assert shown[-1] is not None
    assert np.array_equal(shown[-1].y, draw_curtain(160, 90).y)
    assert hung.veil.cost_ms > 45


def test_a_short_spell_changes_nothing() -> None:
    hung = Hung()
    for _ in range(10):
        hung.run(2.0, 60.0)
        assert None not in hung.run(3.0, 5.0)
    assert hung.troubles == []


def test_a_dark_room_is_lifted_before_it_is_hidden() -> None:
    hung = Hung(PLAIN, brighten=True)
    for number in range(100):
        dark = papers(160, 90, number)
        dark.y[:] = 40
        shown = hung.veil.show(dark)
    assert shown is not None
    assert shown.y[40, 40] > 60


def test_sides_may_be_odd() -> None:
    odd = papers(162, 92)
    cut = replace(odd, y=odd.y[:91, :161], stacked=None)
    shown = Hung().veil.show(cut)
    assert shown is not None
    assert (shown.width_px, shown.height_px) == (162, 92)


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("size"), st.sampled_from([(160, 90), (90, 160), (64, 48), (162, 90)])),
        st.tuples(st.just("time"), st.sampled_from([0.0, 40.0, 500.0])),
        st.tuples(st.just("break"), st.booleans()),
        st.tuples(st.just("wait"), st.sampled_from([0.0, 5_000.0])),
    ),
    max_size=25,
)


@settings(max_examples=60)
@given(st.sampled_from([*HIDING, "file:none.jpg", "image:none", "rubbish"]), ACTS, st.booleans())
def test_whatever_happens_nobody_ever_sees_the_room(
    background: str, acts: list[tuple[str, Any]], brighten: bool
) -> None:
    hung, size_px = Hung(background, brighten=brighten), (160, 90)
    for number, (act, value) in enumerate(acts):
        match act:
            case "size":
                size_px = value
            case "time":
                hung.spent_ms = value
            case "break":
                hung.finder.broken = value
            case _:
                hung.now_ms += value
        for _ in range(3):
            shown = hung.show(number, *size_px)
            assert shown is None or not shows_papers(shown)
