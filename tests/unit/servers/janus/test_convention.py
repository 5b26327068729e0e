from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.rooms import Emoji
from visio_desktop.meeting.values import Source
from visio_desktop.servers.janus import convention
from visio_desktop.servers.janus.convention import (
    Line,
    Reaction,
    describe_hand,
    describe_source,
    read_hand,
    read_source,
)


@pytest.mark.parametrize("source", list(Source))
@pytest.mark.parametrize("muted", [True, False])
def test_what_is_described_is_read_again(source: Source, muted: bool) -> None:
    kind = "audio" if source in {Source.MICROPHONE, Source.SCREEN_AUDIO} else "video"
    for first in (True, False):
        assert read_source(kind, describe_source(source, muted=muted), first=first) == (source, muted)


@pytest.mark.parametrize(
    ("kind", "description", "first", "source"),
    [
        ("audio", "", True, Source.MICROPHONE),
        ("video", "", True, Source.CAMERA),
        ("video", "", False, Source.SCREEN),
        ("video", "My screenshare", True, Source.SCREEN),
        ("video", "Front webcam", True, Source.CAMERA),
        ("audio", "camera muted", True, Source.MICROPHONE),
    ],
)
def test_others_describe_as_they_like(kind: str, description: str, first: bool, source: Source) -> None:
    assert read_source(kind, description, first=first) == (source, False)


def test_hands() -> None:
    assert read_hand(describe_hand(1_795_325_606_000.0)) == 1_795_325_606_000.0
    assert describe_hand(None) == ""
    for text in ("", "hand", "hand -1", "hand x", "hands 1", "hand " + "9" * 30):
        assert read_hand(text) is None


def test_lines_and_reactions() -> None:
    line = Line("m1", "with milk ☕")
    assert convention.read(convention.write_line(line)) == line
    assert convention.read(convention.write_reaction(Emoji.RED_HEART)) == Reaction(Emoji.RED_HEART)
    assert convention.read(convention.write_line(Line("m", "x" * (convention.LONGEST_TEXT + 1)))) is None
    assert convention.read(b'{"reaction": "bomb"}') is None
    assert convention.read(b"\xff" * 100) is None


@given(st.binary(max_size=200))
def test_whatever_comes_is_passed_over(data: bytes) -> None:
    convention.read(data)
