"""Packages without their `__init__`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from visio_desktop.system.lean import without_init


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """`stout.inner`: its `__init__` loads `heavy`; `light` asks the package for its sibling `small`."""
    inner = tmp_path / "stout" / "inner"
    inner.mkdir(parents=True)
    (inner.parent / "__init__.py").write_text("")
    (inner / "__init__.py").write_text("from .heavy import WEIGHT\n__all__ = ['WEIGHT']\n")
    (inner / "heavy.py").write_text("from .small import NAME\nWEIGHT = 100\n")
    (inner / "small.py").write_text("NAME = 'small'\n")
    (inner / "light.py").write_text("from . import small\nNAME = small.NAME\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield "stout.inner"
    for name in [name for name in sys.modules if name.startswith("stout")]:
        del sys.modules[name]


def test_one_module_is_loaded_without_the_others(package: str) -> None:
    assert without_init(package)
    assert import_module(f"{package}.light").NAME == "small"
    assert f"{package}.heavy" not in sys.modules


def test_what_only_the_init_gives_is_still_there(package: str) -> None:
    without_init(package)
    found = import_module(package)
    assert found.WEIGHT == 100
    assert found.small.NAME == "small"
    with pytest.raises(AttributeError, match="nothing"):
        _ = found.nothing
    assert not hasattr(found, "__wrapped__")


def test_the_parent_knows_it(package: str) -> None:
    without_init(package)
    assert import_module("stout").inner is sys.modules[package]


def test_what_is_loaded_or_missing_is_left_alone(package: str) -> None:
    whole = import_module(package)
    assert not without_init(package)
    assert sys.modules[package] is whole
    assert not without_init("stout.inner.small")
    assert not without_init("not_installed_anywhere")
