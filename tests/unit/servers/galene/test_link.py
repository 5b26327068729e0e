from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.galene.link import parse_address, parse_page, shown
from visio_desktop.servers.port import JoinError


def test_a_link_of_ours_says_where_the_group_is() -> None:
    address = parse_address("galene+https://g.example.org:8443/group/team/tea time?token=abc")
    assert address is not None
    assert (address.host, address.port, address.secure) == ("g.example.org", 8443, True)
    assert (address.group, address.token) == ("team/tea time", "abc")
    assert address.base == "https://g.example.org:8443/group/team/tea%20time/"
    assert address.status == "https://g.example.org:8443/group/team/tea%20time/.status"
    assert "abc" not in repr(address)


def test_what_is_shown_holds_no_secret_and_leads_there_again() -> None:
    address = parse_address("galene+https://g.example.org/x/group/tea/?token=abc")
    assert address is not None
    link = shown(address)
    assert (link.kind, link.host, link.room, link.takes_pin, link.takes_token) == (
        "galene",
        "g.example.org",
        "tea",
        True,
        True,
    )
    assert link.text == "galene+https://g.example.org/x/group/tea/"
    again = parse_address(link.text)
    assert again is not None
    assert shown(again) == link


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("https://g.example.org/group/tea", "tea"),
        ("https://g.example.org/group/tea/room/", "tea/room"),
        ("visio://g.example.org/group/tea/", "tea"),
        ("http://127.0.0.1:8443/group/th%C3%A9/", "thé"),
        ("https://g.example.org/group/", None),
        ("https://g.example.org/group/.tea/", None),
        ("https://g.example.org/group/a/../b", None),
        ("https://g.example.org/group/a//b", None),
        ("https://me:secret@g.example.org/group/tea", None),
        ("https://g.example.org/groups/tea", None),
        ("https://g.example.org/group/tea?token=a&token=b", None),
        (f"https://g.example.org/group/tea?token={'x' * 20_000}", None),
        (f"https://g.example.org/group/{'x' * 300}", None),
        ("https://g.example.org/group/%ff", None),
        ("ftp://g.example.org/group/tea", None),
        ("https://[::1/group/tea", None),
    ],
)
def test_a_page_may_be_a_groups_by_its_form(text: str, group: str | None) -> None:
    found = parse_page(text)
    assert (found.group if found is not None else None) == group


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("galene+https://me:secret@g.example.org/group/tea", ProblemCode.LINK_MALFORMED),
        ("galene+https://g.example.org/tea", ProblemCode.LINK_MALFORMED),
        ("galene+http://g.example.org/group/tea", ProblemCode.LINK_INSECURE),
    ],
)
def test_a_bad_one_is_told_as_such_without_what_is_secret(text: str, code: ProblemCode) -> None:
    with pytest.raises(JoinError) as caught:
        parse_address(text)
    assert caught.value.problem.code is code
    assert "secret" not in str(caught.value)


@given(st.text(max_size=60))
def test_no_text_does_harm(text: str) -> None:
    parse_page(text)
    parse_page(f"https://h/group/{text}")
    for kind in ("", "galene+https://h/group/"):
        try:
            address = parse_address(kind + text)
        except JoinError:
            continue
        assert address is None or not address.group.startswith((".", "/"))
