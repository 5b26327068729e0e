"""What is told of encoders in a graphics processor."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from visio_desktop.diagnostics.encoders import Encoders, as_value, kept_lines, lines, survey
from visio_desktop.media.hardware.candidates import Candidate, known, named
from visio_desktop.media.hardware.faults import Fault
from visio_desktop.media.hardware.kept import Kept
from visio_desktop.media.hardware.proving import Verdict
from visio_desktop.system.texts import tr

NAMES = ("h264_nvenc", "h264_qsv", "h264_amf", "h264_v4l2m2m")
ALL = tuple(candidate for name in NAMES if (candidate := named(name)) is not None)
SLOWER = Verdict("h264_qsv", Fault.SLOWER.told("4.0 ms instead of 5.0 ms"), 4.0, 5.0)
SWIFT = Verdict("h264_amf", "", 1.0, 5.0)


class Trials:
    """Stands in for the children."""

    def __init__(self, *verdicts: Verdict) -> None:
        self.verdicts = {each.name: each for each in verdicts}
        self.asked: list[str] = []

    def __call__(self, candidates: Iterable[Candidate]) -> tuple[Verdict, ...]:
        these = tuple(candidates)
        self.asked += [each.name for each in these]
        return tuple(self.verdicts[each.name] for each in these)


def states(found: Encoders) -> list[str]:
    return [each.state for each in found.findings]


def test_each_is_told_with_what_is_wrong_with_it(tmp_path: Path) -> None:
    crashed = Verdict("h264_nvenc", Fault.CRASHES.told("status -11"))
    found = survey(tmp_path, ALL, ALL[:3], Trials(crashed, SLOWER, SWIFT))
    assert states(found) == ["crashes", "slower", "used", "absent"]
    assert lines(found) == [
        tr("encoders.used", name="h264_amf"),
        f"✗ h264_nvenc: {tr('encoders.is_crashes')}; status -11",
        f"✗ h264_qsv: {tr('encoders.is_slower')}; {tr('encoders.cost', percent=80)}",
        f"✓ h264_amf: {tr('encoders.is_used')}; {tr('encoders.cost', percent=20)}",
        tr("encoders.absent", names="h264_v4l2m2m"),
    ]
    value = json.loads(json.dumps(as_value(found), allow_nan=False))
    assert (value["allowed"], value["used"]) == (True, "h264_amf")
    assert value["tried"][0] == {
        "name": "h264_nvenc",
        "codec": "h264",
        "state": "crashes",
        "detail": "status -11",
        "share": None,
        "hardware_ms": None,
        "software_ms": None,
    }
    assert [each["share"] for each in value["tried"]] == [None, 0.8, 0.2, None]


def test_what_came_of_it_is_what_meetings_use(tmp_path: Path) -> None:
    both = Trials(Verdict("h264_nvenc", "", 2.0, 5.0), SWIFT)
    found = survey(tmp_path, ALL, (ALL[0], ALL[2]), both)
    assert states(found) == ["used", "absent", "spare", "absent"], "the first that does it, as in a meeting"
    best = Kept(tmp_path).best()
    assert best is not None
    assert best.candidate.name == found.used == "h264_nvenc"
    best.failed("hangs")
    again = Trials(SWIFT)
    found = survey(tmp_path, ALL, (ALL[0], ALL[2]), again)
    assert again.asked == ["h264_amf"], "it did well in its trial before"
    assert states(found) == ["failed", "absent", "used", "absent"]
    assert kept_lines(tmp_path) == [
        "encoder h264_nvenc: failed: in a meeting, hangs",
        "encoder h264_amf: works, share 0.2",
    ]


def test_where_none_is_to_be_used_none_is_tried() -> None:
    trials = Trials()
    found = survey(None, ALL, ALL[:1], trials)
    assert trials.asked == []
    assert states(found) == ["untried", "absent", "absent", "absent"]
    assert lines(found)[0] == tr("encoders.switched_off")
    assert as_value(found)["allowed"] is False
    assert kept_lines(None) == ["encoders: switched off"]


def test_without_a_device_nothing_is_tried_nor_kept(tmp_path: Path) -> None:
    found = survey(tmp_path, ALL, (), Trials())
    assert found.used is None
    assert lines(found) == [tr("encoders.none"), tr("encoders.absent", names=", ".join(NAMES))]
    assert kept_lines(tmp_path) == ["encoders: not tried yet"]


def test_every_state_has_its_words() -> None:
    for state in ("used", "spare", "untried", *(each.value for each in Fault)):
        assert tr(f"encoders.is_{state}") != f"encoders.is_{state}"


@pytest.mark.parametrize("said", ["\x1b[2J\x07", "\x9b2J", "\u202eabc"])
def test_what_a_driver_says_commands_no_terminal(tmp_path: Path, said: str) -> None:
    found = survey(tmp_path, ALL, ALL[:1], Trials(Verdict("h264_nvenc", Fault.CLOSED.told(said))))
    told = "".join([*lines(found), *kept_lines(tmp_path), as_value(found)["tried"][0]["detail"]])
    assert not set(told) & set("\x1b\x07\x9b\u202e")


def test_this_machine_can_be_asked(tmp_path: Path) -> None:
    found = survey(tmp_path, present=())
    assert [each.candidate for each in found.findings] == list(known())
