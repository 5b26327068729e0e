"""Start-up."""

from __future__ import annotations

import dataclasses
import gc
import subprocess
import sys

import pytest

from visio_desktop import __main__, __version__, app
from visio_desktop.cli import Check, Command
from visio_desktop.system import ahead
from visio_desktop.system.ending import Ending


def test_the_command_is_carried_out_and_its_status_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[Command] = []

    def run(command: Command) -> int:
        commands.append(command)
        return 3

    monkeypatch.setattr(app, "run", run)
    begun: list[bool] = []
    monkeypatch.setattr(ahead, "begin", lambda: begun.append(True))
    monkeypatch.setattr(Ending, "arrange", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["visio-desktop", "check", "practice:"])
    try:
        assert __main__.main() == 3
    finally:
        gc.enable()
        vars(dataclasses).pop("exec", None)
    assert commands == [Check("practice:")]
    assert begun


def test_a_wrong_command_loads_nothing_heavy() -> None:
    code = (
        "import sys, visio_desktop.__main__ as m\nsys.argv = ['visio-desktop', 'join']\ntry: m.main()\n"
        "except SystemExit as e: print(e.code, sorted({'PySide6', 'av', 'cv2', 'aiortc'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == ["2", "[]"]


def test_reading_ahead_begins_before_anything_else_is_loaded() -> None:
    code = (
        "import sys\nfrom visio_desktop.system import ahead\nimport visio_desktop.__main__ as m\n"
        "before = set(sys.modules)\nahead.begin = lambda: print(*(set(sys.modules) - before), 'begun')\n"
        "print('dataclasses' in before)\nsys.argv = ['visio-desktop', '--version']\nm.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.splitlines()[:2] == ["False", "begun"]


def test_the_package_is_a_program() -> None:
    words = [sys.executable, "-m", "visio_desktop", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == ["visio-desktop", __version__]
