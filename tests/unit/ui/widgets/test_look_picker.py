from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import ready
from visio_desktop.meeting.intents import ChooseLook
from visio_desktop.meeting.look import BACKGROUNDS, BLUR, Look, PictureQuality
from visio_desktop.ui.widgets.look_picker import BackgroundPicker, QualityPicker, background_choices, fill_look_menu


def test_a_file_of_ones_own_stands_among_the_backgrounds_under_its_name() -> None:
    choices = background_choices(Look("file:/pictures/the sea & I.jpg"))
    assert [background for background, _ in choices] == [*BACKGROUNDS, "file:/pictures/the sea & I.jpg", "own"]
    assert choices[-2][1] == "the sea & I.jpg"
    assert len(background_choices(Look())) == len(BACKGROUNDS) + 1


def test_choosing_a_background_keeps_the_rest_and_waits_for_the_snapshot(qtbot: QtBot) -> None:
    picker, look = BackgroundPicker(), Look(quality=PictureQuality.SMALL, brighten=True)
    qtbot.addWidget(picker)
    picker.show_meeting(ready(look=look))
    assert picker.currentText() == "No background effect"
    with qtbot.waitSignal(picker.intent) as chosen:
        picker.activated.emit(picker.findData(BLUR))
    assert chosen.args == [ChooseLook(replace(look, background=BLUR))]
    assert picker.currentText() == "No background effect"
    picker.show_meeting(ready(look=replace(look, background=BLUR)))
    assert picker.currentText() == "Blurred"


def test_a_picture_of_ones_own_is_asked_for_beside_the_meeting(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    picker = BackgroundPicker(window)
    picker.show_meeting(ready())
    picker.activated.emit(picker.findData("own"))
    (dialog,) = window.findChildren(QFileDialog)
    assert picker.currentText() == "No background effect"
    picker.show_meeting(ready(look=Look(brighten=True)))
    with qtbot.waitSignal(picker.intent) as chosen:
        dialog.fileSelected.emit("/pictures/sea.png")
    assert chosen.args == [ChooseLook(Look("file:/pictures/sea.png", brighten=True))]
    dialog.close()


def test_the_quality_is_chosen(qtbot: QtBot) -> None:
    picker = QualityPicker()
    qtbot.addWidget(picker)
    picker.show_meeting(ready(look=Look(BLUR)))
    assert picker.currentText() == "Fine (720p)"
    with qtbot.waitSignal(picker.intent) as chosen:
        picker.activated.emit(picker.findData("saver"))
    assert chosen.args == [ChooseLook(Look(BLUR, PictureQuality.SAVER))]


def test_the_menu_marks_what_is_chosen_and_says_what_is_wished(qtbot: QtBot) -> None:
    said: list[object] = []
    parent, menu = QWidget(), QMenu()
    qtbot.addWidget(parent)
    qtbot.addWidget(menu)
    fill_look_menu(menu, lambda: Look(BLUR), parent, said.append)
    actions = {action.text(): action for action in menu.actions()}
    assert [text for text, action in actions.items() if action.isChecked()] == ["Blurred"]
    actions["Picture: Hills"].trigger()
    actions["Brighten a dark room"].trigger()
    (sizes,) = (action.menu() for action in menu.actions() if action.menu() is not None)
    assert isinstance(sizes, QMenu)
    by_name = {action.text(): action for action in sizes.actions()}
    assert by_name["Fine (720p)"].isChecked()
    by_name["Save data"].trigger()
    wished = [Look("image:hills"), Look(BLUR, brighten=True), Look(BLUR, PictureQuality.SAVER)]
    assert said == [ChooseLook(look) for look in wished]


def test_without_pictures_only_what_is_none_is_offered() -> None:
    assert [each for each, _ in background_choices(Look(), images=False)] == ["none", "blur:slight", "blur"]
    decided = [each for each, _ in background_choices(Look("image:hills"), images=False)]
    assert decided == ["none", "blur:slight", "blur", "image:hills"]
