from __future__ import annotations

import argparse
import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench import page, results
from bench.results import INTERRUPTED, add_options, guarded, reported


@dataclass(frozen=True, slots=True)
class Figure:
    value: float


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return parser.parse_args(words)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "quality.md").write_text("# Page\n", encoding="utf-8")
    monkeypatch.setattr(results, "ARTIFACTS", tmp_path)
    monkeypatch.setattr(page.write_section, "__defaults__", (tmp_path / "quality.md",))
    return tmp_path


def test_figures_are_kept_shown_and_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reported("test", [Figure(1.5)], lambda found: [f"{len(found)} figure"], arguments()) == 0
    assert capsys.readouterr().out == "1 figure\n"
    assert json.loads((folder / "bench-test.json").read_text(encoding="utf-8")) == [{"value": 1.5}]
    assert "<!-- test -->\n\n1 figure\n\n<!-- /test -->" in (folder / "quality.md").read_text(encoding="utf-8")


def test_the_page_may_stay_as_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reported("test", [Figure(1.5)], lambda _: ["figure"], arguments("--json", "--no-page")) == 0
    assert json.loads(capsys.readouterr().out) == [{"value": 1.5}]
    assert (folder / "quality.md").read_text(encoding="utf-8") == "# Page\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_unwinds(number: signal.Signals) -> None:
    unwound = []

    def main() -> int:
        try:
            os.kill(os.getpid(), number)
            signal.pause()
        finally:
            unwound.append(True)
        return 0

    before = signal.getsignal(signal.SIGTERM)
    try:
        assert guarded(main) == INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, before)
    assert unwound == [True]
