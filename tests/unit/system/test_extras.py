from __future__ import annotations

import sys

import pytest

from visio_desktop.system import extras


def test_an_extra_is_found_without_being_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(sys.modules)
    monkeypatch.setattr(extras, "STRONG_NOISE", "this")
    assert extras.has_strong_noise()
    assert "this" not in set(sys.modules) - before


def test_what_is_not_installed_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "STRONG_NOISE", "no_such_package")
    assert not extras.has_strong_noise()
