from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.rest_server import rest_server
from visio_desktop.meeting.values import Capability, MeetingLink, Problem, ProblemCode
from visio_desktop.servers.catalog import Catalog
from visio_desktop.servers.lasuite.adapter import LaSuiteAdapter
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


async def test_links_are_known_by_answers_where_their_form_does_not_tell() -> None:
    livekit = LiveKitAdapter()
    async with rest_server() as server:
        server.says("GET /config/", {"livekit": {"url": "https://lk.example.org"}})
        catalog = Catalog([livekit], [LaSuiteAdapter(livekit)])
        adapter, link = await catalog.identify(f" {server.url}/abc-defg-hij ")
        assert (adapter.kind, link.kind, link.room) == ("lasuite", "lasuite", "abc-defg-hij")
        assert catalog.of_kind(link) is adapter
        by_form, _ = await catalog.identify("livekit+wss://meet.example.org?room=tea")
        assert by_form is livekit
        assert len(server.asked) == 1, "nobody is asked what the form tells"
        server.says("GET /config/", "<!doctype html>")
        with pytest.raises(JoinError) as caught:
            await catalog.identify(f"{server.url}/tea")
    assert caught.value.problem == Problem(ProblemCode.LINK_UNKNOWN_KIND, "127.0.0.1")


class Asked:
    """Keeps what it is asked about, and knows nothing."""

    kind = "asked"
    capabilities = Capability.NONE

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def identify(self, text: str) -> None:
        self.texts.append(text)

    def recognise(self, text: str) -> None:
        """None by its form."""


@pytest.mark.parametrize("text", ["meet.example.org/tea", "meet.example.org:8443/a/tea", "meet.example.org/tea?a=b#c"])
async def test_pasted_without_its_scheme(text: str) -> None:
    asked = Asked()
    with pytest.raises(JoinError):
        await Catalog([], [asked]).identify(text)  # type: ignore[list-item]
    assert asked.texts == [f"https://{text}"]


@pytest.mark.parametrize("text", ["hello", "two words/x", "meet.example.org", "localhost/x"])
async def test_what_is_no_link_is_asked_of_nobody(text: str) -> None:
    asked = Asked()
    with pytest.raises(JoinError) as caught:
        await Catalog([], [asked]).identify(text)  # type: ignore[list-item]
    assert (caught.value.problem.code, asked.texts) == (ProblemCode.LINK_MALFORMED, [])


def test_a_kind_that_is_not_here() -> None:
    with pytest.raises(JoinError):
        CATALOG.of_kind(MeetingLink("jitsi", "https://meet.example.org/tea"))
