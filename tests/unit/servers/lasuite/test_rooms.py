from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.lasuite_samples import answer
from tests.helpers.rest_server import RestServer, rest_server
from visio_desktop.meeting.rooms import Access
from visio_desktop.meeting.values import Role
from visio_desktop.net import Web
from visio_desktop.servers.fields import Fields, is_id
from visio_desktop.servers.lasuite.api import Api, NotUnderstood
from visio_desktop.servers.lasuite.rooms import all_rooms, create_room, listed, parse_room, slug

BASE = "https://meet.example.org"
OWNER = answer("users_me_owner")["id"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.sampled_from(["user", "role", "id", "slug"]), v, max_size=3),
)


@pytest.fixture
async def server() -> AsyncIterator[RestServer]:
    async with rest_server() as server:
        yield server


@pytest.fixture
async def api(server: RestServer) -> AsyncIterator[Api]:
    api = Api(Web(), server.url, {"sessionid": "s", "csrftoken": "t"})
    yield api
    await api.close()


async def test_the_rooms_of_a_real_answer_are_read(server: RestServer, api: Api) -> None:
    server.says("GET /rooms/", answer("rooms_list_owner"))
    rooms = await all_rooms(api, BASE, OWNER)
    assert len(rooms) == answer("rooms_list_owner")["count"]
    first = rooms[0]
    assert (first.name, first.link, first.access, first.role, first.pin) == (
        "feg-uyvm-hor",
        f"{BASE}/feg-uyvm-hor",
        Access.RESTRICTED,
        Role.OWNER,
        "0005850075",
    )
    assert "jwt" not in repr(rooms)


async def test_all_pages_of_a_list_are_read_and_no_end_of_them(server: RestServer, api: Api) -> None:
    page = {"results": [{"id": "a"}], "next": f"{server.url}/next"}
    server.says("GET /rooms/", page, {"results": [{"id": "b"}], "next": None})
    assert [f.text("id") for f in await listed(api, "/rooms/")] == ["a", "b"]
    assert [a.query["page"] for a in server.of("GET /rooms/")] == ["1", "2"]
    server.says("GET /rooms/", page)
    assert len(await listed(api, "/rooms/")) == 6
    server.says("GET /rooms/", {"detail": "?"})
    with pytest.raises(NotUnderstood):
        await listed(api, "/rooms/")


async def test_a_room_is_made_with_a_name_nobody_guesses(server: RestServer, api: Api) -> None:
    server.says("POST /rooms/", answer("room_create_owner_with_callback"), status=201)
    room = await create_room(api, BASE, Access.TRUSTED, random.Random(1))
    assert (room.name, room.access) == ("new-pkph-abc", Access.TRUSTED)
    (asked,) = server.asked
    assert re.fullmatch(r"[a-z]{3}-[a-z]{4}-[a-z]{3}", asked.body["name"])
    assert asked.body["access_level"] == "trusted"
    await create_room(api, BASE, None, random.Random(2))
    assert "access_level" not in server.asked[-1].body
    assert server.asked[-1].body["name"] != asked.body["name"]
    server.says("POST /rooms/", {"id": None, "slug": "x"}, status=201)
    with pytest.raises(NotUnderstood):
        await create_room(api, BASE, None, random.Random(3))


def test_names_of_rooms_have_the_web_clients_form() -> None:
    assert all(re.fullmatch(r"[a-z]{3}-[a-z]{4}-[a-z]{3}", slug(random.Random(n))) for n in range(20))


@given(st.dictionaries(st.sampled_from(["id", "slug", "accesses", "access_level", "pin_code"]), VALUES))
def test_whatever_a_server_says_is_a_room_or_none(raw: dict[str, object]) -> None:
    room = parse_room(Fields(raw), BASE, "u")
    assert room is None or (is_id(room.id) and room.link == f"{BASE}/{room.name}" and "/" not in room.name)


@pytest.mark.parametrize("slug", ["a/b", "<b>a</b>", "a b", "", "x" * 256, "a?b"])
def test_rooms_whose_name_is_none_are_left_out(slug: str) -> None:
    assert parse_room(Fields({"id": "1", "slug": slug}), BASE, "u") is None
    assert parse_room(Fields({"id": "1", "slug": "réunion-1_b"}), BASE, "u") is not None
