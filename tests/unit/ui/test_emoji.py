from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.rooms import Emoji
from visio_desktop.system.paths import resources
from visio_desktop.ui import emoji


@pytest.mark.parametrize("one", Emoji)
def test_every_reaction_has_a_coloured_picture_that_fills_its_square_and_a_name(qtbot: QtBot, one: Emoji) -> None:
    image = emoji.pixmap(one, 40, 2.0).toImage()
    assert (image.width(), image.devicePixelRatio()) == (80, 2.0)
    colours = [image.pixelColor(x, y) for x in range(0, 80, 4) for y in range(0, 80, 4)]
    solid = [colour for colour in colours if colour.alpha() == 255]
    assert max(colour.saturation() for colour in solid) > 100
    assert sum(image.pixelColor(x, 40).alpha() > 0 for x in range(80)) > 20
    assert emoji.spoken(one) != f"reactions.{one.value}"
    assert not emoji.icon(one, 28).isNull()


def test_the_pictures_have_their_licence_and_no_others_are_there() -> None:
    folder = resources() / "emoji"
    assert "Apache" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert {path.stem for path in folder.glob("*.svg")} == {one.value for one in Emoji}
