"""A real Kerberos realm of this machine alone: MIT's key distribution centre, a person with a ticket, and a service.

with Realm() as realm:
    realm.environment            # for whoever is to have the person's ticket
    realm.acceptor()             # the service's side, by Debian's own GSS-API binding for Python
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.helpers.needs import free_port, need

NAME, SERVICE_HOST, REALM = "ada", "localhost", "EXAMPLE.TEST"
_PASSWORD = "a-persons-secret"
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_PROGRAMS = ("krb5kdc", "kadmin.local", "kdb5_util", "kinit")
_PYTHON = "/usr/bin/python3"
_ACCEPT = """
import base64, sys, gssapi
for line in sys.stdin:
    context = gssapi.SecurityContext(usage="accept")
    try:
        answer = context.step(base64.b64decode(line)) or b""
        told = str(context.initiator_name) if context.complete else "more"
    except gssapi.exceptions.GSSError as error:
        answer, told = b"", "refused"
    print(told, base64.b64encode(answer).decode(), flush=True)
"""


class Acceptor:
    """Says who a token's sender is."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [_PYTHON, "-c", _ACCEPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def judge(self, token: bytes) -> tuple[str, bytes]:
        """The sender's name ("refused" for rubbish) and what to answer. Blocking."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(base64.b64encode(token).decode() + "\n")
        self._process.stdin.flush()
        told, _, answer = self._process.stdout.readline().strip().partition(" ")
        return told, base64.b64decode(answer)

    def close(self) -> None:
        """End it."""
        self._process.communicate("", timeout=5)


class Realm:
    """One realm in a folder of its own."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="realm-")
        self._path = Path(self._folder.name)
        self._port = free_port()
        self._centre: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """With these variables the person's ticket is found."""
        return {
            "KRB5_CONFIG": str(self._path / "krb5.conf"),
            "KRB5CCNAME": f"FILE:{self._path / 'tickets'}",
        }

    def acceptor(self) -> Acceptor:
        """The service's side."""
        return Acceptor({**os.environ, **self.environment, "KRB5_KTNAME": str(self._path / "service.keytab")})

    def __enter__(self) -> Self:
        need(all(shutil.which(program, path=_PATH) for program in _PROGRAMS), "MIT Kerberos")
        there = subprocess.run([_PYTHON, "-c", "import gssapi"], check=False, capture_output=True).returncode == 0
        need(there, "python3-gssapi")
        try:
            self._begin()
        except BaseException:
            self._end()
            raise
        return self

    def _begin(self) -> None:
        self._configure()
        self._run("kdb5_util", "create", "-s", "-P", "master", "-r", REALM)
        self._run("kadmin.local", "-q", f"addprinc -pw {_PASSWORD} {NAME}")
        self._run("kadmin.local", "-q", f"addprinc -randkey HTTP/{SERVICE_HOST}")
        self._run("kadmin.local", "-q", f"ktadd -k {self._path / 'service.keytab'} HTTP/{SERVICE_HOST}")
        self._centre = subprocess.Popen(
            ["krb5kdc", "-n"], env=self._everything, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._wait_until_it_listens()
        self._run("kinit", NAME, said=_PASSWORD + "\n")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        if self._centre is not None:
            self._centre.terminate()
            self._centre.wait(5)
        self._folder.cleanup()

    @property
    def _everything(self) -> dict[str, str]:
        profile = {"KRB5_KDC_PROFILE": str(self._path / "kdc.conf"), "PATH": _PATH}
        return {**os.environ, **self.environment, **profile}

    def _run(self, *command: str, said: str = "") -> None:
        done = subprocess.run(command, check=False, env=self._everything, input=said, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr}")

    def _configure(self) -> None:
        (self._path / "krb5.conf").write_text(
            f"[libdefaults]\n default_realm = {REALM}\n dns_lookup_kdc = false\n rdns = false\n"
            " dns_canonicalize_hostname = false\n"
            f"[realms]\n {REALM} = {{\n  kdc = 127.0.0.1:{self._port}\n }}\n"
            f"[domain_realm]\n {SERVICE_HOST} = {REALM}\n"
            f"[logging]\n kdc = FILE:{self._path / 'kdc.log'}\n",
            encoding="utf-8",
        )
        (self._path / "kdc.conf").write_text(
            f"[kdcdefaults]\n kdc_listen = 127.0.0.1:{self._port}\n kdc_tcp_listen = 127.0.0.1:{self._port}\n"
            f"[realms]\n {REALM} = {{\n  database_name = {self._path / 'principal'}\n"
            f"  key_stash_file = {self._path / 'stash'}\n  acl_file = {self._path / 'acl'}\n }}\n",
            encoding="utf-8",
        )

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self._port), timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("the key distribution centre does not listen")
