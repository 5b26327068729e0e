from __future__ import annotations

import time

import numpy as np

from visio_desktop.media.sources.scenes import Slides, SlideWords, TalkingHead


def test_people_are_the_same_each_time_and_differ_by_seed() -> None:
    first, again, other = TalkingHead(320, 180, 1), TalkingHead(320, 180, 1), TalkingHead(320, 180, 2)
    assert np.array_equal(first.draw(7, 0).y, again.draw(7, 0).y)
    assert np.abs(first.draw(7, 0).u.astype(int) - other.draw(7, 0).u).mean() > 2


def test_the_head_moves_and_the_wall_does_not() -> None:
    head = TalkingHead(320, 180, 0)
    one, two = head.draw(0, 0).y.astype(int), head.draw(20, 0).y.astype(int)
    assert np.abs(one - two)[:, 120:200].max() > 60
    assert np.abs(one - two)[:, :20].mean() < 4


def test_every_frame_is_memory_of_its_own() -> None:
    head = TalkingHead(64, 36, 0)
    one = head.draw(0, 5.0)
    before = one.y.copy()
    head.draw(4, 6.0).y[:] = 0
    assert np.array_equal(one.y, before)
    assert one.capture_ms == 5.0


def test_slides_turn_their_pages() -> None:
    slides = Slides(640, 360)
    assert np.abs(slides.draw(0, 0).y.astype(int) - slides.draw(180, 0).y).max() > 100
    assert np.array_equal(slides.draw(0, 0).y[:100, :100], slides.draw(90, 0).y[:100, :100])


def test_the_words_on_the_slides_are_those_given() -> None:
    usual, same = Slides(640, 360), Slides(640, 360, SlideWords())
    other = Slides(640, 360, SlideWords("Bilan : {page} sur {pages}", ("Ce qui vient",)))
    assert np.array_equal(usual.draw(0, 0).y, same.draw(0, 0).y)
    changed = np.abs(usual.draw(0, 0).y.astype(int) - other.draw(0, 0).y) > 60
    assert changed[:60].any()
    assert changed[90:220, :300].any()
    assert not changed[:, 320:].any()


def test_drawing_is_cheap() -> None:
    for scene in (TalkingHead(640, 360, 3), Slides(640, 360)):
        before = time.thread_time()
        for number in range(50):
            scene.draw(number, 0)
        assert (time.thread_time() - before) / 50 < 0.002
