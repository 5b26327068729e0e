from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.catalog import Catalog
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import JoinError

CATALOG = Catalog([LiveKitAdapter()])


def refused(text: str) -> ProblemCode:
    with pytest.raises(JoinError) as caught:
        CATALOG.recognise(text)
    return caught.value.problem.code


def test_a_link_finds_its_adapter() -> None:
    adapter, link = CATALOG.recognise("  livekit+wss://meet.example.org?room=tea  ")
    assert adapter.kind == link.kind == "livekit"
    assert (link.host, link.room, link.text) == ("meet.example.org", "tea", "livekit+wss://meet.example.org?room=tea")


@pytest.mark.parametrize(
    "text",
    ["", "   ", "hello", "two words", "https://", "https://[::1", "https://a:port/", "x" * 3_000, "http://a\x00b"],
)
def test_malformed(text: str) -> None:
    assert refused(text) is ProblemCode.LINK_MALFORMED


@pytest.mark.parametrize("text", ["http://meet.example.org/tea", "livekit+ws://10.0.0.1?room=tea", "ws://a.org"])
def test_insecure_beyond_this_machine(text: str) -> None:
    assert refused(text) is ProblemCode.LINK_INSECURE


@pytest.mark.parametrize(
    "text", ["https://meet.example.org/tea", "ftp://example.org/", "http://127.0.0.1/x", "mailto:a@b"]
)
def test_of_no_known_kind(text: str) -> None:
    assert refused(text) is ProblemCode.LINK_UNKNOWN_KIND


def test_what_is_told_holds_no_query() -> None:
    with pytest.raises(JoinError) as caught:
        CATALOG.recognise("ftp:///?token=sesame")
    assert "sesame" not in str(caught.value)


@given(st.text(), st.sampled_from(["", "livekit+wss://", "livekit+ws://127.0.0.1", "https://"]))
def test_any_text_is_a_link_or_refused(rest: str, start: str) -> None:
    try:
        _, link = CATALOG.recognise(start + rest)
    except JoinError:
        return
    assert link.kind == "livekit"
