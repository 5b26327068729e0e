from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from visio_desktop.diagnostics.crashes import Crashes
from visio_desktop.diagnostics.report import Marks, Report, SubscriptionReport
from visio_desktop.engine.support import LAST_REPORT, Support, hand_out, keep_report, last_problem
from visio_desktop.meeting.hops import Check, Hop, HopState
from visio_desktop.meeting.state import DeviceState, Meeting
from visio_desktop.meeting.values import Participant, Problem, ProblemCode
from visio_desktop.settings.store import Settings
from visio_desktop.system import paths


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "state_dir", lambda: tmp_path)
    monkeypatch.setattr(paths, "log_dir", lambda: tmp_path)
    (tmp_path / "visio-desktop.log").write_text('{"event": "Grace Hopper came"}\n', encoding="utf-8")
    return tmp_path


def test_all_that_is_known_is_gathered_and_nobody_is_named(home: Path) -> None:
    settings = Settings(home / "settings.json")
    settings.put("name", "Ada Lovelace")
    support = Support(
        settings,
        Crashes(home / "crashes"),
        lambda: [{"host": "meet.example.org", "port": 443}],
        lambda: {"subscriptions": [{"participant": "Grace Hopper"}]},
    )
    failed = Hop("tls", HopState.FAILED, "meet.example.org", problem=Problem(ProblemCode.TLS_UNTRUSTED, "Ada Lovelace"))
    meeting = Meeting(
        name="Ada Lovelace",
        joined_at_ms=1.0,
        participants=(Participant("p1", "Grace Hopper"),),
        check=Check(1, hops=(failed,), over=True),
    )
    texts = {part.name: part.text for part in support.parts({"qt": "6"}, meeting, hosts=False)}
    names = ["diagnostics.txt", "policies.txt", "report.json", "check.json", "contacts.json", "visio-desktop.log"]
    assert list(texts) == names
    assert "qt: 6" in texts["diagnostics.txt"]
    assert "tls_untrusted" in texts["check.json"]
    whole = "".join(texts.values())
    for secret in ("Grace", "Lovelace", "meet.example.org"):
        assert secret not in whole


def test_the_report_of_the_last_meeting_is_kept_without_names(home: Path) -> None:
    marks = Marks()
    keep_report(Report(marks))
    assert not (home / LAST_REPORT).exists()
    marks.mark("signalling_open")
    keep_report(Report(marks, subscriptions=[SubscriptionReport("Grace Hopper", "camera", "vp8")]))
    kept = json.loads((home / LAST_REPORT).read_text(encoding="utf-8"))
    assert kept["subscriptions"][0]["participant"] == "person-1"
    assert kept["subscriptions"][0]["codec"] == "vp8"
    bare = Support(Settings(home / "settings.json"), Crashes(home / "crashes"))
    assert "report.json" in [part.name for part in bare.parts({}, Meeting(), hosts=True)]


def test_the_command_line_hands_out_the_same(home: Path) -> None:
    said: list[str] = []
    hand_out(Settings(home / "settings.json"), None, said.append)
    assert said[0].startswith("==== diagnostics.txt\nprogram: visio-desktop")
    hand_out(Settings(home / "settings.json"), home / "logs.zip", said.append)
    with zipfile.ZipFile(home / "logs.zip") as archive:
        assert "visio-desktop.log" in archive.namelist()


def test_the_last_problem_is_that_of_the_meeting_else_of_a_device() -> None:
    lost, missing = Problem(ProblemCode.CONNECTION_LOST), Problem(ProblemCode.CAMERA_MISSING)
    both = Meeting(problem=lost, camera=DeviceState(problem=missing))
    assert last_problem(both) is lost
    assert last_problem(Meeting(camera=DeviceState(problem=missing))) is missing
    assert last_problem(Meeting()) is None
