from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.system.deep_links import LONGEST, plain


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("visio://meet.example.org/abc-defg-hij", "https://meet.example.org/abc-defg-hij"),
        (" VISIO://meet.example.org/a?b=c ", "https://meet.example.org/a?b=c"),
        ("https://meet.example.org/a", "https://meet.example.org/a"),
        ("livekit+wss://media.example.org?room=weekly", "livekit+wss://media.example.org?room=weekly"),
        ("visio:nothing", "visio:nothing"),
        ("https://meet.example.org/a\n--token-file=x", "https://meet.example.org/a --token-file=x"),
        ("", ""),
    ],
)
def test_links_from_outside(text: str, link: str) -> None:
    assert plain(text) == link


@given(st.text() | st.builds("visio://{}".format, st.text()))
def test_nothing_unseen_and_nothing_endless_comes_in(text: str) -> None:
    link = plain(text)
    assert link.isprintable()
    assert len(link) <= LONGEST + 1
