from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.whip.link import WHEP, WHIP, parse_address, parse_link


@pytest.mark.parametrize(
    ("text", "kind", "url"),
    [
        ("whip+https://tv.example.org/live/whip", WHIP, "https://tv.example.org/live/whip"),
        ("WHIP://TV.example.org/x", WHIP, "https://tv.example.org/x"),
        ("whips://tv.example.org:8443/x#y", WHIP, "https://tv.example.org:8443/x"),
        ("whep+http://127.0.0.1:7090/whep/endpoint/a", WHEP, "http://127.0.0.1:7090/whep/endpoint/a"),
        (
            "whep+https://tv.example.org/app/stream?direction=whep",
            WHEP,
            "https://tv.example.org/app/stream?direction=whep",
        ),
    ],
)
def test_links_of_both_kinds(text: str, kind: str, url: str) -> None:
    address = parse_address(text, kind)
    assert address is not None
    assert address.url == url
    link = parse_link(text, kind)
    assert link is not None
    assert (link.kind, link.text, link.takes_token) == (kind, f"{kind}+{url}", True)
    assert (link.sends, link.receives, link.is_one_way) == (kind == WHIP, kind == WHEP, True)
    assert parse_link(link.text, kind) == link, "a link that is remembered is the same again"
    assert parse_address(text, WHIP if kind == WHEP else WHEP) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("whip+https://me:sesame@tv.example.org/x", ProblemCode.LINK_MALFORMED),
        ("whip+https://tv.example.org/x?jwt=sesame", ProblemCode.LINK_MALFORMED),
        ("whip+https://tv.example.org/x?access_token=sesame", ProblemCode.LINK_MALFORMED),
        ("whip+https:///x", ProblemCode.LINK_MALFORMED),
        ("whip+https://h:port/x", ProblemCode.LINK_MALFORMED),
        ("whip+http://tv.example.org/x", ProblemCode.LINK_INSECURE),
    ],
)
def test_bad_links(text: str, code: ProblemCode) -> None:
    with pytest.raises(JoinError) as caught:
        parse_link(text, WHIP)
    assert caught.value.problem.code is code
    assert "sesame" not in str(caught.value)


@given(st.text() | st.builds("whip+https://{}".format, st.text()))
def test_any_text_is_a_link_or_refused(text: str) -> None:
    try:
        link = parse_link(text, WHIP)
    except JoinError:
        return
    assert link is None or link.host
