"""The virtual machine's parts that need no machine; tests/end2end/test_kernel_devices.py starts one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tools import machine
from tools.shell import SetUpError

TABLE = """kernel/a/snd-aloop.ko: kernel/b/snd-pcm.ko kernel/b/snd.ko
kernel/b/snd-pcm.ko: kernel/b/snd.ko
kernel/b/snd.ko:
kernel/c/lonely.ko.xz:
"""


def test_each_module_comes_behind_those_it_needs() -> None:
    needed = machine.needs(TABLE)
    sound = ("kernel/b/snd.ko", "kernel/b/snd-pcm.ko", "kernel/a/snd-aloop.ko")
    assert machine.closure(needed, ["snd-aloop", "snd_pcm"]) == sound
    assert machine.closure(needed, ["lonely"]) == ("kernel/c/lonely.ko.xz",)
    with pytest.raises(SetUpError, match="vivid"):
        machine.closure(needed, ["vivid"])


def test_the_archive_is_one_that_others_read(tmp_path: Path) -> None:
    cpio = shutil.which("cpio")
    packed = machine.archive({"init": b"#!/busybox sh\n", "odd": b"abc", "none": b""})
    assert packed.count(b"070701") == 4
    assert len(packed) % 4 == 0
    if cpio is None:
        return
    subprocess.run([cpio, "-i", "--quiet"], input=packed, cwd=tmp_path, check=True)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "init": b"#!/busybox sh\n",
        "odd": b"abc",
        "none": b"",
    }


def test_one_that_hangs_is_ended_and_what_it_said_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "echo so far; exec sleep 600")
    assert machine.run_inside(["true"], longest_s=2) == (machine.NEVER_ENDED, "so far\n")


def test_its_status_is_the_programs_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, r"printf 'one\r\nmachine: ended 7\r\n[ 1.0] Power down\r\n'")
    assert machine.run_inside(["true"]) == (7, "one\nmachine: ended 7\n[ 1.0] Power down\n")
    stand_in(tmp_path, monkeypatch, "echo Kernel panic; exit 1")
    assert machine.run_inside(["true"]) == (machine.NEVER_BEGUN, "Kernel panic\n")


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    program = folder / "qemu"
    program.write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(machine, "_QEMU", str(program))
    monkeypatch.setattr(machine, "FOLDER", folder)
