from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.fitting import cut_texts, nameless, outside, overlaps
from tests.helpers.people_views import RULES, led, recorded
from visio_desktop.meeting.changes import with_toast
from visio_desktop.meeting.intents import AskServer
from visio_desktop.meeting.requests import ClearChat, SetLock, SetRules
from visio_desktop.meeting.rooms import Access, RecordingKind, RecordingState, Room, Rules
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability, ChatMessage, Problem, ProblemCode, Role, Source
from visio_desktop.system.texts import LANGUAGES, set_language
from visio_desktop.ui.widgets.host_panel import HostPanel, has_settings

LED = led()


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[HostPanel]:
    made = HostPanel(now=lambda: 0.0)
    qtbot.addWidget(made)
    made.resize(360, 640)
    made.show_meeting(LED)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def test_it_shows_what_holds(panel: HostPanel) -> None:
    assert [access for access, button in panel.access.items() if button.isChecked()] == [Access.TRUSTED]
    assert {source: box.isChecked() for source, box in panel.sources.items()} == {
        Source.MICROPHONE: True,
        Source.CAMERA: True,
        Source.SCREEN: False,
    }
    assert panel.mutes.isChecked()


def test_a_switch_asks_for_one_change_and_shows_it_at_once(panel: HostPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.intent) as said:
        panel.sources[Source.SCREEN].click()
    wanted = replace(RULES, member_sources=RULES.member_sources | {Source.SCREEN, Source.SCREEN_AUDIO})
    assert said.args == [AskServer(SetRules(wanted))]
    assert panel.sources[Source.SCREEN].isChecked()
    assert panel.state.text() == "Asking the server…"
    panel.show_meeting(replace(LED, room=replace(LED.room, rules=wanted)))
    assert panel.state.text() == ""


def test_a_second_change_builds_on_the_first(panel: HostPanel, qtbot: QtBot) -> None:
    panel.mutes.click()
    with qtbot.waitSignal(panel.intent) as said:
        panel.access[Access.RESTRICTED].click()
    assert said.args == [AskServer(SetRules(replace(RULES, everyone_mutes=False, access=Access.RESTRICTED)))]


def test_what_the_server_refuses_goes_back(panel: HostPanel) -> None:
    panel.sources[Source.CAMERA].click()
    assert not panel.sources[Source.CAMERA].isChecked()
    panel.show_meeting(with_toast(LED, "problem", Problem(ProblemCode.REQUEST_REFUSED)))
    assert panel.sources[Source.CAMERA].isChecked()
    assert "did not change" in panel.state.text()


def test_choosing_what_holds_already_asks_for_nothing(panel: HostPanel, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(panel.intent):
        panel.access[Access.TRUSTED].click()


def test_while_nothing_is_known_nothing_can_be_changed(panel: HostPanel) -> None:
    panel.show_meeting(replace(LED, room=Room()))
    assert not panel.mutes.isEnabled()
    assert "not said yet" in panel.state.text()
    panel.show_meeting(replace(LED, room=Room(rules=Rules())))
    assert not any(button.isChecked() for button in panel.access.values())


def test_a_server_without_rules_shows_what_else_it_has(panel: HostPanel) -> None:
    panel.show_meeting(replace(LED, capabilities=Capability.RECORD))
    assert not panel.mutes.isVisible()
    assert panel.recording.isVisible()
    panel.show_meeting(replace(LED, capabilities=Capability.RULES))
    assert panel.recording.isHidden()


def test_it_is_for_those_who_lead_where_there_is_anything_to_decide() -> None:
    assert has_settings(LED)
    assert has_settings(replace(LED, capabilities=Capability.TRANSCRIBE))
    assert not has_settings(replace(LED, capabilities=Capability.CHAT))
    member = replace(LED.participants[0], role=Role.MEMBER)
    assert not has_settings(replace(LED, participants=(member, *LED.participants[1:])))
    assert not has_settings(Meeting())


def test_the_keyboard_starts_at_who_may_enter(panel: HostPanel) -> None:
    panel.take_focus()
    assert panel.focusWidget() is panel.access[Access.TRUSTED]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("height_px", [376, 640])
def test_everything_fits(qtbot: QtBot, language: str, height_px: int) -> None:
    set_language(language)
    try:
        panel = HostPanel()
        qtbot.addWidget(panel)
        panel.resize(360, height_px)
        with qtbot.waitExposed(panel):
            panel.show()
        everything = replace(LED, capabilities=LED.capabilities | Capability.LOCK | Capability.CLEAR_CHAT)
        panel.show_meeting(recorded(everything, RecordingKind.SCREEN, RecordingState.STARTED))
        panel.clear.click()
        qtbot.wait(10)
        assert not [*cut_texts(panel), *overlaps(panel), *nameless(panel), *outside(panel)]
    finally:
        set_language(None)


def test_a_lock_is_offered_where_there_is_one_and_goes_back_where_it_is_refused(panel: HostPanel, qtbot: QtBot) -> None:
    assert not panel.lock.isVisible()
    locking = replace(LED, capabilities=Capability.LOCK, room=Room(rules=Rules(locked=False)))
    panel.show_meeting(locking)
    assert has_settings(locking)
    assert (panel.lock.isVisible(), panel.mutes.isVisible(), panel.lock.isChecked()) == (True, False, False)
    with qtbot.waitSignal(panel.intent) as said:
        panel.lock.click()
    assert said.args == [AskServer(SetLock(locked=True))]
    assert panel.state.text() == "Asking the server…"
    panel.show_meeting(replace(locking, room=Room(rules=Rules(locked=True))))
    assert (panel.lock.isChecked(), panel.state.text()) == (True, "")
    panel.lock.click()
    panel.show_meeting(with_toast(panel._meeting, "problem", Problem(ProblemCode.REQUEST_REFUSED)))
    assert panel.lock.isChecked()


def test_the_chat_is_cleared_once_asked_where_the_server_does_that(panel: HostPanel, qtbot: QtBot) -> None:
    assert not panel.clear.isVisible()
    empty = replace(LED, capabilities=Capability.CLEAR_CHAT, chat=())
    panel.show_meeting(empty)
    assert has_settings(empty)
    assert (panel.clear.isVisible(), panel.clear.isEnabled()) == (True, False)
    written = replace(empty, chat=(ChatMessage("1", "p1", "Amina", "hello", 5.0),))
    panel.show_meeting(written)
    with qtbot.assertNotEmitted(panel.intent):
        panel.clear.click()
    assert panel.ask_clear.isVisible()
    with qtbot.waitSignal(panel.intent) as said:
        panel.ask_clear.yes.click()
    assert said.args == [AskServer(ClearChat())]
    panel.clear.click()
    panel.show_meeting(empty)
    assert panel.ask_clear.isHidden()
