"""When hardware encoders are tried, and which is used."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path

import pytest

from visio_desktop.engine.hardware import QUIET_LOOKS, HardwareCare, hardware_folder, load_share
from visio_desktop.media.hardware.kept import Kept
from visio_desktop.media.hardware.proving import Verdict
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.settings.policies import Active, Policies
from visio_desktop.settings.schema import Value, setting
from visio_desktop.settings.store import Settings

IN_A_MEETING = Meeting(page=Page.ROOM, camera_on=True)
HELD = Verdict("h264_nvenc", "", 1.0, 4.0)


class Bench:
    def __init__(self, folder: Path | None) -> None:
        self.begun: list[Coroutine[object, object, None]] = []
        self.load = 0.1
        self.trials = 0
        self.care = HardwareCare(
            lambda: folder, lambda _name, work: self.begun.append(work), lambda: self.load, self.prove
        )

    def prove(self) -> tuple[Verdict, ...]:
        self.trials += 1
        return (HELD,)

    def look(self, meeting: Meeting = IN_A_MEETING, times: int = QUIET_LOOKS) -> None:
        for _ in range(times):
            self.care.look(meeting)


def test_it_waits_for_a_meeting_with_a_camera_and_a_machine_at_rest(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.look(Meeting(page=Page.PREJOIN, camera_on=True))
    bench.look(Meeting(page=Page.ROOM))
    bench.load = 0.9
    bench.look()
    bench.load = 0.1
    bench.look(times=QUIET_LOOKS - 1)
    assert bench.begun == []
    assert bench.care.best() is None
    bench.look(times=1)
    (work,) = bench.begun
    asyncio.run(work)
    bench.look()
    assert (len(bench.begun), bench.trials) == (1, 1)
    best = bench.care.best()
    assert best is not None
    assert best.candidate.name == "h264_nvenc"
    best.failed("hangs")
    assert bench.care.best() is None


def test_what_is_known_is_not_tried_again(tmp_path: Path) -> None:
    Kept(tmp_path).keep([HELD])
    bench = Bench(tmp_path)
    assert bench.care.best() is not None
    bench.look()
    asyncio.run(bench.begun[0])
    assert bench.trials == 0


def test_switched_off_nothing_is_tried_or_used(tmp_path: Path) -> None:
    bench = Bench(None)
    bench.look()
    assert (bench.begun, bench.care.best()) == ([], None)
    assert not list(tmp_path.iterdir())


def test_an_organisation_may_rule_it_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visio_desktop.system.paths.state_dir", lambda: tmp_path)

    def folder(**decided: Value) -> Path | None:
        policies = Policies(
            {name: Active(setting(name), value, locked=True, source="test") for name, value in decided.items()}
        )
        return hardware_folder(Settings(tmp_path / "settings.json", lambda: policies))

    assert folder() == tmp_path
    assert folder(hardware_encoding=False) is None
    assert folder(video_codecs=("vp8",)) is None


def test_a_system_that_does_not_tell_its_load_counts_as_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_share() >= 0
    monkeypatch.delattr("os.getloadavg")
    assert load_share() == 0
