"""A name server for a network namespace: `python -m tests.helpers.names ADDRESS NAME=ADDRESS...`

    with Names(link.a, link.b, {"meet.example.test": "10.9.0.1"}):
        ...                     # programs run in b look names up at a's address

Only the names given exist; they have IPv4 addresses alone. It ends with its input.
"""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.helpers.link import End
from tests.helpers.namespaced import started
from tests.helpers.sniffer import asked_name

_A = 1
_NO_SUCH_NAME = 3


class Names:
    """A name server at `server`, and `client` configured to ask it, as `ip netns exec` does (/etc/netns)."""

    def __init__(self, server: End, client: End, names: Mapping[str, str]) -> None:
        pairs = [f"{name}={address}" for name, address in names.items()]
        self._address = server.address
        self._server, self._arguments = server, [server.address, *pairs]
        self._folder = Path("/etc/netns") / client.namespace
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True)
        (self._folder / "resolv.conf").write_text(f"nameserver {self._address}\n", encoding="ascii")
        # Nothing but the name server is to be asked.
        (self._folder / "nsswitch.conf").write_text("hosts: files dns\n", encoding="ascii")
        self._process = started(self._server, "names", self._arguments)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.communicate("", timeout=10)
        for file in self._folder.iterdir():
            file.unlink()
        self._folder.rmdir()


def answer(query: bytes, names: Mapping[str, str]) -> bytes:
    """The answer to a query (RFC 1035)."""
    name = asked_name(query)
    end = 12 + len(name) + 2 + 4
    (kind,) = struct.unpack_from("!H", query, end - 4)
    found = names.get(name) if kind == _A else None
    status = 0x8180 if name in names else 0x8180 | _NO_SUCH_NAME
    head = query[:2] + struct.pack("!HHHHH", status, 1, 1 if found else 0, 0, 0)
    record = b"\xc0\x0c" + struct.pack("!HHIH", _A, 1, 60, 4) + socket.inet_aton(found) if found else b""
    return head + query[12:end] + record


def main() -> None:
    address, *pairs = sys.argv[1:]
    names = dict(pair.split("=") for pair in pairs)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        query, sender = server.recvfrom(512)
        server.sendto(answer(query, names), sender)


if __name__ == "__main__":
    main()
