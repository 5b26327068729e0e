from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import DEVICES, FakeEngine, opened, ready
from visio_desktop.engine import OWN_CAMERA
from visio_desktop.meeting.state import DeviceState
from visio_desktop.meeting.values import DeviceKind, Problem, ProblemCode, Source
from visio_desktop.ui.widgets.preview import Preview


def test_the_buttons_stand_in_the_picture_and_say_what_they_do(qtbot: QtBot) -> None:
    preview = Preview(FakeEngine())
    qtbot.addWidget(preview)
    for width in (280, 740):
        preview.set_width(width)
        preview.show_meeting(ready(microphone_on=True, camera_on=False))
        assert preview.height() == width * 9 // 16
        with qtbot.waitExposed(preview):
            preview.show()
        assert all(preview.rect().contains(button.geometry()) for button in preview.buttons.values())
    assert preview.buttons[Source.MICROPHONE].accessibleName() == "Turn off microphone"
    assert preview.buttons[Source.CAMERA].accessibleName() == "Turn on camera"


def test_no_picture_is_wanted_while_the_camera_is_off(qtbot: QtBot) -> None:
    engine = FakeEngine()
    preview = Preview(engine, with_buttons=False)
    qtbot.addWidget(preview)
    preview.set_width(320)
    preview.show_meeting(ready(camera_on=False, camera=opened("Webcam")))
    with qtbot.waitExposed(preview):
        preview.show()
    assert len(engine.sinks[OWN_CAMERA]) == 1
    assert engine.send_own_picture() == 0
    preview.show_meeting(ready(camera_on=True, camera=opened("Webcam")))
    assert engine.send_own_picture() == 1


def test_a_camera_that_is_not_there_is_off_and_named_so(qtbot: QtBot) -> None:
    preview = Preview(FakeEngine())
    qtbot.addWidget(preview)
    button = preview.buttons[Source.CAMERA]
    without = tuple(device for device in DEVICES if device.kind is not DeviceKind.CAMERA)
    preview.show_meeting(ready(camera_on=False, devices=without))
    assert (button.accessibleName(), button.property("off")) == ("No camera was found: look again", True)
    preview.show_meeting(ready(camera_on=False))
    assert button.accessibleName() == "Turn on camera"
    preview.show_meeting(ready(camera_on=False, camera=DeviceState(problem=Problem(ProblemCode.CAMERA_MISSING))))
    assert button.accessibleName() == "No camera was found: look again"
    preview.show_meeting(ready(camera_on=False, devices=without, camera=DeviceState("test")))
    assert button.accessibleName() == "Turn on camera"
