from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.helpers.rest_server import rest_server
from visio_desktop.meeting.values import Capability, MeetingLink, Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.net.dial import Dialer
from visio_desktop.net.proxies import Proxy
from visio_desktop.servers.catalog import Catalog
from visio_desktop.servers.lasuite.adapter import LaSuiteAdapter
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import JoinError
from visio_desktop.settings.hosts import is_allowed

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


# ---- where the organisation allows some servers only -----------------------------------------------------------------

ALLOWED = ("meet.example.org", "*.gouv.example")
IS_ALLOWED = partial(is_allowed, ALLOWED)
HOSTS = st.sampled_from(
    [
        "meet.example.org",
        "MEET.example.org.",
        "visio.gouv.example",
        "gouv.example",
        "evil.example",
        "meet.example.org.evil.example",
        "evilmeet.example.org",
        "meet.example.org@evil.example",
        "evil.example@meet.example.org",
        "evil.example\\@meet.example.org",
        "meet.example.org\\evil.example",
        "evil.example#@meet.example.org",
        "evil.example?.gouv.example",
        "me\N{FULLWIDTH LATIN SMALL LETTER E}t.example.org",
        "meet.ex\N{CYRILLIC SMALL LETTER A}mple.org",
        "meet\N{IDEOGRAPHIC FULL STOP}example\N{IDEOGRAPHIC FULL STOP}org",
        "127.0.0.1",
        "[::1]",
        "%65vil.example",
        "",
    ]
)
LINKS = st.builds(
    lambda scheme, host, port, rest: f"{scheme}{host}{port}{rest}",
    st.sampled_from(["https://", "http://", "visio://", "livekit+wss://", "livekit+ws://", "https:", "//", ""]),
    HOSTS | st.text(max_size=12),
    st.sampled_from(["", ":443", ":x", ":8443@evil.example"]),
    st.sampled_from(["/abc-defg-hij", "?room=tea", "/a/b?room=tea", "#x", "//evil.example/x", "/..;/x", ""]),
)


class Watched:
    """Real adapters whose every connection is asked for a way, which leads nowhere."""

    def __init__(self, usual: str = "") -> None:
        self.hosts: list[str] = []
        web = Web(Dialer(self._proxy))
        livekit = LiveKitAdapter(web)
        self.catalog = Catalog(
            [livekit], [LaSuiteAdapter(livekit, web)], allowed=IS_ALLOWED, usual=lambda: usual, web=web
        )

    def _proxy(self, host: str, _port: int) -> Proxy | None:
        self.hosts.append(host)
        return Proxy("127.0.0.1", 9)

    async def identify(self, text: str) -> ProblemCode | None:
        try:
            adapter, link = await self.catalog.identify(text)
        except JoinError as error:
            return error.problem.code
        assert self.catalog.of_kind(link) is adapter
        assert IS_ALLOWED(link.host)
        assert IS_ALLOWED(urlsplit(link.text).hostname or "")
        return None


@hypothesis_settings(max_examples=300, deadline=None)
@given(LINKS)
def test_nothing_is_sent_where_it_is_not_allowed(text: str) -> None:
    watched = Watched()
    asyncio.run(watched.identify(text))
    assert all(IS_ALLOWED(host) for host in watched.hosts), watched.hosts


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("https://meet.example.org/abc-defg-hij", {"meet.example.org"}),
        ("meet.example.org/abc-defg-hij", {"meet.example.org"}),
        ("visio://visio.gouv.example/abc", {"visio.gouv.example"}),
        ("https://evil.example/abc-defg-hij", set()),
        ("evil.example/abc-defg-hij", set()),
        ("livekit+wss://evil.example?room=tea", set()),
        ("http://127.0.0.1/abc", set()),
    ],
)
async def test_allowed_servers_are_asked_and_no_others(text: str, asked: set[str]) -> None:
    watched = Watched()
    code = await watched.identify(text)
    assert set(watched.hosts) == asked
    assert (code is ProblemCode.SERVER_NOT_ALLOWED) is (not asked)


def test_a_link_that_was_recognised_before_is_looked_at_again() -> None:
    catalog = Watched().catalog
    for link in (
        MeetingLink("livekit", "livekit+wss://evil.example?room=tea", "meet.example.org"),
        MeetingLink("livekit", "livekit+wss://meet.example.org?room=tea", "evil.example"),
    ):
        with pytest.raises(JoinError) as caught:
            catalog.of_kind(link)
        assert caught.value.problem == Problem(ProblemCode.SERVER_NOT_ALLOWED, "evil.example")


async def test_a_rooms_name_alone_is_one_of_the_usual_server() -> None:
    watched = Watched(usual="meet.example.org:8443")
    await watched.identify("abc-defg-hij")
    assert watched.hosts[0] == "meet.example.org"
    without = Watched()
    assert await without.identify("abc-defg-hij") is ProblemCode.LINK_MALFORMED
    assert without.hosts == []


async def test_those_who_ask_are_made_when_a_link_is_of_none_of_the_others() -> None:
    made: list[str] = []

    def asking() -> Iterator[LaSuiteAdapter]:
        made.append("La Suite")
        yield LaSuiteAdapter(LiveKitAdapter())

    catalog = Catalog([LiveKitAdapter()], asking())
    _, link = await catalog.identify("livekit+ws://127.0.0.1:7880?room=x")
    assert catalog.of_kind(link).kind == "livekit"
    assert not made
    for _ in range(2):
        with pytest.raises(JoinError):
            catalog.recognise("other://127.0.0.1/x")
    assert made == ["La Suite"]


async def test_where_one_link_is_decided_no_other_is_opened() -> None:
    one = "livekit+wss://meet.example.org?room=tea"
    catalog = Catalog([LiveKitAdapter()], only=lambda: one)
    assert catalog.recognise(one)[1].room == "tea"
    assert (await catalog.identify(one))[1].room == "tea"
    for other in ("livekit+wss://meet.example.org?room=coffee", "meet.example.org/abc", "practice:"):
        with pytest.raises(JoinError) as caught:
            await catalog.identify(other)
        assert caught.value.problem.code is ProblemCode.SERVER_NOT_ALLOWED
