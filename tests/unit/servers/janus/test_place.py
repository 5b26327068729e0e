from __future__ import annotations

from visio_desktop.meeting.values import Capability
from visio_desktop.servers.janus.link import Address
from visio_desktop.servers.janus.place import ABLE, LEADING, Place
from visio_desktop.servers.port import Credentials

ADDRESS = Address("wss://h/", "h", 443, secure=True, room=7)


def test_only_who_has_the_rooms_secret_leads() -> None:
    assert Place(ADDRESS, Credentials()).capabilities == ABLE
    leader = Place(ADDRESS, Credentials(room_secret="s"))
    assert leader.capabilities == ABLE | LEADING
    assert Capability.REMOVE in leader.capabilities
    assert leader.led("kick", id=3) == {"request": "kick", "room": 7, "secret": "s", "id": 3}


def test_what_entering_asks_for() -> None:
    assert Place(ADDRESS, Credentials()).entry() == {"room": 7}
    place = Place(ADDRESS, Credentials(password="pin", token="t", server_secret="k"))
    assert place.entry(9) == {"room": 7, "pin": "pin", "token": "t", "private_id": 9}
    assert place.api_secrets == {"apisecret": "k", "token": "t"}
    assert "pin" not in repr(place)
