from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.rtc import IceServer
from visio_desktop.servers.whip.words import entity_tag, fragment, ice_servers, not_begun, refusal, resource, seconds

URL = "https://tv.example.org/live/whip?x=1"


def test_relays_in_link_headers() -> None:
    header = (
        '<stun:stun.example.org>; rel="ice-server", '
        '<turn:turn.example.org?transport=udp>; rel="ice-server"; username="user"; credential="p,a;ss"; '
        'credential-type="password", <turns:turn.example.org:443>;rel=ice-server;username=u;credential=c, '
        '<https://tv.example.org/sse>; rel="urn:ietf:params:whep:ext:core:server-sent-events"; events="active"'
    )
    assert ice_servers(header) == (
        IceServer(("turn:turn.example.org?transport=udp",), "user", "p,a;ss"),
        IceServer(("turns:turn.example.org:443",), "u", "c"),
    )


@given(st.text(max_size=300) | st.text(alphabet='<>;=", relicsvturn:-', max_size=300))
def test_any_header_names_relays_or_none(header: str) -> None:
    assert all(server.urls[0].startswith("turn") for server in ice_servers(header))


def test_there_is_an_end_to_relays() -> None:
    assert len(ice_servers(", ".join(['<turn:h>; rel="ice-server"'] * 500))) == 16
    assert ice_servers(f'<turn:{"h" * 2_000}>; rel="ice-server"') == ()


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("/whip/resource/1", "https://tv.example.org/whip/resource/1"),
        ("resource/1", "https://tv.example.org/live/resource/1"),
        ("https://tv.example.org/r/1#x", "https://tv.example.org/r/1"),
        ("?id=5", "https://tv.example.org/live/whip?id=5"),
        ("", ""),
        ("https://elsewhere.example.org/r/1", ""),
        ("//elsewhere.example.org/r/1", ""),
        ("http://tv.example.org/r/1", ""),
        ("https://tv.example.org:8443/r/1", ""),
        ("https://me@tv.example.org/r/1", ""),
        ("https://[", ""),
        ("/" + "x" * 5_000, ""),
    ],
)
def test_a_resource_is_where_its_endpoint_is(location: str, found: str) -> None:
    assert resource(URL, location) == found


@given(st.text(max_size=80))
def test_no_location_leads_elsewhere(location: str) -> None:
    assert resource(URL, location).startswith(
        ("https://tv.example.org/", "https://tv.example.org?", "https://tv.example.org")
    ) or (resource(URL, location) == "")


@pytest.mark.parametrize(
    ("header", "tag"), [('"abc"', '"abc"'), ('W/"a"', 'W/"a"'), ("*", ""), ("abc", ""), ('"a\r\nX: y"', ""), ("", "")]
)
def test_entity_tags(header: str, tag: str) -> None:
    assert entity_tag(header) == tag


def test_a_fragment_of_candidates() -> None:
    offer = "v=0\r\na=ice-ufrag:AbCd\r\na=ice-pwd:0123456789abcdef\r\na=ice-ufrag:other\r\n"
    assert fragment(offer, "0", ["1 1 udp 5 10.0.0.1 9 typ host"]).split("\r\n") == [
        "a=ice-ufrag:AbCd",
        "a=ice-pwd:0123456789abcdef",
        "m=audio 9 UDP/TLS/RTP/SAVPF 0",
        "a=mid:0",
        "a=candidate:1 1 udp 5 10.0.0.1 9 typ host",
        "",
    ]


@pytest.mark.parametrize(
    ("status", "body", "has_token", "code"),
    [
        (401, b"", False, ProblemCode.TOKEN_MISSING),
        (403, b"Unauthorized", True, ProblemCode.TOKEN_REFUSED),
        (403, b"Endpoint ID already in use", True, ProblemCode.ENDPOINT_TAKEN),
        (409, b"", True, ProblemCode.ENDPOINT_TAKEN),
        (404, b"no one is publishing", True, ProblemCode.ROOM_NOT_FOUND),
        (429, b"", True, ProblemCode.SERVER_BUSY),
        (503, b"Janus unavailable", True, ProblemCode.SERVER_BUSY),
        (200, b"<html>", True, ProblemCode.SERVER_NOT_UNDERSTOOD),
        (415, b"", True, ProblemCode.SERVER_NOT_UNDERSTOOD),
    ],
)
def test_refusals(status: int, body: bytes, has_token: bool, code: ProblemCode) -> None:
    assert refusal(status, body, "h", has_token=has_token, headers={}).code is code


def test_what_says_that_nothing_has_begun() -> None:
    assert [status for status in (200, 201, 401, 403, 404, 406, 409, 429, 500, 503) if not_begun(status)] == [404, 409]


WHEN = {"0": 0.0, "7": 7.0, "86400": 86_400.0}
NEVER = ("999999", "-1", "1.5", "", "\u0667", "Mon, 23 Nov 2026 18:00:00 GMT")


@pytest.mark.parametrize(("header", "wanted"), [*WHEN.items(), *((text, 0.0) for text in NEVER)])
def test_when_to_ask_again(header: str, wanted: float) -> None:
    assert seconds(header) == wanted
