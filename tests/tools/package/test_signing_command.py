from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tools.package.signing import SigningError
from tools.package.signing_command import passphrase


def test_a_passphrase_comes_from_file_input_or_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "word"
    file.write_bytes("pässword \r\nmore\n".encode())
    assert passphrase(str(file), "other") == "pässword ".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"typed\nmore\n")))
    assert passphrase("-", "other") == b"typed"
    assert passphrase("", "other") == b"other"
    assert passphrase("", "") == b""


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SigningError, match="cannot be read"):
        passphrase(str(tmp_path / "none"), "other")
