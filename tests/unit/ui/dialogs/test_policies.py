from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.helpers.fitting import cut_texts, nameless, overlaps
from tests.helpers.windows import click
from visio_desktop.settings.listing import listed
from visio_desktop.settings.policies import NO_POLICIES, Found, Ignored, Policies, Why, given, resolve
from visio_desktop.system.texts import set_language, tr
from visio_desktop.ui.dialogs.policies import PoliciesDialog

POLICIES = resolve(
    (
        Found(
            (
                given("ProxyMode", "none", "/etc/visio-desktop/policies.json"),
                given("RelayOnly", "<b>perhaps</b>", "/etc/visio-desktop/policies.d/20-network.json"),
                given("Nonsense", 1, "/etc/visio-desktop/policies.json"),
            ),
            (Ignored("/etc/visio-desktop/policies.d/90.json", "", Why.UNTRUSTED),),
        ),
    )
)


def shown(qtbot: QtBot, policies: Policies) -> PoliciesDialog:
    dialog = PoliciesDialog(policies)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def test_everything_in_force_and_passed_over_is_read_out_with_its_source(qtbot: QtBot) -> None:
    dialog = shown(qtbot, POLICIES)
    said = [line.accessibleName() for line in dialog.lines]
    assert len(said) == 5
    for word in ("ProxyMode", "RelayOnly", "Nonsense", "90.json", "20-network.json"):
        assert any(word in line for line in said)
    assert any("<b>perhaps</b>" in line.text() for line in dialog.lines), "nothing in a file is markup"


def test_it_can_be_copied_for_support(qtbot: QtBot) -> None:
    dialog = shown(qtbot, POLICIES)
    click(dialog.copy)
    assert QGuiApplication.clipboard().text() == "\n".join(listed(POLICIES))


def test_where_nothing_is_decided_that_is_said(qtbot: QtBot) -> None:
    dialog = shown(qtbot, NO_POLICIES)
    assert [line.text() for line in dialog.lines] == [tr("policies.none")]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_cut(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        dialog = shown(qtbot, POLICIES)
        for fault in (cut_texts, overlaps, nameless):
            assert fault(dialog) == []
    finally:
        set_language("en")
