"""Signatures of packages: made and looked at with the keys of whoever hands them out, by the tool each kind has.

    .exe .dll .pyd .msi   Authenticode, with a time stamp of RFC 3161 (`osslsigncode`)
    .rpm                  inside of it, OpenPGP (`rpmsign`)
    .deb                  beside it as `.asc`, OpenPGP (`gpg`): apt itself looks at the signature of the repository
    everything else       beside it as `.minisig` (`minisign`)

A key's passphrase never stands on a command line: it is handed over in memory.

SigningError
 +-- NotSigned   a signature is missing, made by others, or the file is not what was signed
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tools.package.base import PRODUCT
from tools.package.windows_pe import SUFFIXES, programs, unsigned
from tools.shell import SetUpError
from tools.system import need_programs

_PROGRAMS: Final = {
    "authenticode": {"osslsigncode": "osslsigncode"},
    "rpm": {"rpmsign": "rpm", "rpmkeys": "rpm", "gpg": "gnupg"},
    "openpgp": {"gpg": "gnupg"},
    "minisign": {"minisign": "minisign"},
}
_SAID: Final = 400
_SIGNED: Final = "Signature verification: ok"
_STAMPED: Final = "Timestamp Server Signature verification: ok"


type _Words = list[str | Path]


class SigningError(SetUpError):
    """A signature could not be made; the message says why."""


class NotSigned(SigningError):  # noqa: N818 - reads as what it is
    """A signature does not hold."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Whose signature: files and names of keys, of those kinds that are to be signed."""

    certificate: Path | None = None
    """PEM, the signer's own first, then those between it and a root."""

    key: str = ""
    """The certificate's key: a PEM file, or a URI of PKCS#11."""

    pkcs11_module: Path | None = None
    timestamp_url: str = ""
    openpgp: str = ""
    """Fingerprint or address of a key in the keyring of `GNUPGHOME`."""

    minisign: Path | None = None
    passphrase: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Trust:
    """By what signatures are looked at: certificates of roots, public keys."""

    roots: Path | None = None
    timestamp_roots: Path | None = None
    openpgp: Path | None = None
    minisign: Path | None = None


def kind(path: Path) -> str:
    """How this file is signed."""
    match path.suffix.lower():
        case ".msi":
            return "authenticode"
        case suffix if suffix in SUFFIXES:
            return "authenticode"
        case ".rpm":
            return "rpm"
        case ".deb":
            return "openpgp"
        case _:
            return "minisign"


def files(paths: Sequence[Path]) -> list[Path]:
    """The files to sign: of a folder, those programs in it that nobody has signed yet."""
    return [file for path in paths for file in (unsigned(programs(path)) if path.is_dir() else [path])]


def sign(path: Path, keys: Keys) -> Path:
    """Sign a file; answers where the signature is. The file is replaced in one step. Raises `SigningError`."""
    need_programs(_PROGRAMS[kind(path)])
    match kind(path):
        case "authenticode":
            return _authenticode(path, keys)
        case "rpm":
            return _rpm(path, keys)
        case "openpgp":
            return _openpgp(path, keys)
        case _:
            return _minisign(path, keys)


def verify(path: Path, trust: Trust) -> None:
    """Raises `NotSigned` where the file does not bear the signature of who is trusted, `SigningError` without those."""
    need_programs(_PROGRAMS[kind(path)])
    match kind(path):
        case "authenticode":
            roots, stamps = _given(trust.roots, "certificates of roots"), trust.timestamp_roots
            more: _Words = ["-TSA-CAfile", stamps] if stamps else []
            needs = _STAMPED if stamps else _SIGNED
            _hold(["osslsigncode", "verify", "-CAfile", roots, *more, "-in", path], path, needs=needs)
        case "rpm":
            _verify_rpm(path, _given(trust.openpgp, "a public OpenPGP key"))
        case "openpgp":
            _verify_openpgp(path, _given(trust.openpgp, "a public OpenPGP key"))
        case _:
            public = _given(trust.minisign, "a public minisign key")
            _hold(["minisign", "-V", "-q", "-p", public, "-m", path], path)


