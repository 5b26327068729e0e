from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.changes import with_toast
from visio_desktop.meeting.gathering import GATHERED, gathered
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Toast
from visio_desktop.system.texts import LANGUAGES, set_language
from visio_desktop.ui.widgets.toasts import text_of


def told(meeting: Meeting) -> list[tuple[str, dict[str, str]]]:
    return [(toast.key, dict(toast.arguments)) for toast in meeting.toasts]


def test_the_third_of_a_kind_makes_one_of_all() -> None:
    meeting = Meeting()
    for name in ("Ada", "Bo"):
        meeting = with_toast(meeting, "arrived", name=name)
    assert [key for key, _ in told(meeting)] == ["arrived", "arrived"]
    meeting = with_toast(meeting, "problem")
    for name in ("Cy", "Di"):
        meeting = with_toast(meeting, "arrived", name=name)
    assert told(meeting) == [("problem", {}), ("arrived_many", {"name": "Di", "count": "3"})]


def test_those_who_come_and_those_who_go_stay_apart() -> None:
    meeting = Meeting()
    for name in ("Ada", "Bo"):
        meeting = with_toast(with_toast(meeting, "arrived", name=name), "left", name=name)
    assert [key for key, _ in told(meeting)] == ["arrived", "left", "arrived", "left"]


def test_whoever_writes_much_has_one_notice_and_hides_no_other() -> None:
    meeting = with_toast(Meeting(), "recording_requested", name="Ada")
    for number in range(20):
        meeting = with_toast(meeting, "chat", name="Bo", text=str(number))
    meeting = with_toast(meeting, "chat", name="Ada", text="stop it")
    assert [(key, arguments.get("text")) for key, arguments in told(meeting)] == [
        ("recording_requested", None),
        ("chat", "19"),
        ("chat", "stop it"),
    ]


@given(st.lists(st.sampled_from([*GATHERED, "knock"])))
def test_nobody_is_lost_and_the_newest_is_last(keys: list[str]) -> None:
    toasts: tuple[Toast, ...] = ()
    for number, key in enumerate(keys):
        toasts = gathered(toasts, Toast(number, key, (("name", str(number)),)))
        assert toasts[-1].id == number
    counts = dict.fromkeys(keys, 0)
    for toast in toasts:
        counts[toast.key.removesuffix("_many")] += int(dict(toast.arguments).get("count", "0")) + 1
    assert counts == {key: keys.count(key) for key in keys}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", GATHERED)
def test_every_kind_has_its_words(key: str, language: str) -> None:
    set_language(language)
    try:
        text = text_of(Toast(1, f"{key}_many", (("name", "Ada"), ("count", "4"))))
    finally:
        set_language(None)
    assert "Ada" in text
    assert "4" in text
