from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from visio_desktop.diagnostics.streams import Direction, StreamStatistics
from visio_desktop.system.texts import set_language
from visio_desktop.ui.widgets.stream_table import COLUMNS, DASH, StreamTable, frozen, recovered, size_of, stream_name

CAMERA = StreamStatistics(
    "p1:camera",
    Direction.RECEIVED,
    participant="Amina",
    source="camera",
    codec="vp8",
    width_px=640,
    height_px=360,
    fps=29.5,
    bitrate_bps=512_300,
    loss_fraction=0.0125,
    packets_lost=3,
    recovered_rtx=12,
    frozen_ms=1250.0,
    freeze_count=2,
    rtt_ms=41.6,
)
OURS = StreamStatistics("microphone", Direction.SENT, source="microphone", codec="opus", recovered_rtx=0)


@pytest.fixture
def table(qtbot: QtBot) -> StreamTable:
    made = StreamTable()
    made.setParent(None)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


def shown(table: StreamTable, row: int) -> dict[str, str]:
    return {key: table.figure(row, column) for column, key in enumerate(COLUMNS)}


def test_figures_are_shown_in_their_units_and_what_is_unknown_as_a_dash(table: StreamTable) -> None:
    table.show_streams((CAMERA, OURS))
    figures = shown(table, 0)
    assert figures["bitrate"] == "512 kbit/s"
    assert (figures["fps"], figures["size"], figures["codec"]) == ("29.5", "640\u00d7360", "VP8")
    assert (figures["loss"], figures["lost"], figures["rtt"]) == ("1.2 %", "3", "42 ms")
    assert figures["frozen"] == "1.2 s, 2 times"
    assert figures["concealed"] == figures["layer"] == DASH
    assert shown(table, 1)["size"] == DASH


def test_the_speed_of_a_voice_is_shown(table: StreamTable) -> None:
    table.show_streams((replace(OURS, direction=Direction.RECEIVED, speed=1.00022, stretched=2), CAMERA))
    assert [shown(table, row)["speed"] for row in range(2)] == ["100.02 %, 2 jumps", DASH]


def test_rows_and_columns_are_named(table: StreamTable) -> None:
    table.show_streams((CAMERA, OURS))
    rows = [table.headerData(row, Qt.Orientation.Vertical) for row in range(2)]
    assert rows == ["Amina: camera", "You: microphone"]
    headings = [table.headerData(column, Qt.Orientation.Horizontal) for column in range(len(COLUMNS))]
    assert headings[:3] == ["Direction", "Bitrate", "Frames/s"]
    assert not [text for text in headings if "statistics." in text]


def test_rows_come_and_go_one_by_one(table: StreamTable) -> None:
    others = [replace(CAMERA, publication_id=f"p{n}", participant=str(n)) for n in range(4)]
    resets: list[int] = []
    table.modelReset.connect(lambda: resets.append(1))
    table.show_streams(others)
    table.show_streams((others[3], replace(others[1], fps=5.0), OURS))
    assert [table.headerData(row, Qt.Orientation.Vertical) for row in range(3)] == ["1: camera", "3: camera", OURS_NAME]
    assert shown(table, 0)["fps"] == "5"
    table.show_streams(())
    assert table.rowCount() == 0
    assert resets == []


OURS_NAME = "You: microphone"


def test_everything_can_be_pasted_into_a_sheet(table: StreamTable) -> None:
    table.show_streams((CAMERA, OURS))
    lines = [line.split("\t") for line in table.text().split("\n")]
    assert [len(line) for line in lines] == [len(COLUMNS) + 1] * 3
    assert lines[1][:3] == ["Amina: camera", "received", "512 kbit/s"]


def test_layers_being_sent_are_all_listed() -> None:
    assert size_of(replace(OURS, layers=((320, 180), (640, 360)))) == "320\u00d7180, 640\u00d7360"


def test_ways_of_recovery_are_told_apart() -> None:
    assert recovered(CAMERA) == "12 sent again"
    voice = replace(CAMERA, recovered_rtx=None, recovered_red=4, recovered_fec_ms=60.0)
    assert recovered(voice) == "4 from copies, 60 ms from the next packet"
    assert recovered(replace(CAMERA, recovered_rtx=None)) is None
    assert frozen(OURS) is None


def test_streams_are_named_in_the_language() -> None:
    set_language("fr")
    try:
        assert stream_name(OURS) == "Vous\u00a0: micro"
    finally:
        set_language("en")
    assert stream_name(StreamStatistics("x", Direction.RECEIVED)) == f"{DASH}: {DASH}"
