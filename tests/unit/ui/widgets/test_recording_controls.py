from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.fitting import cut_texts, nameless, overlaps
from tests.helpers.people_views import led, recorded
from visio_desktop.meeting.intents import AskServer
from visio_desktop.meeting.requests import RequestRecording, StartRecording, StopRecording
from visio_desktop.meeting.rooms import RecordingKind, RecordingState
from visio_desktop.meeting.values import Capability
from visio_desktop.ui.widgets.recording_controls import Offer, RecordingControls, Step, offers, records

SCREEN, TRANSCRIPT = RecordingKind.SCREEN, RecordingKind.TRANSCRIPT
LED = led()
GUEST = replace(LED, capabilities=Capability.REQUEST_RECORDING | Capability.REQUEST_TRANSCRIPT)


@pytest.fixture
def controls(qtbot: QtBot) -> Iterator[RecordingControls]:
    made = RecordingControls()
    qtbot.addWidget(made)
    made.resize(330, 300)
    made.show_meeting(LED)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def test_only_what_the_server_has_is_offered() -> None:
    assert offers(LED) == (Offer(SCREEN, Step.START), Offer(TRANSCRIPT, Step.START))
    assert offers(replace(LED, capabilities=Capability.TRANSCRIBE)) == (Offer(TRANSCRIPT, Step.START),)
    assert offers(replace(LED, capabilities=Capability.CHAT)) == ()
    assert [offer.step for offer in offers(GUEST)] == [Step.REQUEST, Step.REQUEST]
    assert offers(replace(LED, capabilities=Capability.REQUEST_TRANSCRIPT)) == (Offer(TRANSCRIPT, Step.REQUEST),)
    assert records(GUEST.capabilities)
    assert records(Capability.TRANSCRIBE)
    assert not records(Capability.CHAT)


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (RecordingState.STARTING, None),
        (RecordingState.STARTED, Step.STOP),
        (RecordingState.SAVING, None),
        (RecordingState.FAILED, Step.START),
    ],
)
def test_each_state_has_its_next_step_and_is_told(state: RecordingState, step: Step | None) -> None:
    screen, transcript = offers(recorded(LED, SCREEN, state))
    assert screen.step is step
    assert screen.state
    assert transcript.step is (Step.START if state is RecordingState.FAILED else None), "one at a time"


def test_who_may_only_ask_cannot_stop() -> None:
    assert offers(recorded(GUEST, SCREEN, RecordingState.STARTED))[0].step is None


def test_before_it_begins_it_says_that_everybody_is_told(controls: RecordingControls, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(controls.intent):
        controls.rows[SCREEN].button.click()
    assert "Everybody will be told" in controls.ask.question.text()
    with qtbot.waitSignal(controls.intent) as said:
        controls.ask.yes.click()
    assert said.args == [AskServer(StartRecording(SCREEN))]


def test_the_question_goes_when_somebody_else_has_begun(controls: RecordingControls) -> None:
    controls.begin(TRANSCRIPT)
    assert controls.ask.isVisible()
    controls.show_meeting(LED)
    assert controls.ask.isVisible()
    controls.show_meeting(recorded(LED, TRANSCRIPT, RecordingState.STARTING))
    assert controls.ask.isHidden()


def test_stopping_and_asking_for_it_need_no_question(controls: RecordingControls, qtbot: QtBot) -> None:
    controls.show_meeting(recorded(LED, TRANSCRIPT, RecordingState.STARTED))
    with qtbot.waitSignal(controls.intent) as said:
        controls.rows[TRANSCRIPT].button.click()
    assert said.args == [AskServer(StopRecording())]
    controls.show_meeting(GUEST)
    assert controls.rows[SCREEN].button.accessibleName() == "Ask for a recording"
    with qtbot.waitSignal(controls.intent) as said:
        controls.rows[SCREEN].button.click()
    assert said.args == [AskServer(RequestRecording(SCREEN))]


def test_it_begins_nothing_that_may_not_be_begun(controls: RecordingControls, qtbot: QtBot) -> None:
    controls.show_meeting(GUEST)
    with qtbot.assertNotEmitted(controls.intent):
        controls.begin(SCREEN)
    assert controls.ask.isHidden()


def test_it_fits_with_the_question(controls: RecordingControls, qtbot: QtBot) -> None:
    controls.begin(SCREEN)
    qtbot.wait(10)
    assert not [*cut_texts(controls), *overlaps(controls), *nameless(controls)]
