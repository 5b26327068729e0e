from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.helpers.headsets import NUMBERED, in_sysfs
from visio_desktop.media.headset import HeadsetGone, HeadsetRefused
from visio_desktop.media.headset.descriptors import parse
from visio_desktop.media.headset.hidraw import Found, find_headsets, open_headset


def test_headsets_are_found_by_their_descriptors_and_nothing_else_is(tmp_path: Path) -> None:
    in_sysfs(tmp_path, "hidraw0", bytes.fromhex("05 01 09 06 A1 01 C0"), "Keyboard")
    in_sysfs(tmp_path, "hidraw1", NUMBERED, "Jabra\x07 Evolve  2 " + "x" * 200)
    in_sysfs(tmp_path, "hidraw2", bytes(9_000), "Broken")
    (tmp_path / "hidraw3").mkdir()
    (found,) = find_headsets(tmp_path, Path("/dev"))
    assert found == Found("/dev/hidraw1", ("Jabra Evolve 2 " + "x" * 200)[:80], parse(NUMBERED))


def test_nowhere_else_is_anything_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_headsets(tmp_path / "none") == ()
    in_sysfs(tmp_path, "hidraw1", NUMBERED, "Jabra")
    monkeypatch.setattr(sys, "platform", "win32")
    assert find_headsets(tmp_path) == ()


def test_what_may_not_be_opened_is_told_from_what_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HeadsetGone):
        open_headset(str(tmp_path / "hidraw9"))
    device = tmp_path / "hidraw1"
    device.touch()
    file = open_headset(str(device))
    assert not os.get_blocking(file)
    os.close(file)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "no")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(HeadsetRefused):
        open_headset(str(device))
