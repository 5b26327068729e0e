"""What a trial's child says; whole trials are in `test_proving`."""

from __future__ import annotations

import json

import pytest

from visio_desktop.media.errors import CodecError
from visio_desktop.media.hardware import probe


@pytest.fixture(autouse=True)
def stay_as_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.nice", lambda _low: 0, raising=False)


def test_one_line_says_what_came_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert probe.main(["nonsense"]) == 0
    assert "unknown" in json.loads(capsys.readouterr().out)["problem"]
    assert probe.main([]) == 0
    assert json.loads(capsys.readouterr().out)["problem"]


def test_an_encoder_without_its_device_is_a_problem_and_no_crash(capsys: pytest.CaptureFixture[str]) -> None:
    def refused(*_: object) -> None:
        raise CodecError("h264_qsv", "no device")

    assert probe.main(["h264_qsv"], opened=refused) == 0  # type: ignore[arg-type] # never answers
    told = json.loads(capsys.readouterr().out)
    assert told["problem"].startswith("closed: ")
    assert "no device" in told["problem"]
    assert "hardware_ms" not in told
    assert probe.find("h264_qsv").name == "h264_qsv"
    with pytest.raises(CodecError):
        probe.find("x")
