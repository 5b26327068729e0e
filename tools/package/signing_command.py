"""`./dev sign FILE...`: the step of whoever hands packages out, with their own keys, apart from building them.

    ./dev sign dist/windows --certificate ours.pem --key ours.key --timestamp-url URL    (before the installer is made)
    ./dev sign dist/*.msi --certificate ours.pem --key ours.key --timestamp-url URL
    ./dev sign dist/*.deb dist/*.rpm --openpgp KEY
    ./dev sign dist/*.AppImage dist/*.zip --minisign minisign.key
    ./dev sign --verify dist/* --roots roots.pem --openpgp-file public.asc --minisign-file minisign.pub

A passphrase comes from `--passphrase-file FILE`, `--passphrase-file -` (standard input) or VISIO_SIGNING_PASSPHRASE.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.package.signing import Keys, SigningError, Trust, files, sign, verify
from tools.shell import say

VARIABLE: Final = "VISIO_SIGNING_PASSPHRASE"
_LONGEST: Final = 4_096


def main(arguments: Sequence[str]) -> int:
    """Sign, or look at signatures; raises `SigningError`."""
    chosen = _parser().parse_args(arguments)
    wanted = files(chosen.files)
    if chosen.verify:
        return _verify(wanted, Trust(chosen.roots, chosen.timestamp_roots, chosen.openpgp_file, chosen.minisign_file))
    keys = Keys(
        chosen.certificate,
        chosen.key,
        chosen.pkcs11_module,
        chosen.timestamp_url,
        chosen.openpgp,
        chosen.minisign,
        passphrase(chosen.passphrase_file, os.environ.get(VARIABLE, "")),
    )
    for path in wanted:
        say(f"signed: {sign(path, keys).name}")
    return 0


def passphrase(file: str, variable: str) -> bytes:
    """The first line of the file ("-": of standard input), else the variable's. Raises `SigningError`."""
    if not file:
        return variable.encode()
    try:
        text = sys.stdin.buffer.readline(_LONGEST) if file == "-" else Path(file).read_bytes()[:_LONGEST]
    except OSError as error:
        raise SigningError(f"the passphrase cannot be read: {error.strerror}") from error
    return text.split(b"\n", 1)[0].rstrip(b"\r")


def _verify(wanted: Sequence[Path], trust: Trust) -> int:
    failed = 0
    for path in wanted:
        try:
            verify(path, trust)
        except SigningError as error:
            say(f"NOT signed: {error}")
            failed += 1
        else:
            say(f"signed: {path.name}")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./dev sign", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="of a folder, its unsigned programs")
    parser.add_argument("--certificate", type=Path, metavar="PEM", help="for Windows: yours, then those up to a root")
    parser.add_argument("--key", default="", metavar="PEM|URI", help="its key: a file, or pkcs11:...")
    parser.add_argument("--pkcs11-module", type=Path, metavar="FILE", help="the library of the token or HSM")
    parser.add_argument("--timestamp-url", default="", metavar="URL", help="a time stamping authority (RFC 3161)")
    parser.add_argument("--openpgp", default="", metavar="KEY", help="for .deb and .rpm: a key of gpg's keyring")
    parser.add_argument("--minisign", type=Path, metavar="FILE", help="for the rest: a secret key")
    parser.add_argument("--passphrase-file", default="", metavar="FILE|-", help=f"else the variable {VARIABLE}")
    parser.add_argument("--verify", action="store_true", help="look at signatures instead; with the three below")
    parser.add_argument("--roots", type=Path, metavar="PEM", help="certificates that signers' must lead to")
    parser.add_argument("--timestamp-roots", type=Path, metavar="PEM", help="those of time stamps; asks for one")
    parser.add_argument("--openpgp-file", type=Path, metavar="FILE", help="the public key")
    parser.add_argument("--minisign-file", type=Path, metavar="FILE", help="the public key")
    return parser
