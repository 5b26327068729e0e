from __future__ import annotations

from visio_desktop.servers.lasuite.config import ServerConfig
from visio_desktop.servers.lasuite.place import Place, Stay
from visio_desktop.servers.lasuite.room import RoomAnswer, Way


def test_no_token_is_shown() -> None:
    place = Place(ServerConfig("https://lk"), RoomAnswer("id", "tea"), "https://a/tea", "tea")
    stay = Stay(place, Way("https://lk", "id", "sesame"), "Ada", "sesame")
    assert "sesame" not in repr(stay)
    assert not place.session
