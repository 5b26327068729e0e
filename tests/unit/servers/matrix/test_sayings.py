from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.helpers.rest_server import Answer, RestServer
from tests.unit.servers.matrix.test_room import inside, state
from tests.unit.servers.matrix.test_serial import Slow
from tests.unit.servers.matrix.test_timeline import OWNERS, event, timeline
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.servers.matrix.account import Account
from visio_desktop.servers.matrix.api import Api
from visio_desktop.servers.matrix.keys import CallDevice, Keys, Plain
from visio_desktop.servers.matrix.place import Place
from visio_desktop.servers.matrix.room import Room
from visio_desktop.servers.matrix.sayings import Sayings
from visio_desktop.servers.matrix.timeline import HAND_EVENT, LONGEST_LINE_BYTES, Timeline, print_hand
from visio_desktop.servers.matrix.words import RoomEvent
from visio_desktop.servers.port import RequestFailed

ROOM = "/v3/rooms/!r:h"
ME = Account(CallDevice("@me:h", "M"), "t")


class Sealing(Slow):
    async def seal(self, plain: Plain, people: frozenset[str]) -> Plain:
        return Plain("m.room.encrypted", {"for": sorted(people), "was": plain.type})


def sayings(
    api: Api,
    *entries: RoomEvent,
    encrypted: bool = False,
    keys: Keys | None = None,
    event_id: str = "$me",
    heard: Timeline | None = None,
) -> Sayings:
    room, nothing = Room("!r:h"), cast("Any", None)
    room.take(inside("@me:h", "Me"))
    for entry in entries:
        room.take(entry)
    if encrypted:
        room.take(state("m.room.encryption", algorithm="m.megolm.v1.aes-sha2"))
    standing = cast("Any", SimpleNamespace(event_id=event_id))
    place = Place(api, ME, room, "tea", "https://f", nothing, standing, nothing, keys=keys)
    ids = map("t{}".format, count(1))
    return Sayings(place, heard or timeline(OWNERS), lambda: next(ids))


def sent(server: RestServer) -> Mapping[str, Any]:
    body: Mapping[str, Any] = server.asked[-1].body
    return body


async def test_a_line_and_its_correction(server: RestServer, api: Api) -> None:
    server.says(f"PUT {ROOM}/send/m.room.message/t1", {"event_id": "$1"})
    server.says(f"PUT {ROOM}/send/m.room.message/t2", {"event_id": "$2"})
    us = sayings(api)
    await us.line("m1", "helo")
    assert sent(server) == {"msgtype": "m.text", "body": "helo"}
    await us.edit("m1", "hello")
    assert sent(server)["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$1"}
    assert sent(server)["m.new_content"]["body"] == "hello"
    for refused in (us.line("m2", "x" * (LONGEST_LINE_BYTES + 1)), us.edit("unknown", "x")):
        with pytest.raises(RequestFailed):
            await refused


async def test_a_hand_is_raised_once_and_taken_down(server: RestServer, api: Api) -> None:
    server.says(f"PUT {ROOM}/send/m.reaction/t1", {"event_id": "$h"})
    server.says(f"PUT {ROOM}/redact/$h/t2", {})
    us = sayings(api)
    await us.raise_hand()
    await us.raise_hand()
    assert sent(server) == print_hand("$me")
    await us.lower_hand()
    await us.lower_hand()
    assert [asked.what for asked in server.asked] == [
        f"PUT {ROOM}/send/m.reaction/t1",
        f"PUT {ROOM}/redact/$h/t2",
    ]


async def test_a_hand_the_room_knows_of_is_taken_down(server: RestServer, api: Api) -> None:
    server.says(f"PUT {ROOM}/redact/$e9/t1", {})
    heard = timeline(OWNERS)
    us = sayings(api, heard=heard)
    heard.read(event(HAND_EVENT, print_hand("$me"), sender="@me:h", number=9))
    await us.lower_hand()
    assert len(server.asked) == 1


async def test_a_reaction_and_another_name(server: RestServer, api: Api) -> None:
    server.says(f"PUT {ROOM}/send/io.element.call.reaction/t1", {"event_id": "$r"})
    server.says(f"PUT {ROOM}/state/m.room.member/@me:h", {"event_id": "$n"})
    us = sayings(api)
    await us.react(Emoji.PARTY_POPPER)
    assert (sent(server)["emoji"], sent(server)["name"]) == ("🎉", "party")
    await us.rename(" Me B. ")
    assert sent(server) == {"membership": "join", "displayname": "Me B."}


async def test_another_name_keeps_the_picture_and_nothing_else(server: RestServer, api: Api) -> None:
    server.says(f"PUT {ROOM}/state/m.room.member/@me:h", {"event_id": "$n"})
    more = {"avatar_url": "mxc://h/x", "deep": [[]]}
    us = sayings(api, state("m.room.member", "@me:h", membership="join", **more))
    await us.rename("Me")
    assert sent(server) == {"membership": "join", "displayname": "Me", "avatar_url": "mxc://h/x"}


async def test_in_an_encrypted_room_nothing_leaves_in_the_clear(server: RestServer, api: Api) -> None:
    with pytest.raises(RequestFailed):
        await sayings(api, encrypted=True).line("m1", "hello")
    assert server.asked == []
    server.says(f"PUT {ROOM}/send/m.room.encrypted/t1", Answer({"event_id": "$1"}))
    await sayings(api, encrypted=True, keys=Sealing()).line("m1", "hello")
    assert sent(server) == {"for": ["@me:h"], "was": "m.room.message"}


async def test_who_is_not_in_the_call_has_no_hand_there(api: Api) -> None:
    us = sayings(api, event_id="")
    for refused in (us.raise_hand(), us.react(Emoji.THUMBS_UP)):
        with pytest.raises(RequestFailed):
            await refused
