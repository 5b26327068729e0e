"""Devices of a real kernel: one virtual machine has headsets, cameras and sound cards, and runs the tests of them."""

from __future__ import annotations

import re
import sys

import pytest

from tests.helpers.needs import need
from tools import machine

# Those that are the same for a stand-in and for the kernel's own, and those that only a kernel can have.
WITH_KERNEL = ("tests/unit/media/headset/test_listener.py", "tests/unit/engine/test_headsets.py")
ONLY_KERNEL = ("tests/devices",)
LONGEST_S = 400
_PYTEST = (
    "-m",
    "pytest",
    "-q",
    "-p",
    "no:cacheprovider",
    "-k",
    "not MadeHeadset",
    "-o",
    "timeout=200",
    "--durations=5",
)


@pytest.mark.timeout(2 * LONGEST_S)
def test_headsets_cameras_and_sound_cards_of_a_kernel() -> None:
    need(machine.is_there(), "a virtual machine")
    command = [sys.executable, *_PYTEST, *WITH_KERNEL, *ONLY_KERNEL]
    status, said = machine.run_inside(command, env={"CI": "true", "NO_COLOR": "1"}, longest_s=LONGEST_S)
    assert status == 0, said
    assert re.search(r"^\d+ passed", said, re.MULTILINE), said
    assert "skipped" not in said, said
