from __future__ import annotations

import subprocess
import sys

import pytest

import visio_desktop.rtc as package
from visio_desktop.rtc.options import IceServer, PeerOptions


def test_credentials_are_not_shown() -> None:
    options = PeerOptions((IceServer(("turn:turn.example",), "ada", "hidden-word"),))
    assert "hidden-word" not in repr(options)


def test_no_server_is_asked_unless_given() -> None:
    assert PeerOptions().ice_servers == ()


@pytest.mark.parametrize("name", package.__all__)
def test_the_package_hands_out_its_names(name: str) -> None:
    assert getattr(package, name).__name__ == name


def test_other_names_are_unknown() -> None:
    with pytest.raises(AttributeError):
        getattr(package, "Nothing")  # noqa: B009 - the name is not there on purpose


def test_the_border_values_do_not_load_aiortc() -> None:
    code = "import sys, visio_desktop.rtc.frames; sys.exit(any(name.startswith('aiortc.') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
