from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine
from tests.helpers.fitting import cut_texts, nameless, overlaps
from tests.helpers.windows import click, press
from visio_desktop.diagnostics.streams import Direction, StreamStatistics
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Participant, Publication, Source
from visio_desktop.system.texts import set_language
from visio_desktop.ui.dialogs import watching
from visio_desktop.ui.dialogs.statistics import StatisticsDialog, way_text
from visio_desktop.ui.widgets.stream_table import COLUMNS, DASH

UNKNOWN = StreamStatistics("p9:camera", Direction.RECEIVED)
CAMERA = StreamStatistics("p1:camera", Direction.RECEIVED, participant="Amina", source="camera", bitrate_bps=512_000)


def shown(qtbot: QtBot, engine: FakeEngine) -> StatisticsDialog:
    dialog = StatisticsDialog(engine)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def test_it_looks_again_and_again_while_it_is_seen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "EVERY_MS", 5)
    engine = FakeEngine()
    dialog = shown(qtbot, engine)
    engine.inside = (CAMERA,)
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 1)
    dialog.close()
    looked = engine.looked
    qtbot.wait(30)
    assert engine.looked == looked


def test_encryption_is_told_for_each_stream(qtbot: QtBot) -> None:
    engine = FakeEngine()
    engine.inside = (CAMERA, replace(CAMERA, publication_id="camera", direction=Direction.SENT), UNKNOWN)
    dialog = shown(qtbot, engine)
    me = Participant("me", "Odile", True, (Publication("mine", "me", Source.CAMERA, encrypted=True),))
    amina = Participant("p1", "Amina", publications=(Publication("p1:camera", "p1", Source.CAMERA, encrypted=False),))
    dialog.show_meeting(Meeting(page=Page.ROOM, participants=(me, amina)))
    dialog.look()
    column = tuple(COLUMNS).index("encrypted")
    assert [dialog.table.figure(row, column) for row in range(3)] == ["no", "yes", DASH]


def test_all_can_be_copied(qtbot: QtBot) -> None:
    engine = FakeEngine()
    engine.inside = (CAMERA,)
    dialog = shown(qtbot, engine)
    click(dialog.copy)
    lines = QGuiApplication.clipboard().text().splitlines()
    way = "Media goes over UDP, directly, through your router (srflx)."
    assert lines[0] == f"{way} It is thought to carry 2345 kbit/s of what you send."
    assert lines[2].startswith("Amina: camera\treceived\t512 kbit/s")
    assert dialog.copy.text() == "Copied"


def test_the_keyboard_reaches_the_table_and_leaves_it(qtbot: QtBot) -> None:
    engine = FakeEngine()
    engine.inside = (CAMERA,)
    dialog = shown(qtbot, engine)
    dialog.view.setFocus()
    assert dialog.view.hasFocus()
    press(dialog.view, Qt.Key.Key_Tab)
    assert dialog.copy.hasFocus()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ({}, "No media goes yet."),
        ({"protocol": "tcp", "candidate": "relay"}, "Media goes over TCP, through a relay (relay)."),
        ({"protocol": "udp", "candidate": "odd"}, "Media goes over UDP, odd."),
        (
            {"protocol": "tls", "candidate": "relay", "proxy": "proxy.example.org:3128"},
            "Media goes over TLS, through a relay (relay). Through the proxy proxy.example.org:3128.",
        ),
    ],
)
def test_the_way_is_told_in_words(path: dict[str, str], said: str) -> None:
    assert way_text(path) == said


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_cut(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        engine = FakeEngine()
        engine.inside = (CAMERA,)
        dialog = shown(qtbot, engine)
        assert not cut_texts(dialog)
        assert not overlaps(dialog)
        assert not nameless(dialog)
    finally:
        set_language("en")
