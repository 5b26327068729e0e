"""What lies in this very installation passes; what is missing or wrong fails its own check alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from visio_desktop import __version__
from visio_desktop.diagnostics import selftest
from visio_desktop.diagnostics.selftest import Broken, Outcome, parts, run, tried


@pytest.mark.parametrize("name", parts())
def test_everything_here_is_whole(name: str) -> None:
    outcome = tried(name, parts()[name])
    assert outcome.passed, outcome
    assert outcome.detail


def _missing() -> str:
    raise ImportError("no codec")


def _wrong() -> str:
    raise Broken("off by 90")


def test_what_fails_is_said_and_the_rest_is_tried_all_the_same() -> None:
    said: list[str] = []
    assert run({"a": _missing, "b": _wrong, "c": lambda: "fine"}, said.append, as_json=False) == selftest.FAILED
    assert [line[0] for line in said] == ["✗", "✗", "✓"]
    assert "no codec" in said[0]
    assert "off by 90" in said[1]
    assert said[2].endswith(": fine")


def test_as_json() -> None:
    said: list[str] = []
    assert run({"c": lambda: "fine"}, said.append, as_json=True) == selftest.PASSED
    checks = [{"name": "c", "passed": True, "detail": "fine"}]
    assert [json.loads(text) for text in said] == [{"version": __version__, "checks": checks, "passed": True}]


def test_texts_of_one_language_only_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for language, text in (("en", '{"a": "A", "b": "B"}'), ("fr", '{"a": "A"}')):
        folder = tmp_path / "translations" / language
        folder.mkdir(parents=True)
        (folder / "page.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr(selftest, "resources", lambda: tmp_path)
    assert tried("texts", selftest.texts) == Outcome("texts", passed=False, detail="Broken: texts are missing")
    assert tried("resources", selftest.lying_there).detail == "Broken: nothing of icons/*.svg"
