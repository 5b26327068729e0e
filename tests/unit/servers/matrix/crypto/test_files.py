"""Files of the profile: whole, private, and forgiving of a disk that is not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from visio_desktop.servers.matrix.crypto.files import KeyFiles


async def test_what_was_kept_is_there_for_its_owner_alone(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path / "keys" / "one")
    assert await files.load("device") == ""
    await files.save("device", "first")
    await files.save("device", "second")
    assert await files.load("device") == "second"
    [file] = (tmp_path / "keys" / "one").iterdir()
    if sys.platform != "win32":
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("broken", [b"\xff\xfe", None])
async def test_what_cannot_be_read_or_written_is_as_if_it_were_not_there(tmp_path: Path, broken: bytes | None) -> None:
    file = tmp_path / "device.keys"
    if broken is None:
        file.mkdir()
    else:
        file.write_bytes(broken)
    assert await KeyFiles(tmp_path).load("device") == ""
    nowhere = tmp_path / "file"
    nowhere.write_text("x")
    await KeyFiles(nowhere).save("device", "kept")
    assert await KeyFiles(nowhere).load("device") == ""


async def test_files_of_devices_long_unused_make_room(tmp_path: Path) -> None:
    files = KeyFiles(tmp_path)
    for number in range(45):
        await files.save(f"{number:02}-device", "kept")
        os.utime(tmp_path / f"{number:02}-device.keys", ns=(number, number))
    assert len(os.listdir(tmp_path)) == 40  # noqa: PTH208 - nothing else happens on this loop
    assert await files.load("44-device") == "kept"
    assert await files.load("00-device") == ""
