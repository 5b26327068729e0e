from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.lasuite.link import parse_address, tidy_slug
from visio_desktop.servers.port import JoinError


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("https://visio.example.org/abc-defg-hij", "https://visio.example.org/abc-defg-hij"),
        ("https://Visio.Example.org:8443/ABCDEFGHIJ/", "https://visio.example.org:8443/abc-defg-hij"),
        ("https://visio.example.org/abc-defg-hij?lang=fr#x", "https://visio.example.org/abc-defg-hij"),
        ("visio://visio.example.org/abc-defg-hij", "https://visio.example.org/abc-defg-hij"),
        ("https://example.org/visio/weekly", "https://example.org/visio/weekly"),
        ("http://127.0.0.1:8071/pub-lica-aaa", "http://127.0.0.1:8071/pub-lica-aaa"),
        ("https://[::1]:8071/weekly_tea", "https://[::1]:8071/weekly_tea"),
        ("https://visi\N{CYRILLIC SMALL LETTER O}.example.org/tea", "https://xn--visi-85d.example.org/tea"),
    ],
)
def test_links_that_may_be_one(text: str, link: str) -> None:
    address = parse_address(text)
    assert address is not None
    assert address.text == link
    assert address.text.startswith(address.origin + "/")


def test_where_it_leads() -> None:
    address = parse_address("https://example.org:8443/visio/weekly")
    assert address is not None
    assert (address.base, address.origin) == ("https://example.org:8443/visio", "https://example.org:8443")
    assert (address.host, address.port, address.secure, address.slug) == ("example.org", 8443, True, "weekly")
    default = parse_address("https://example.org/weekly")
    assert default is not None
    assert default.port == 443


@pytest.mark.parametrize(
    "text",
    [
        "https://visio.example.org/",
        "https://visio.example.org",
        "https://visio.example.org/My%20Room",
        "https://visio.example.org/" + "x" * 256,
        "https:///abc-defg-hij",
        "https://[::1/abc-defg-hij",
        "https://a:port/abc-defg-hij",
        "https://\N{RIGHT-TO-LEFT OVERRIDE}gro.example/abc-defg-hij",
        "livekit+wss://example.org/abc-defg-hij",
        "mailto:abc-defg-hij",
        "",
    ],
)
def test_links_that_are_none(text: str) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://ada:sesame@example.org/abc-defg-hij", ProblemCode.LINK_MALFORMED),
        ("http://example.org/abc-defg-hij", ProblemCode.LINK_INSECURE),
    ],
)
def test_links_that_are_refused(text: str, code: ProblemCode) -> None:
    with pytest.raises(JoinError) as caught:
        parse_address(text)
    assert caught.value.problem.code is code
    assert "sesame" not in str(caught.value)


def test_rooms_as_the_web_client_takes_them() -> None:
    assert [tidy_slug(slug) for slug in ("ABCDEFGHIJ", "abc-defg-hij", "abc1-2", "Weekly")] == [
        "abc-defg-hij",
        "abc-defg-hij",
        "abc1-2",
        "weekly",
    ]


@given(st.text(max_size=60), st.sampled_from(["", "https://", "https://a.org/", "visio://a.org/", "http://127.0.0.1/"]))
def test_any_text_is_an_address_of_its_own_or_none(rest: str, start: str) -> None:
    try:
        address = parse_address(start + rest)
    except JoinError:
        return
    if address is not None:
        assert parse_address(address.text) == address
