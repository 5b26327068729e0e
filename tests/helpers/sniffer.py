"""Sees every packet that leaves a network namespace by TCP or UDP.

with Sniffer(link.b) as sniffer:
    ...
sniffer.seen       # Seen: where packets went, as (protocol, address, port), and which names were asked for

`python -m tests.helpers.sniffer` says "ready" once it looks, and what it saw as JSON once its input ends. What stays on
loopback is not looked at.
"""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from ipaddress import ip_address
from types import TracebackType
from typing import Self

from tests.helpers.link import End
from tests.helpers.namespaced import started

_ALL = 0x0003
_OUTGOING = 4
_SOL_PACKET, _STATISTICS, _BUFFER_FORCE = 263, 6, 33
_BUFFER_BYTES = 64 * 1024 * 1024
_PROTOCOLS = {6: "tcp", 17: "udp"}
_DNS = 53


@dataclass(frozen=True, slots=True)
class Seen:
    """`packets` may exceed the sum of what is told: several go to one place. `lost` were too many to look at."""

    destinations: frozenset[tuple[str, str, int]]
    names: frozenset[str]
    packets: int
    lost: int


class Sniffer:
    """One that looks until the block ends."""

    def __init__(self, end: End) -> None:
        self._end = end
        self._process: subprocess.Popen[str] | None = None
        self.seen = Seen(frozenset(), frozenset(), 0, 0)

    def __enter__(self) -> Self:
        self._process = started(self._end, "sniffer")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        told, _ = self._process.communicate("", timeout=30)
        value = json.loads(told)
        destinations = frozenset((protocol, host, port) for protocol, host, port in value["destinations"])
        self.seen = Seen(destinations, frozenset(value["names"]), value["packets"], value["lost"])


def destination(packet: bytes) -> tuple[str, str, int, bytes] | None:
    """Protocol, address and port an IP packet goes to, and what it carries; None for other than TCP and UDP."""
    version = packet[0] >> 4
    if version == 4:
        header, kind, address = (packet[0] & 15) * 4, packet[9], packet[16:20]
    elif version == 6:
        header, kind, address = 40, packet[6], packet[24:40]
    else:
        return None
    if kind not in _PROTOCOLS:
        return None
    (port,) = struct.unpack_from("!H", packet, header + 2)
    return _PROTOCOLS[kind], str(ip_address(address)), port, packet[header + 8 :]


def asked_name(query: bytes) -> str:
    """The first name a DNS query asks for (RFC 1035, section 4.1.2)."""
    labels, at = [], 12
    while at < len(query) and (length := query[at]):
        labels.append(query[at + 1 : at + 1 + length].decode("latin-1"))
        at += 1 + length
    return ".".join(labels).lower()


def _wait_for_the_end(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


def main() -> None:
    """Look until the input ends."""
    look = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL))
    look.setsockopt(socket.SOL_SOCKET, _BUFFER_FORCE, _BUFFER_BYTES)
    look.settimeout(0.1)
    over = threading.Event()
    threading.Thread(target=_wait_for_the_end, args=(over,), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    destinations: set[tuple[str, str, int]] = set()
    names: set[str] = set()
    packets = 0
    while True:
        try:
            packet, (device, _, kind, *_) = look.recvfrom(512)
        except TimeoutError:
            if over.is_set():
                break
            continue
        found = destination(packet) if kind == _OUTGOING and device != "lo" else None
        if found is not None:
            packets += 1
            destinations.add(found[:3])
            if found[2] == _DNS:
                names.add(asked_name(found[3]))
    lost = struct.unpack("II", look.getsockopt(_SOL_PACKET, _STATISTICS, 8))[1]
    told = {"destinations": sorted(destinations), "names": sorted(names), "packets": packets, "lost": lost}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
