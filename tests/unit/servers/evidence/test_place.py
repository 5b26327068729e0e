from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.servers.evidence.place import parse_place


def test_a_place_has_neither_query_nor_fragment() -> None:
    place = parse_place("https://Meet.example.org:8443/a/b/?token=sesame#roomId=!x&password=p")
    assert place is not None
    assert (place.origin, place.host, place.path, place.secure) == (
        "https://meet.example.org:8443",
        "meet.example.org",
        "/a/b",
        True,
    )
    assert place.has_room
    assert "sesame" not in repr(place)
    assert "password" not in repr(place)


@pytest.mark.parametrize(
    "text",
    ["mailto:a@b", "https://me@meet.example.org/x", "https://", "https://h:x/", "livekit+wss://h", "", "https://["],
)
def test_what_is_no_web_link_is_no_place(text: str) -> None:
    assert parse_place(text) is None


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("https://h/call/x", ""),
        ("https://h/cloud/call/x", "/cloud"),
        ("https://h/call/", None),
        ("https://h/recall/x", None),
        ("https://h/call/call/x", "/call"),
    ],
)
def test_what_stands_before_a_marker(text: str, before: str | None) -> None:
    place = parse_place(text)
    assert place is not None
    assert place.before("call") == before


@given(st.text() | st.builds("https://{}".format, st.text()))
def test_any_text_is_a_place_or_none(text: str) -> None:
    place = parse_place(text)
    assert place is None or (place.origin.startswith(("https://", "http://")) and not place.path.endswith("/"))
