from __future__ import annotations

import os
import sys

import pytest

from visio_desktop.login import __main__ as main
from visio_desktop.login.wire import Failed, Failure, decode


def test_root_is_refused_as_the_engine_gives_it_no_sandbox(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.delenv(main.UNSANDBOXED, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "umask", lambda _: 0)
    assert main.main() == 1
    assert decode(capfdbinary.readouterr().out) == Failed(Failure.NO_SANDBOX)


def test_without_a_web_engine_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "umask", lambda _: 0)
    monkeypatch.setitem(sys.modules, "visio_desktop.login.program", None)
    monkeypatch.setenv(main.FLAGS, "--theirs")
    assert main.main() == 1
    assert os.environ[main.FLAGS] == f"--theirs {main.INSIDE_THE_PROXY}"
    assert decode(capfdbinary.readouterr().out) == Failed(Failure.NO_ENGINE)
