from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.helpers.fitting import cut_texts, nameless, overlaps
from tests.helpers.windows import click
from visio_desktop.net.ledger import Ledger, Purpose, as_csv
from visio_desktop.system.texts import set_language, tr
from visio_desktop.ui.dialogs.connections import COLUMNS, ConnectionsDialog
from visio_desktop.ui.widgets.stream_table import DASH


def filled() -> Ledger:
    ledger = Ledger()
    for purpose in Purpose:
        ledger.note("meet.example.org", 443, "tcp", purpose)
    ledger.note("2001:db8::1", 3478, "udp", Purpose.RELAY).sent(2_000_000)
    ledger.note("meet.example.org", 0, "dns", Purpose.CHECK)
    return ledger


def shown(qtbot: QtBot, ledger: Ledger) -> ConnectionsDialog:
    dialog = ConnectionsDialog(ledger.contacts)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def row(dialog: ConnectionsDialog, number: int) -> list[str]:
    items = [dialog.table.item(number, column) for column in range(len(COLUMNS))]
    return [item.text() for item in items if item is not None]


def test_every_line_is_shown_and_new_ones_come_below(qtbot: QtBot) -> None:
    ledger = filled()
    dialog = shown(qtbot, ledger)
    lines = len(ledger.contacts())
    assert dialog.table.rowCount() == lines
    assert row(dialog, 0)[:4] == ["meet.example.org:443", tr("connections.purpose_signalling"), "TCP", DASH]
    assert row(dialog, lines - 2)[0] == "[2001:db8::1]:3478"
    assert row(dialog, lines - 1)[:3] == ["meet.example.org", tr("connections.purpose_check"), "DNS"]
    sent = COLUMNS.index("sent")
    assert row(dialog, lines - 2)[sent] != row(dialog, lines - 1)[sent]
    ledger.note("other.example.org", 443, "tcp", Purpose.SIGNALLING)
    dialog.look()
    assert row(dialog, lines)[0] == "other.example.org:443"
    assert row(dialog, 0)[0] == "meet.example.org:443"


def test_it_can_be_copied_and_saved(qtbot: QtBot, tmp_path: Path) -> None:
    ledger = filled()
    dialog = shown(qtbot, ledger)
    click(dialog.copy)
    assert QGuiApplication.clipboard().text() == as_csv(ledger.contacts())
    dialog.write(tmp_path / "a.json")
    assert len(json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["contacts"]) == len(ledger.contacts())
    dialog.write(tmp_path / "nowhere" / "a.csv")
    assert dialog.said.isVisibleTo(dialog)


def test_nothing_so_far_is_said(qtbot: QtBot) -> None:
    assert shown(qtbot, Ledger()).said.text() == tr("connections.none")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_everything_has_a_name_and_room(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        dialog = shown(qtbot, filled())
        assert not nameless(dialog)
        assert not cut_texts(dialog)
        assert not overlaps(dialog)
    finally:
        set_language("en")
