from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools.package.signing import Keys, SigningError, Trust, kind, secret, sign, verify


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("a.msi", "authenticode"),
        ("A.EXE", "authenticode"),
        ("b.pyd", "authenticode"),
        ("c.rpm", "rpm"),
        ("c.deb", "openpgp"),
        ("d.AppImage", "minisign"),
        ("sbom.json", "minisign"),
    ],
)
def test_each_kind_is_signed_by_its_own_tool(name: str, by: str) -> None:
    assert kind(Path(name)) == by


def test_a_passphrase_is_read_by_programs_and_shown_nowhere() -> None:
    assert "hunter2" not in repr(Keys(passphrase=b"hunter2"))
    with secret(b"hunter2") as name:
        read = [sys.executable, "-c", f"print(open({name!r}).read())"]
        assert subprocess.run(read, check=True, capture_output=True, text=True).stdout == "hunter2\n"
        assert "hunter2" not in name
    assert not Path(name).exists()
    with secret(b"") as name:
        assert name == ""


def test_without_keys_it_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.package.signing.need_programs", lambda programs: None)
    for name, what in (
        ("a.msi", "a certificate"),
        ("a.deb", "OpenPGP key"),
        ("a.rpm", "OpenPGP key"),
        ("a", "minisign"),
    ):
        path = tmp_path / name
        path.write_bytes(b"content")
        with pytest.raises(SigningError, match=what):
            sign(path, Keys())
        assert path.read_bytes() == b"content"
        with pytest.raises(SigningError, match="is needed"):
            verify(path, Trust())
