"""Signatures by throw-away keys, of each kind: made, looked at, and refused for what was changed afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.helpers.certificates import Authority
from tests.helpers.stamping import StampingAuthority, code_signer, end_agent, minisign_key, openpgp_key
from tools.package import signing_command, windows_launcher, windows_msi
from tools.package.signing import Keys, NotSigned, SigningError, Trust, files, sign, verify
from tools.package.system import need_packaging
from tools.package.windows_pe import read
from tools.system import need_programs

PASSPHRASE = b"correct horse"
SPEC = """Name: nothing
Version: 1
Release: 1
Summary: Nothing
License: MIT
BuildArch: noarch
%description
Nothing.
%files
"""


@dataclass(frozen=True)
class Signer:
    keys: Keys
    trust: Trust
    authority: StampingAuthority


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signer]:
    need_packaging()
    need_programs({"minisign": "minisign", "gpg": "gnupg", "openssl": "openssl", "osslsigncode": "osslsigncode"})
    folder = tmp_path_factory.mktemp("keys")
    authority = Authority(folder)
    certificate, key = code_signer(authority, PASSPHRASE)
    secret, public = minisign_key(folder, PASSPHRASE)
    home = folder / "gpg"
    with pytest.MonkeyPatch.context() as patch, StampingAuthority(folder, authority) as stamps:
        patch.setenv("GNUPGHOME", str(home))
        openpgp = openpgp_key(home, PASSPHRASE)
        keys = Keys(certificate, str(key), None, stamps.url, "signer@example.org", secret, PASSPHRASE)
        yield Signer(keys, Trust(authority.file, authority.file, openpgp, public), stamps)
        end_agent(home)


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One file of each kind."""
    windows_launcher.need_compiler()
    windows_msi.need_installer_tools()
    folder = tmp_path_factory.mktemp("things")
    tree = folder / "tree"
    tree.mkdir()
    source = folder / "empty.c"
    source.write_text("int start(void) { return 0; }\n")
    program = tree / windows_launcher.WINDOWED
    words = [windows_launcher.COMPILER, "-nostdlib", "-Wl,--entry=start", "-o", str(program), str(source)]
    subprocess.run(words, check=True)
    windows_msi.build(tree, folder / "visio.msi", "0.1.0")
    (folder / "root" / "DEBIAN").mkdir(parents=True)
    control = "Package: nothing\nVersion: 1\nArchitecture: all\nMaintainer: N <n@example.org>\nDescription: Nothing\n"
    (folder / "root" / "DEBIAN" / "control").write_text(control)
    deb = ["dpkg-deb", "--root-owner-group", "-b", str(folder / "root"), str(folder / "nothing.deb")]
    subprocess.run(deb, check=True, capture_output=True)
    (folder / "nothing.spec").write_text(SPEC)
    rpm = ["rpmbuild", "-bb", "--define", f"_topdir {folder}", "--define", f"_rpmdir {folder}", "nothing.spec"]
    subprocess.run(rpm, check=True, capture_output=True, cwd=folder)
    (folder / "visio.AppImage").write_bytes(os.urandom(5_000))
    return {
        "program": program,
        "installer": folder / "visio.msi",
        "deb": folder / "nothing.deb",
        "rpm": folder / "noarch" / "nothing-1-1.noarch.rpm",
        "rest": folder / "visio.AppImage",
    }


KINDS = ("program", "installer", "deb", "rpm", "rest")


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_signed_and_refused_once_it_was_changed(
    kind: str, signer: Signer, things: dict[str, Path], tmp_path: Path
) -> None:
    path = Path(shutil.copy2(things[kind], tmp_path))
    with pytest.raises(NotSigned):
        verify(path, signer.trust)
    stamped = signer.authority.stamped
    sign(path, signer.keys)
    verify(path, signer.trust)
    assert signer.authority.stamped - stamped == (kind in {"program", "installer"})

    data = bytearray(path.read_bytes())
    data[len(data) * 9 // 10 if kind == "rpm" else len(data) // 3] ^= 0xFF  # room for signatures comes first in an RPM
    path.write_bytes(data)
    with pytest.raises(NotSigned):
        verify(path, signer.trust)


@pytest.mark.parametrize("kind", KINDS)
def test_without_the_passphrase_the_file_stays_as_it_is(
    kind: str, signer: Signer, things: dict[str, Path], tmp_path: Path
) -> None:
    path = Path(shutil.copy2(things[kind], tmp_path))
    before = path.read_bytes()
    end_agent(Path(os.environ["GNUPGHOME"]))  # or it would remember
    with pytest.raises(SigningError):
        sign(path, replace(signer.keys, passphrase=b"wrong"))
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*.signing"))


def test_somebody_elses_signature_is_none(
    signer: Signer, things: dict[str, Path], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    others = Authority(tmp_path_factory.mktemp("others"))
    certificate, key = code_signer(others, PASSPHRASE)
    path = Path(shutil.copy2(things["program"], tmp_path))
    sign(path, replace(signer.keys, certificate=certificate, key=str(key)))
    with pytest.raises(NotSigned):
        verify(path, signer.trust)


def test_a_signature_without_a_time_stamp_is_not_enough(
    signer: Signer, things: dict[str, Path], tmp_path: Path
) -> None:
    path = Path(shutil.copy2(things["program"], tmp_path))
    sign(path, replace(signer.keys, timestamp_url=""))
    verify(path, replace(signer.trust, timestamp_roots=None))
    with pytest.raises(NotSigned):
        verify(path, signer.trust)


def test_the_command_signs_what_of_a_folder_nobody_has_signed(
    signer: Signer, things: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed, other = tmp_path / "signed.exe", tmp_path / "other.dll"
    shutil.copy2(things["program"], signed)
    shutil.copy2(things["program"], other)
    (tmp_path / "text.txt").write_text("no program")
    sign(signed, signer.keys)
    before = signed.read_bytes()
    assert files([tmp_path]) == [other]

    monkeypatch.setenv(signing_command.VARIABLE, PASSPHRASE.decode())
    keys = ["--certificate", str(signer.keys.certificate), "--key", signer.keys.key]
    assert signing_command.main([str(tmp_path), *keys, "--timestamp-url", signer.keys.timestamp_url]) == 0
    assert signed.read_bytes() == before
    assert read(other).is_signed
    roots = ["--roots", str(signer.trust.roots), "--timestamp-roots", str(signer.trust.timestamp_roots)]
    assert signing_command.main(["--verify", str(signed), str(other), *roots]) == 0
    other.write_bytes(other.read_bytes().replace(b"This program", b"That program"))
    assert signing_command.main(["--verify", str(signed), str(other), *roots]) == 1
