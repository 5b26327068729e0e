from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import DEVICES, opened, ready
from tests.helpers.fitting import cut_texts, nameless, out_of_tab_order, overlaps
from tests.helpers.windows import click
from visio_desktop.meeting.intents import ChooseRinger, ListenToMyself, SetSound, UseHeadsetButtons
from visio_desktop.meeting.state import Meeting, Page, Playback
from visio_desktop.meeting.values import HeadsetState, Problem, ProblemCode, SoundWishes
from visio_desktop.system.texts import set_language
from visio_desktop.ui.dialogs import sound
from visio_desktop.ui.dialogs.sound import SoundDialog

IN_ROOM = ready(page=Page.ROOM, microphone=opened("Mic"))


@pytest.fixture(autouse=True)
def extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "has_strong_noise", lambda: True)


def shown(qtbot: QtBot, meeting: Meeting = IN_ROOM) -> tuple[SoundDialog, list[object]]:
    dialog, asked = SoundDialog(lambda: -20.0), list[object]()
    dialog.intent.connect(asked.append)
    qtbot.addWidget(dialog)
    dialog.show_meeting(meeting)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog, asked


def test_each_switch_asks_for_one_thing_more_or_less(qtbot: QtBot) -> None:
    dialog, asked = shown(qtbot)
    states = {field: switch.isChecked() for field, switch in dialog.switches.items()}
    assert states == {"echo": True, "noise": True, "strong": False, "gain": False, "original": False}
    for switch in dialog.switches.values():
        switch.click()
        dialog.show_meeting(IN_ROOM)
    wishes = [{"echo": False}, {"noise": False}, {"strong": True}, {"gain": True}, {"original": True}]
    assert asked == [SetSound(SoundWishes(**each)) for each in wishes]


def test_strong_noise_suppression_takes_the_place_of_the_usual(qtbot: QtBot) -> None:
    dialog, _ = shown(qtbot, replace(IN_ROOM, sound=SoundWishes(strong=True)))
    assert [f for f, switch in dialog.switches.items() if not switch.isEnabled()] == ["noise"]


def test_what_is_not_installed_is_not_offered(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "has_strong_noise", lambda: False)
    dialog, _ = shown(qtbot)
    assert list(dialog.switches) == ["echo", "noise", "gain", "original"]


def test_with_original_sound_nothing_else_counts(qtbot: QtBot) -> None:
    dialog, _ = shown(qtbot, replace(IN_ROOM, sound=SoundWishes(original=True)))
    assert [f for f, switch in dialog.switches.items() if switch.isEnabled()] == ["original"]


def test_what_the_organisation_has_decided_cannot_be_chosen(qtbot: QtBot) -> None:
    dialog, _ = shown(qtbot, replace(IN_ROOM, locked=frozenset({"noise_suppression", "ringer"})))
    assert [f for f, switch in dialog.switches.items() if not switch.isEnabled()] == ["noise"]
    assert not dialog.ringer.isEnabled()


def test_what_becomes_of_a_headsets_buttons_is_said_and_chosen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog, asked = shown(qtbot, replace(IN_ROOM, headset_buttons=True))
    dialog.headset.click()
    assert asked == [UseHeadsetButtons(on=False)]
    assert "leaves" in dialog.headset_note.text()
    used = replace(IN_ROOM, headset_buttons=True, headset=HeadsetState("Jabra"))
    dialog.show_meeting(used)
    assert dialog.headset_note.text().startswith("Jabra: its mute button mutes")
    dialog.show_meeting(replace(used, headset=HeadsetState("Jabra", refused=True)))
    assert "udev" in dialog.headset_note.text()
    monkeypatch.setattr(sys, "platform", "win32")
    dialog.show_meeting(used)
    assert dialog.headset_note.text() == "Only on Linux so far."


def test_the_ringer_is_any_loudspeaker_or_the_same(qtbot: QtBot) -> None:
    dialog, asked = shown(qtbot)
    ringer = dialog.ringer
    assert [ringer.itemData(i) for i in range(ringer.count())] == ["same", "spk0"]
    ringer.setCurrentIndex(1)
    ringer.activated.emit(1)
    assert asked == [ChooseRinger("spk0")]
    dialog.show_meeting(replace(IN_ROOM, ringer="gone", devices=DEVICES))
    assert ringer.currentData() == "gone"


def test_one_listens_to_oneself_once_at_a_time(qtbot: QtBot) -> None:
    dialog, asked = shown(qtbot)
    click(dialog.listen)
    assert asked == [ListenToMyself()]
    for playback, text in ((Playback.RECORDING, "Speak now…"), (Playback.PLAYING, "Listen…")):
        dialog.show_meeting(replace(IN_ROOM, playback=playback))
        assert (dialog.listen.text(), dialog.listen.isEnabled()) == (text, False)
    assert dialog.level.isVisible()


def test_what_is_wrong_with_the_microphone_is_said_here_too(qtbot: QtBot) -> None:
    silent = replace(IN_ROOM.microphone, problem=Problem(ProblemCode.MICROPHONE_SILENT, "Mic"))
    dialog, _ = shown(qtbot, replace(IN_ROOM, microphone=silent))
    assert dialog.problem.isVisible()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_everything_fits_and_has_a_name(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        dialog, _ = shown(qtbot)
        for fault in (cut_texts, overlaps, nameless, out_of_tab_order):
            assert fault(dialog) == []
    finally:
        set_language("en")
