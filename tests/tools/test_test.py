"""A run beside another one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.test import beside


def test_what_it_says_comes_at_the_end_and_its_status_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = "import os, sys; print('built', os.nice(0)); sys.exit(3)"
    with beside([sys.executable, "-c", program], cwd=tmp_path) as ran:
        sys.stdout.write("the others\n")
    assert ran.status == 3
    assert capsys.readouterr().out == "the others\nbuilt 10\n"


def test_one_that_hangs_is_given_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with beside([sys.executable, "-c", "import time; time.sleep(600)"], cwd=tmp_path, longest_s=0.5) as ran:
        pass
    assert ran.status != 0
    assert "given up" in capsys.readouterr().err
