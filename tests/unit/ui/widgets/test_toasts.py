from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.errands import LogIn
from visio_desktop.meeting.intents import DismissToast
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.meeting.values import Capability, Problem, ProblemCode, Toast
from visio_desktop.ui.widgets import toasts as module
from visio_desktop.ui.widgets.toasts import Toasts, text_of

ARRIVED = Toast(7, "arrived", (("name", "Amina <b>Diallo</b>"),))


@pytest.fixture
def toasts(qtbot: QtBot) -> Iterator[Toasts]:
    parent = QWidget()
    qtbot.addWidget(parent)
    yield Toasts(parent)
    parent.close()


def test_a_notice_is_plain_text_and_its_cross_dismisses_it(toasts: Toasts, qtbot: QtBot) -> None:
    toasts.show_toasts((ARRIVED,))
    assert [label.text() for label in toasts.findChildren(QLabel)] == ["Amina <b>Diallo</b> joined the meeting"]
    cross = toasts.findChild(QToolButton)
    assert cross is not None
    with qtbot.waitSignal(toasts.intent) as said:
        cross.click()
    assert said.args == [DismissToast(7)]


def test_it_goes_by_itself(toasts: Toasts, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHOWN_MS", 20)
    with qtbot.waitSignal(toasts.intent, timeout=2_000) as said:
        toasts.show_toasts((ARRIVED,))
    assert said.args == [DismissToast(7)]


def test_a_problem_is_told_with_its_next_step() -> None:
    text = text_of(Toast(1, "problem", problem=Problem(ProblemCode.CAMERA_BUSY, "Webcam")))
    assert text.count("\n") == 1
    assert "problems." not in text


def test_a_name_in_it_turns_nothing_around_and_makes_no_lines() -> None:
    assert text_of(Toast(1, "arrived", (("name", "Ada \u202eevil\n\nsaid"),))) == "Ada evil said joined the meeting"


def test_no_more_than_three_at_a_time_and_gone_ones_disappear(toasts: Toasts) -> None:
    toasts.show_toasts(tuple(Toast(i, "arrived", (("name", str(i)),)) for i in range(10)))
    assert len(toasts._shown) == 3
    toasts.show_toasts(())
    assert toasts.isHidden()


def test_a_notice_may_have_one_thing_to_press(toasts: Toasts) -> None:
    asked = Toast(9, "recording_requested", (("name", "Ada"),))
    toasts.show_toasts((asked,), Capability.CHAT)
    assert toasts.findChildren(QPushButton) == []
    toasts.show_toasts(())
    toasts.show_toasts((asked,), Capability.RECORD)
    button = toasts.findChildren(QPushButton)[-1]
    said: list[object] = []
    toasts.intent.connect(said.append)
    toasts.recording_asked.connect(said.append)
    button.click()
    assert said == [DismissToast(9), RecordingKind.SCREEN]


def test_who_waits_is_on_the_card_and_not_here(toasts: Toasts, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHOWN_MS", 20)
    knock = Toast(3, "knock", (("name", "Ada"),))
    with qtbot.waitSignal(toasts.intent, timeout=2_000) as said:
        toasts.show_toasts((knock,))
    assert said.args == [DismissToast(3)]
    assert toasts.isHidden()


def test_a_login_that_ran_out_is_renewed_from_its_notice(toasts: Toasts) -> None:
    problem = Problem(ProblemCode.LOGIN_EXPIRED, "h.example")
    toasts.show_toasts((Toast(4, "login_lapsed", (("server", "https://h.example"),), problem),))
    said: list[object] = []
    toasts.intent.connect(said.append)
    toasts.recording_asked.connect(said.append)
    toasts.findChildren(QPushButton)[-1].click()
    assert said == [DismissToast(4), LogIn("https://h.example")]


def test_a_silent_microphone_leads_to_the_settings(toasts: Toasts, qtbot: QtBot) -> None:
    toasts.show_toasts((Toast(3, "problem", problem=Problem(ProblemCode.MICROPHONE_SILENT, "Headset")),))
    (button,) = toasts.findChildren(QPushButton)
    with qtbot.waitSignal(toasts.settings_asked):
        button.click()
