from __future__ import annotations

from typing import Any

from visio_desktop.servers.livekit.asked import Asked
from visio_desktop.servers.port import Wanted


class Wire:
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def send(self, **request: Any) -> None:
        ((kind, value),) = request.items()
        if kind == "track_setting":
            size = "off" if value.disabled else f"{value.width}x{value.height}"
            self.said.append(f"{value.track_sids[0]} {size}")
        else:
            self.said.append(f"hand {bool(value.attributes['handRaisedAt'])}")


async def test_who_is_wanted_first_is_served_before_other_cameras_and_after_screens() -> None:
    said: list[int] = []

    async def send(**request: Any) -> None:
        said.append(request["track_setting"].priority)

    asked = Asked(send)
    await asked.want("TR_a", Wanted())
    await asked.want("TR_a", Wanted(first=True))
    assert said == [0, 254]


async def test_wishes_are_said_once_and_again_after_a_return() -> None:
    wire = Wire()
    asked = Asked(wire.send)
    await asked.again()
    assert wire.said == []
    for wanted in (Wanted(width_px=320, height_px=180), Wanted(width_px=320, height_px=180), Wanted(enabled=False)):
        await asked.want("TR_a", wanted)
    await asked.want("TR_b", Wanted(width_px=640, height_px=360))
    await asked.want("TR_c", Wanted(enabled=False))
    await asked.raise_hand(raised=True, at_ms=5.0)
    assert wire.said == ["TR_a 320x180", "TR_a off", "TR_b 640x360", "TR_c off", "hand True"]
    asked.forget("TR_c")
    asked.forget("TR_c")
    assert asked.disabled == ["TR_a"]
    wire.said.clear()
    await asked.again()
    assert wire.said == ["TR_a off", "TR_b 640x360", "hand True"]
