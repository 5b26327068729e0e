"""What is installed is what is declared, pinned with hashes, from nobody's index in particular."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

from tests.helpers.sources import ROOT

FILES = sorted((ROOT / "requirements").glob("*.txt"))


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found, requirement
    return canonical(found[0])


def pins(text: str) -> dict[str, str]:
    joined = text.replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {name_of(line): line for line in lines}


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_every_pin_is_exact_and_has_hashes(file: Path) -> None:
    for line in pins(file.read_text(encoding="utf-8")).values():
        assert "==" in line
        assert "--hash=sha256:" in line
        assert "://" not in line


def test_what_is_declared_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = pins((ROOT / "requirements/runtime.txt").read_text(encoding="utf-8"))
    dev = pins((ROOT / "requirements/dev.txt").read_text(encoding="utf-8"))
    declared = project["project"]["dependencies"]
    assert {name_of(d) for d in declared} <= runtime.keys()
    assert {name_of(d) for d in chain(declared, project["dependency-groups"]["dev"])} <= dev.keys()
    for exact in (d for d in declared if "==" in d.partition(";")[0]):
        assert exact.partition("==")[2] == runtime[name_of(exact)].split("==")[1].split()[0].rstrip(";")
    assert all(runtime[name] == dev[name] for name in runtime)
