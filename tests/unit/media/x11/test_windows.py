from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.x11_window import other_window
from tests.helpers.xvfb import Xvfb
from visio_desktop.media.x11.display import Display
from visio_desktop.media.x11.windows import LONGEST_TITLE, clean_title, list_windows
from visio_desktop.meeting.areas import Area


def test_windows_are_listed_the_one_in_front_first(screen: Xvfb, display: Display) -> None:
    assert list_windows(display, 0) == ()
    with other_window(screen) as letter, other_window(screen, place=(0, 0, 99, 98), title="Bill"):
        bill, first = list_windows(display, 0)
        assert (bill.title, bill.area) == ("Bill", Area(0, 0, 99, 98))
        assert (first.title, first.area) == ("Letter", Area(50, 60, 300, 200))
        assert [w.title for w in list_windows(display, letter.pid)] == ["Bill"], "none of our own"
        letter.tell("hide")
        assert [w.title for w in list_windows(display, 0)] == ["Bill"]
        letter.tell("show")
        letter.tell("place 0 0 20 20")
        assert [w.title for w in list_windows(display, 0)] == ["Bill"], "too small to be one"


def test_a_title_is_one_line_that_turns_nothing_around() -> None:
    assert clean_title("a\u202eb\n\tc\x00  d") == "a b c d"
    assert clean_title("Lettre à Zoé, 手紙") == "Lettre à Zoé, 手紙"
    assert clean_title("\u200f\n") == ""


@given(st.text(max_size=700))
def test_no_title_does_harm(text: str) -> None:
    title = clean_title(text)
    assert len(title) <= LONGEST_TITLE
    assert title.isprintable()
    assert title == title.strip()
