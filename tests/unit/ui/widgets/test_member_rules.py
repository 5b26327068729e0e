from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.rooms import EVERY_SOURCE, Rules
from visio_desktop.meeting.values import Source
from visio_desktop.ui.widgets.member_rules import SWITCHES, MemberRules


def made(qtbot: QtBot, rules: Rules) -> tuple[MemberRules, list[Rules]]:
    switches = MemberRules(rules, "tea")
    qtbot.addWidget(switches)
    wished: list[Rules] = []
    switches.changed.connect(wished.append)
    return switches, wished


@pytest.mark.parametrize("source", list(SWITCHES))
def test_a_switch_takes_a_source_away_and_gives_it_back(qtbot: QtBot, source: Source) -> None:
    switches, wished = made(qtbot, Rules())
    switches.sources[source].click()
    switches.sources[source].click()
    assert [rules.member_sources for rules in wished] == [EVERY_SOURCE - SWITCHES[source], EVERY_SOURCE]


def test_muting_others_is_a_switch_too(qtbot: QtBot) -> None:
    switches, wished = made(qtbot, Rules(member_sources=frozenset({Source.MICROPHONE})))
    assert [box.isChecked() for box in switches.sources.values()] == [True, False, False]
    switches.mutes.click()
    assert wished == [Rules(member_sources=frozenset({Source.MICROPHONE}), everyone_mutes=False)]
    switches.show_rules(Rules())
    assert switches.mutes.isChecked()
    assert len(wished) == 1


def test_screen_readers_hear_what_the_switches_are_of(qtbot: QtBot) -> None:
    switches, _ = made(qtbot, Rules())
    assert all(box.accessibleName().startswith("tea: ") for box in (*switches.sources.values(), switches.mutes))