def _authenticode(path: Path, keys: Keys) -> Path:
    certificate = _given(keys.certificate, "a certificate")
    token: _Words = ["-pkcs11module", keys.pkcs11_module] if keys.pkcs11_module else []
    stamp = ["-ts", keys.timestamp_url] if keys.timestamp_url else []
    msi = ["-add-msi-dse"] if path.suffix.lower() == ".msi" else []
    with _in_place_of(path) as part, secret(keys.passphrase) as word:
        key: _Words = [*token, "-certs", certificate, "-key", keys.key, *(["-readpass", word] if word else [])]
        about = ["-h", "sha256", "-n", PRODUCT.name, *stamp, *msi]
        _make(["osslsigncode", "sign", *key, *about, "-in", path, "-out", part], path)
    return path


def _rpm(path: Path, keys: Keys) -> Path:
    name = _named(keys)
    with _in_place_of(path) as part, secret(keys.passphrase) as word:
        shutil.copy2(path, part)
        extra = f"--batch --pinentry-mode loopback {f'--passphrase-file {word}' if word else ''}"
        wanted = (f"_gpg_name {name}", f"_gpg_sign_cmd_extra_args {extra}", f"__gpg {shutil.which('gpg')}")
        macros = [word for macro in wanted for word in ("--define", macro)]
        _make(["rpmsign", "--addsign", *macros, part], path)
    return path


@contextmanager
def _in_place_of(path: Path) -> Iterator[Path]:
    """Where to write what takes a file's place, once it is whole."""
    part = path.with_name(f"{path.name}.signing")
    part.unlink(missing_ok=True)
    try:
        yield part
        shutil.copymode(path, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _openpgp(path: Path, keys: Keys) -> Path:
    beside = path.with_name(f"{path.name}.asc")
    with secret(keys.passphrase) as word:
        batch = ["--batch", "--yes", "--pinentry-mode", "loopback", *(["--passphrase-file", word] if word else [])]
        made: _Words = ["--armor", "--detach-sign", "--local-user", _named(keys), "--output", beside, path]
        _make(["gpg", *batch, *made], path)
    return beside


def _minisign(path: Path, keys: Keys) -> Path:
    beside = path.with_name(f"{path.name}.minisig")
    sign_it: _Words = ["minisign", "-S", "-s", _given(keys.minisign, "a minisign key"), "-m", path, "-x", beside]
    _make([*sign_it, "-t", path.name], path, keys.passphrase + b"\n")
    return beside


def _verify_rpm(path: Path, public: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        own: _Words = ["rpmkeys", "--dbpath", folder]
        _make([*own, "--import", public], path)
        _hold([*own, "--checksig", "--define", "_pkgverify_level signature", path], path, needs="signatures OK")


def _verify_openpgp(path: Path, public: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        keyring = Path(folder) / "keys.gpg"
        own: _Words = ["gpg", "--homedir", folder, "--batch", "--no-default-keyring", "--keyring", keyring]
        _make([*own, "--import", public], path)
        _hold([*own, "--trust-model", "always", "--verify", path.with_name(f"{path.name}.asc"), path], path)


@contextmanager
def secret(word: bytes) -> Iterator[str]:
    """The name of a file in memory that holds the word, and that only this person can read; none without a word."""
    if not word:
        yield ""
        return
    descriptor = os.memfd_create("passphrase")
    try:
        os.write(descriptor, word)
        yield f"/proc/{os.getpid()}/fd/{descriptor}"
    finally:
        os.close(descriptor)


def _make(command: Sequence[str | Path], path: Path, words: bytes = b"") -> None:
    done = subprocess.run(command, check=False, capture_output=True, input=words)
    if done.returncode != 0:
        said = (done.stderr + done.stdout).decode(errors="replace").strip()[-_SAID:]
        raise SigningError(f"{command[0]} could not sign {path.name}: {said}")


def _hold(command: Sequence[str | Path], path: Path, *, needs: str = "") -> None:
    done = subprocess.run(command, check=False, capture_output=True, stdin=subprocess.DEVNULL)
    said = (done.stdout + done.stderr).decode(errors="replace").strip()
    if done.returncode != 0 or needs not in said:
        raise NotSigned(f"{path.name}: the signature does not hold: {said[-_SAID:]}")


def _given[Value](value: Value | None, what: str) -> Value:
    if value is None:
        raise SigningError(f"{what} is needed for that")
    return value


def _named(keys: Keys) -> str:
    if not keys.openpgp:
        raise SigningError("the name of an OpenPGP key is needed for that")
    return keys.openpgp
