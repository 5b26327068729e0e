from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import OptionalSecret, ProblemCode
from visio_desktop.servers.matrix.link import KIND, parse_link
from visio_desktop.servers.port import JoinError


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("https://call.example.org/room/#/tea?roomId=!a:b&password=p", "!a:b", "tea"),
        ("https://call.example.org/room/#?roomId=!a", "!a", "!a"),
        ("https://call.example.org/#/tea?roomId=!a:b\u200b", "!a:b", "tea"),
        ("https://call.example.org/#tea", "#tea", "tea"),
        ("https://call.example.org/room/tea", "#tea", "tea"),
        ("https://call.example.org/room/#tea:b.org", "#tea:b.org", "tea"),
        ("visio://call.example.org/room/tea%20time", "", ""),
        ("https://call.example.org/group/tea#x", "", ""),
        ("https://call.example.org/", "", ""),
        ("https://call.example.org/room/#?roomId=a:b", "", ""),
        ("mailto:ada@example.org", "", ""),
        ("https://call.example.org:port/#tea", "", ""),
    ],
)
def test_the_room_in_a_link(text: str, room: str, shown: str) -> None:
    link = parse_link(text)
    found = ("", "") if link is None else (link.room, link.shown)
    assert found == (room, shown)


def test_what_is_shown_and_remembered_leads_there_without_the_password() -> None:
    link = parse_link(
        "https://Call.example.org/room/#/tea%20time?roomId=!a:b&password=s3cret&viaServers=b&viaServers=c"
    )
    assert link is not None
    assert (link.password, link.via, link.base) == ("s3cret", ("b", "c"), "https://call.example.org")
    assert "s3cret" not in link.text + repr(link) + repr(link.meeting)
    again = parse_link(link.text)
    assert again is not None
    assert (again.room, again.via, again.text, again.password) == (link.room, link.via, link.text, "")
    meeting = link.meeting
    assert (meeting.kind, meeting.takes_passphrase, meeting.takes_login) == (KIND, True, True)
    assert meeting.takes_besides is OptionalSecret.RECOVERY_KEY


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://call.example.org/#tea", ProblemCode.LINK_INSECURE),
        ("https://ada:pw@call.example.org/#tea", ProblemCode.LINK_MALFORMED),
    ],
)
def test_what_makes_it_a_bad_one(text: str, code: ProblemCode) -> None:
    with pytest.raises(JoinError) as caught:
        parse_link(text)
    assert caught.value.problem.code is code


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_link_is_one_or_none(path: str, fragment: str) -> None:
    link = parse_link(f"https://h/{path}#{fragment}")
    if link is not None:
        again = parse_link(link.text)
        assert again is not None
        assert again.room == link.room
        assert link.text.isprintable()
