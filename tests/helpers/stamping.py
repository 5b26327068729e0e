"""A time stamping authority on this machine (RFC 3161 over HTTP), and keys for each kind of signature."""

from __future__ import annotations

import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.helpers.certificates import Authority

_CONFIGURATION = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_cert = {certificate}
signer_key = {key}
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


class StampingAuthority:
    """Stamps what it is asked for, with `openssl ts`; used with `with`."""

    def __init__(self, folder: Path, authority: Authority) -> None:
        certificate, key = authority.issue("stamps.example", use=ExtendedKeyUsageOID.TIME_STAMPING)
        self._configuration = folder / "stamps.cnf"
        self._configuration.write_text(_CONFIGURATION.format(folder=folder, certificate=certificate, key=key))
        (folder / "serial").write_text("01\n")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(folder / "query"))
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self.stamped = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self, query: Path) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
                reply = outer.reply(query)
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def log_message(self, *words: object) -> None:
                """Nothing."""

        return Handler

    def reply(self, query: Path) -> bytes:
        """The answer to a query of RFC 3161."""
        reply = Path(f"{query}.tsr")
        words: list[str | Path] = ["openssl", "ts", "-reply", "-config", self._configuration, "-queryfile", query]
        subprocess.run([*words, "-out", reply], check=True, capture_output=True)
        self.stamped += 1
        return reply.read_bytes()


def code_signer(authority: Authority, passphrase: bytes) -> tuple[Path, Path]:
    """Certificate and key, locked by a passphrase, of somebody who signs programs."""
    certificate, key = authority.issue("Somebody who signs", use=ExtendedKeyUsageOID.CODE_SIGNING)
    plain = serialization.load_pem_private_key(key.read_bytes(), None)
    locked = serialization.BestAvailableEncryption(passphrase)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    key.write_bytes(plain.private_bytes(*form, locked))
    return certificate, key


def openpgp_key(home: Path, passphrase: bytes) -> Path:
    """A key of `signer@example.org` in the keyring of this folder; answers the file of its public half."""
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--pinentry-mode", "loopback", "--passphrase-fd", "0"]
    make = [*gpg, "--quick-generate-key", "signer@example.org", "rsa2048", "sign", "never"]
    subprocess.run(make, check=True, capture_output=True, input=passphrase)
    public = home / "public.asc"
    export = ["gpg", "--homedir", str(home), "--armor", "--output", str(public), "--export", "signer@example.org"]
    subprocess.run(export, check=True, capture_output=True)
    return public


def end_agent(home: Path) -> None:
    """End the program that gpg leaves behind."""
    subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False, capture_output=True, env=os.environ)


def minisign_key(folder: Path, passphrase: bytes) -> tuple[Path, Path]:
    """Secret and public key."""
    secret, public = folder / "minisign.key", folder / "minisign.pub"
    words: list[str | Path] = ["minisign", "-G", "-s", secret, "-p", public]
    subprocess.run(words, check=True, capture_output=True, input=passphrase + b"\n" + passphrase + b"\n")
    return secret, public
