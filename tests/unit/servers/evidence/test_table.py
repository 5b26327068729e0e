from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.servers.evidence.place import parse_place
from visio_desktop.servers.evidence.table import TABLE, Weight, direction


def asked(text: str, weight: Weight = Weight.LINK) -> dict[str, str]:
    place = parse_place(text)
    assert place is not None
    rows = [(row.kind, row.asks(place)) for row in TABLE if row.weight is weight]
    return {kind: f"{ask.method} {ask.path}" for kind, ask in rows if ask is not None}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://h/abc-defg-hij", {}),
        ("https://h/group/a/b/", {"galene": "GET /group/a/b/.status"}),
        ("https://h/group/a/.whip", {"whip": "OPTIONS /group/a/.whip"}),
        ("https://h/x/index.php/call/t", {"nextcloud": "GET /x/ocs/v2.php/cloud/capabilities"}),
        ("https://h/room/#/x", {"element": "GET /config.json"}),
        ("https://h/live/whep", {"whep": "OPTIONS /live/whep"}),
    ],
)
def test_the_form_of_a_link_says_what_is_asked_first(text: str, found: dict[str, str]) -> None:
    assert asked(text) == found


def test_a_server_is_asked_for_the_same_whatever_the_link() -> None:
    rows = asked("https://h/x", Weight.SERVER)
    assert rows == asked("https://h/group/y", Weight.SERVER)
    assert set(rows) == {"opentalk", "janus", "jitsi", "bigbluebutton", "edumeet", "livekit"}


@given(st.text(max_size=40))
def test_nothing_asked_says_more_than_the_path(path: str) -> None:
    place = parse_place(f"https://h/{path}")
    if place is None:
        return
    for row in TABLE:
        ask = row.asks(place)
        assert ask is None or (ask.path.startswith("/") and "?" not in ask.path and "#" not in ask.path)


@pytest.mark.parametrize(
    ("path", "way"),
    [("/whip", "whip"), ("/whep/x", "whep"), ("/whip/whep", "whep"), ("/whipped", None), ("/x.whip", "whip")],
)
def test_the_direction_is_the_last_word_of_the_path(path: str, way: str | None) -> None:
    place = parse_place(f"https://h{path}")
    assert place is not None
    assert direction(place) == way
