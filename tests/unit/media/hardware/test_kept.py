"""What came of trials, remembered."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.media.hardware.kept import FILE, Kept, fingerprint
from visio_desktop.media.hardware.proving import Verdict

HELD = Verdict("h264_nvenc", "", 1.0, 4.0)
NOT_HELD = Verdict("h264_qsv", "hangs")


def test_it_holds_for_this_machine_and_driver(tmp_path: Path) -> None:
    machine = ["one"]
    kept = Kept(tmp_path, lambda: machine[0])
    assert kept.verdicts() is None
    assert kept.best() is None
    kept.keep([NOT_HELD, HELD])
    assert kept.verdicts() == (NOT_HELD, HELD)
    best = kept.best()
    assert best is not None
    assert best.candidate.name == "h264_nvenc"
    machine[0] = "a new driver"
    assert kept.verdicts() is None, "tried anew"


def test_what_failed_in_a_meeting_is_used_no_more(tmp_path: Path) -> None:
    kept = Kept(tmp_path, lambda: "one")
    kept.keep([HELD])
    best = kept.best()
    assert best is not None
    best.failed("hangs")
    best.failed("again")
    assert not best.is_good
    assert kept.best() is None
    assert kept.verdicts() == (Verdict("h264_nvenc", "failed: in a meeting, hangs"),)


def test_the_next_one_is_used_where_the_best_failed(tmp_path: Path) -> None:
    kept = Kept(tmp_path, lambda: "one")
    kept.keep([HELD, NOT_HELD, Verdict("h264_amf", "", 2.0, 4.0)])
    best = kept.best()
    assert best is not None
    best.failed("device lost")
    spare = kept.best()
    assert spare is not None
    assert spare.candidate.name == "h264_amf"


def test_a_name_nobody_knows_is_no_encoder(tmp_path: Path) -> None:
    kept = Kept(tmp_path, lambda: "one")
    kept.keep([Verdict("../../evil", "", 1.0, 9.0)])
    assert kept.best() is None


@given(st.binary(max_size=300))
def test_whatever_the_file_says_nothing_is_raised(said: bytes) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / FILE).write_bytes(said)
        assert Kept(Path(folder), lambda: "one").verdicts() is None


def test_where_it_cannot_be_written_it_is_tried_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "missing", lambda: "one")
    kept.keep([HELD])
    assert kept.verdicts() is None


def test_the_machine_is_known_by_its_devices_and_drivers(tmp_path: Path) -> None:
    before = fingerprint(tmp_path)
    assert before == fingerprint(tmp_path)
    device = tmp_path / "dev" / "dri" / "renderD128"
    device.parent.mkdir(parents=True)
    device.touch()
    with_device = fingerprint(tmp_path)
    assert with_device != before
    driver = tmp_path / "sys" / "module" / "nvidia" / "version"
    driver.parent.mkdir(parents=True)
    driver.write_text("550.1", encoding="utf-8")
    first = fingerprint(tmp_path)
    driver.write_text("560.2", encoding="utf-8")
    assert len({before, with_device, first, fingerprint(tmp_path)}) == 4
