from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.own_links import Place, malformed, parse_own, parse_place, scheme_of
from visio_desktop.servers.port import JoinError

SCHEMES = {"tea+wss": "wss", "tea+ws": "ws"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("tea+wss://h.example/a?b=c#d", Place("wss", "h.example", "h.example", 443, "/a", "b=c")),
        ("TEA+WSS://H.Example:8443", Place("wss", "h.example:8443", "h.example", 8443, "", "")),
        ("tea+ws://127.0.0.1/x", Place("ws", "127.0.0.1", "127.0.0.1", 80, "/x", "")),
        ("tea+ws://[::1]:8080/x", Place("ws", "[::1]:8080", "::1", 8080, "/x", "")),
        ("tea+wss://thé.example/x", Place("wss", "xn--th-cja.example", "xn--th-cja.example", 443, "/x", "")),
    ],
)
def test_a_link_leads_somewhere(text: str, place: Place) -> None:
    assert parse_own(text, SCHEMES) == place
    assert place.secure is (place.scheme == "wss")


@pytest.mark.parametrize("text", ["https://h/x", "tea://h", "teawss://h", "tea", ""])
def test_other_schemes_are_of_others(text: str) -> None:
    assert parse_own(text, SCHEMES) is None
    assert scheme_of(text, SCHEMES) is None


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("tea+wss:///x", ProblemCode.LINK_MALFORMED, "tea+wss:///x"),
        ("tea+wss://h:port/x", ProblemCode.LINK_MALFORMED, "tea+wss://h:port/x"),
        ("tea+wss://[::1/x", ProblemCode.LINK_MALFORMED, "tea+wss://[::1/x"),
        ("tea+wss://ada:secret@h/x?pin=secret", ProblemCode.LINK_MALFORMED, "h/x"),
        ("tea+wss://@h/x", ProblemCode.LINK_MALFORMED, "h/x"),
        ("tea+ws://h.example/x", ProblemCode.LINK_INSECURE, "h.example"),
    ],
)
def test_bad_ones_are_refused_without_their_secrets(text: str, code: ProblemCode, said: str) -> None:
    with pytest.raises(JoinError) as caught:
        parse_own(text, SCHEMES)
    assert (caught.value.problem.code, caught.value.problem.subject) == (code, said)


def test_what_is_said_of_a_bad_one_is_short() -> None:
    assert len(malformed("tea+wss://" + "x" * 500).problem.subject) <= 60


@given(st.text())
def test_any_text_is_a_place_or_none(rest: str) -> None:
    place = parse_place(f"tea+wss://{rest}", "wss")
    assert place is None or (place.host and "@" not in place.netloc)
