from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.ui.widgets.problem_box import ProblemBox, sentence


@pytest.mark.parametrize("code", ProblemCode)
def test_every_problem_has_a_sentence_and_a_next_step(code: ProblemCode) -> None:
    first, _, step = sentence(Problem(code, "SUBJECT")).partition("\n")
    assert first
    assert step
    assert "problems." not in first + step


def test_it_is_seen_only_while_there_is_something_to_tell(qtbot: QtBot) -> None:
    box = ProblemBox()
    qtbot.addWidget(box)
    assert box.isHidden()
    box.show_problems(None, Problem(ProblemCode.CAMERA_BUSY), Problem(ProblemCode.MICROPHONE_MISSING))
    assert not box.isHidden()
    assert box.text() == box.accessibleName()
    assert len(box.text().split("\n\n")) == 2
    box.show_problems(None)
    assert box.isHidden()
