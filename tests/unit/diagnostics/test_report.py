from __future__ import annotations

import json
from pathlib import Path

from visio_desktop.diagnostics.report import (
    MARKS,
    LayerReport,
    Marks,
    PublicationReport,
    Reconnect,
    Report,
    SubscriptionReport,
    process_start_epoch_ms,
)
from visio_desktop.system.clock import epoch_ms


def marks() -> Marks:
    """A process that started at epoch 1,000,000 ms, 500 ms ago; the monotonic clock shows 9,000 ms."""
    return Marks(1_000_000.0, clock=lambda: 9_000.0, now=lambda: 1_000_500.0)


def test_marks_count_from_process_start_and_only_once() -> None:
    kept = marks()
    kept.mark("window_shown")
    kept.mark("window_shown", 99_000.0)
    kept.mark("join_clicked", 9_250.0)
    assert kept.get("window_shown") == 500.0
    assert kept.get("join_clicked") == 750.0
    assert kept.get("signalling_open") is None


def test_the_start_of_this_process_lies_in_the_near_past() -> None:
    age_ms = epoch_ms() - process_start_epoch_ms()
    assert 0 <= age_ms < 3_600_000


def test_a_report_of_nothing_has_every_field() -> None:
    value = Report(marks()).as_dict()
    assert {name: value[name] for name in MARKS} == dict.fromkeys(MARKS)
    assert value["process_start_epoch"] == 1_000_000.0
    assert value["path"] == {"protocol": "", "candidate": "", "proxy": ""}
    assert isinstance(value["cpu_seconds"], float)
    assert isinstance(value["rss_peak_bytes"], int)
    assert value["rss_peak_bytes"] > 1_000_000
    assert value["errors"] == value["reconnects"] == value["publications"] == value["subscriptions"] == []


def test_a_full_report_is_written_in_one_step(tmp_path: Path) -> None:
    report = Report(marks(), path={"protocol": "udp", "candidate": "host"}, errors=["host_unknown"])
    report.reconnects.append(Reconnect(1200.0, "connection_lost", 340.0))
    report.publications.append(PublicationReport("camera", "vp8", (LayerReport(1280, 720, 30.0, 1_500_000),), 2))
    report.subscriptions.append(SubscriptionReport("ada", "camera", "vp8", 640, 360, 300, 299, 0.0, 0))
    report.ui_timer_late_p99_ms = 4.5
    report.write(tmp_path / "report.json")
    value = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert value["publications"][0]["layers"] == [{"width": 1280, "height": 720, "fps": 30.0, "bitrate_bps": 1_500_000}]
    assert value["subscriptions"][0]["frames_painted"] == 299
    assert value["subscriptions"][0]["av_skew_ms"] is None
    assert value["reconnects"] == [{"at": 1200.0, "cause": "connection_lost", "media_gap_ms": 340.0}]
    assert [f.name for f in tmp_path.iterdir()] == ["report.json"]
