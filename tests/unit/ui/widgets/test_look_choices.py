from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import ready
from visio_desktop.meeting.intents import ChooseLook
from visio_desktop.meeting.look import BLUR, Look, PictureQuality
from visio_desktop.ui.widgets.look_choices import LookChoices


def test_everything_about_ones_picture_is_shown_and_chosen(qtbot: QtBot) -> None:
    choices, look = LookChoices(), Look(BLUR, PictureQuality.FULL_HD)
    qtbot.addWidget(choices)
    choices.show_meeting(ready(look=look))
    assert (choices.background.currentText(), choices.quality.currentText()) == ("Blurred", "Finest (1080p)")
    said: list[object] = []
    choices.intent.connect(said.append)
    choices.brighten.click()
    choices.background.activated.emit(0)
    choices.quality.activated.emit(2)
    wished = (
        Look(BLUR, PictureQuality.FULL_HD, brighten=True),
        Look(quality=PictureQuality.FULL_HD),
        Look(BLUR, PictureQuality.SMALL),
    )
    assert said == [ChooseLook(each) for each in wished]
