from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.galene_group import Group
from tests.helpers.galene_peer import galene_peer
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Reply, Web
from visio_desktop.servers.galene.link import Address, parse_address
from visio_desktop.servers.galene.status import ask_status, parse_status
from visio_desktop.servers.port import JoinError


def address(text: str = "galene+https://g.example.org/group/tea/") -> Address:
    found = parse_address(text)
    assert found is not None
    return found


def reply(status: int = 200, **fields: Any) -> Reply:
    return Reply(status, json.dumps(fields).encode(), "application/json")


def test_what_a_group_says_of_itself() -> None:
    endpoint = "wss://g.example.org/ws"
    plain = parse_status(reply(name="tea", endpoint=endpoint), address())
    assert (plain.endpoint, plain.title, plain.location) == (endpoint, "tea", "https://g.example.org/group/tea/")
    assert (plain.auth_server, plain.auth_portal) == ("", "")
    rich = parse_status(reply(endpoint=endpoint, displayName="Tea", authServer="a", authPortal="p"), address())
    assert (rich.title, rich.auth_server, rich.auth_portal) == ("Tea", "a", "p")


@pytest.mark.parametrize(
    ("endpoint", "taken"),
    [
        ("wss://g.example.org:8443/ws", "wss://g.example.org:8443/ws"),
        ("ws://g.example.org/ws", "wss://g.example.org/ws"),
        ("wss://elsewhere.example.org/ws", ""),
        ("wss://me@g.example.org/ws", ""),
        ("https://g.example.org/ws", ""),
        ("wss://[::1/ws", ""),
        ("", ""),
    ],
)
def test_the_way_goes_to_the_links_host_as_safely_as_the_link(endpoint: str, taken: str) -> None:
    if taken:
        assert parse_status(reply(endpoint=endpoint), address()).endpoint == taken
        return
    with pytest.raises(JoinError) as caught:
        parse_status(reply(endpoint=endpoint), address())
    assert caught.value.problem.code is ProblemCode.SERVER_NOT_UNDERSTOOD


@pytest.mark.parametrize("status", [404, 301, 308])
def test_a_group_that_is_not_there_or_was_moved_is_offered_to_the_browser(status: int) -> None:
    with pytest.raises(JoinError) as caught:
        parse_status(reply(status), address())
    problem = caught.value.problem
    assert (problem.code, problem.browser) == (ProblemCode.ROOM_NOT_FOUND, "https://g.example.org/group/tea/")


@given(st.binary(max_size=200), st.integers(200, 599))
def test_nothing_else_is_ever_raised(body: bytes, status: int) -> None:
    with pytest.raises(JoinError):
        parse_status(Reply(status, body, "text/html"), address())


async def test_it_is_asked_over_http() -> None:
    async with galene_peer(Group("a/b", title="Both")) as server:
        found = await ask_status(Web(), address(f"galene+{server.link('a/b')}"))
        assert (found.title, found.endpoint) == ("Both", f"ws://127.0.0.1:{server.port}/ws")
    with pytest.raises(JoinError) as caught:
        await ask_status(Web(), address("galene+http://127.0.0.1:9/group/tea/"))
    assert caught.value.problem.code is ProblemCode.HOST_UNREACHABLE
