from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPixmap
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.values import Quality
from visio_desktop.system.colours import contrast
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.tile_overlay import (
    colour_of,
    draw_avatar,
    draw_overlay,
    encryption_words,
    initials,
    own_name,
    signing_words,
)
from visio_desktop.ui.widgets.video_tile import TileLook

SIZE = QSize(320, 180)
ROOM = QColor(theme.ROOM)


def drawn(look: TileLook, ratio: float = 1.0) -> QPixmap:
    return draw_overlay(SIZE, ratio, look, ROOM, theme.RADIUS_PX)


def colours(pixmap: QPixmap) -> set[str]:
    image = pixmap.toImage()
    every = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {colour.name() for colour in every if colour.alpha() == 255}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Amina Diallo", "AD"),
        ("Odile Owner (you)", "OO"),
        ("élodie", "É"),
        ("Anne Marie de La Tour", "AT"),
        ("", ""),
        ("(()) ---", ""),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected


@given(st.text())
def test_any_name_has_at_most_a_few_letters(name: str) -> None:
    assert len(initials(name)) <= 6


@given(st.one_of(st.text(), st.from_regex(r"hsl\(-?\d{1,4}, ?-?\d{1,4}%, ?-?\d{1,4}%\)", fullmatch=True)))
def test_white_can_be_read_on_any_persons_colour(text: str) -> None:
    assert contrast(theme.TEXT_ON_DARK, colour_of(text).name()) >= 4.5


def test_a_persons_colour_is_kept_where_it_is_dark_enough() -> None:
    assert colour_of("hsl(240, 100%, 25%)").name() == "#000080"
    assert colour_of("hsl(nonsense)").name() == theme.AVATAR.lower()


def test_states_are_shown_in_their_colours_and_only_then(qtbot: QtBot) -> None:
    plain = colours(drawn(TileLook(name="A")))
    assert not {theme.HAND.lower(), theme.MIC_OFF_BADGE.lower(), theme.SPEAKING.lower()} & plain
    assert theme.HAND.lower() in colours(drawn(TileLook(name="A", hand=1)))
    assert theme.MIC_OFF_BADGE.lower() in colours(drawn(TileLook(name="A", muted=True)))
    assert theme.SPEAKING.lower() in colours(drawn(TileLook(name="A", speaking=True)))
    assert theme.FOCUS_ON_DARK.lower() in colours(drawn(TileLook(name="A", focused=True)))


def test_a_poor_connection_shows_by_itself_a_good_one_under_the_mouse(qtbot: QtBot) -> None:
    def changed(look: TileLook) -> bool:
        return drawn(look).toImage() != drawn(TileLook(name="A", hovered=look.hovered)).toImage()

    assert changed(TileLook(name="A", quality=Quality.POOR))
    assert not changed(TileLook(name="A", quality=Quality.EXCELLENT))
    assert changed(TileLook(name="A", quality=Quality.EXCELLENT, hovered=True))


def test_a_long_name_stays_inside(qtbot: QtBot) -> None:
    image = drawn(TileLook(name="W" * 300, hand=12, muted=True)).toImage()
    beside = [image.pixelColor(SIZE.width() - 2, y) for y in range(SIZE.height() - 28, SIZE.height() - 10)]
    assert all(colour.alpha() == 0 for colour in beside)


def test_the_overlay_is_sharp_on_dense_screens(qtbot: QtBot) -> None:
    assert drawn(TileLook(name="A"), 2.0).size() == SIZE * 2


def test_the_avatar_has_the_persons_colour(qtbot: QtBot) -> None:
    avatar = draw_avatar(SIZE, 1.0, TileLook(name="Amina Diallo", colour="#204080"))
    assert "#204080" in colours(avatar)
    assert avatar.toImage().pixelColor(0, 0).alpha() == 255


def test_a_share_that_has_not_come_yet_shows_no_initials(qtbot: QtBot) -> None:
    awaited = draw_avatar(SIZE, 1.0, TileLook(name="Amina's screen", colour="#204080", cover=False))
    assert theme.TILE.lower() in colours(awaited)
    assert "#204080" not in colours(awaited)


def test_somebody_called_you_is_not_you_twice() -> None:
    assert own_name("Odile") == "Odile (you)"
    assert own_name("You") == own_name("vous") == "You"


def test_a_tile_that_waits_is_darker_than_one_that_lives(qtbot: QtBot) -> None:
    living, waiting = (drawn(TileLook(name="Amina", waiting=waits)).toImage() for waits in (False, True))
    assert living.pixelColor(160, 60).alpha() == 0
    assert waiting.pixelColor(160, 60).alpha() > 100


def test_the_state_of_encryption_is_a_lock_closed_or_open_on_red(qtbot: QtBot) -> None:
    shown = {state: drawn(TileLook(name="Amina", encrypted=state)).toImage() for state in (None, True, False)}
    assert len({bytes(image.constBits()) for image in shown.values()}) == 3
    corner = {state: image.pixelColor(10, 28).name() for state, image in shown.items()}
    assert corner[False] == theme.MIC_OFF_BADGE.lower()
    assert corner[True] == theme.CHIP.lower()
    assert [encryption_words(state) for state in shown] == [[], ["end-to-end encrypted"], ["cannot be decrypted"]]
    assert TileLook(name="Amina", has_picture=True, encrypted=True).spoken() == "Amina, end-to-end encrypted"


def test_sign_language_that_is_followed_is_marked_and_red_where_it_comes_too_slowly(qtbot: QtBot) -> None:
    plain, followed, poor = TileLook(signing=False), TileLook(signing=True), TileLook(signing=True, signing_poor=True)
    assert drawn(plain).toImage() == drawn(TileLook()).toImage()
    assert drawn(followed).toImage() != drawn(plain).toImage()
    assert QColor(theme.MIC_OFF_BADGE).name() not in colours(drawn(followed))
    assert QColor(theme.MIC_OFF_BADGE).name() in colours(drawn(poor))
    apart = TileLook(signing=True, signing_apart=True)
    assert drawn(apart).toImage() == drawn(poor).toImage()
    assert "not together" in signing_words(apart)[0]
    assert signing_words(plain) == []
    assert "too slow" in signing_words(poor)[0]
    assert signing_words(followed)[0] in followed.spoken()
