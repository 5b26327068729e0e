"""The connection ledger: whom this program talked to, what for, and how much. Kept in memory, told to nobody.

A line is a host, a port and a purpose, never an address with a path, a name of a person, or a secret. What opens
connections notes them here: `dial` everything over TCP (HTTP and WebSockets among it), `metering` UDP. Bytes are those
the program wrote and read, without what TLS and the packets' headers add. A connection through a proxy is a line of its
own, which says `via`; its bytes are counted in the proxy's line too.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Final

from visio_desktop.system.clock import Clock, epoch_ms

MOST_LINES: Final = 1_000
MOST_ADDRESSES: Final = 16
ELSEWHERE: Final = "*"
"""The host of the one line in which everything is counted that comes after too many others."""
_LONGEST_HOST: Final = 255
_NO_HOST = re.compile(r"[^A-Za-z0-9.:_%-]")


class Purpose(Enum):
    """What a connection is for."""

    SIGNALLING = "signalling"
    SERVER = "server"
    ACCOUNT = "account"
    LOGIN = "login"
    MEDIA = "media"
    RELAY = "relay"
    STUN = "stun"
    PROXY = "proxy"
    PAC = "pac"
    UPDATES = "updates"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Contact:
    """One line. Times are epoch milliseconds; `addresses` are those the name led to, or was tried at."""

    host: str
    port: int
    protocol: str
    purpose: Purpose
    via: str
    addresses: tuple[str, ...]
    connections: int
    sent_bytes: int
    received_bytes: int
    first_ms: float
    last_ms: float


class Tally:
    """The counters of one line; written by the one thread that has the connection."""

    __slots__ = ("_addresses", "_clock", "connections", "first_ms", "last_ms", "received_bytes", "sent_bytes")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._addresses: dict[str, None] = {}
        self.connections = self.sent_bytes = self.received_bytes = 0
        self.first_ms = self.last_ms = clock()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it led to."""
        return tuple(self._addresses.copy())

    def led_to(self, addresses: Iterable[str]) -> None:
        """It is tried, or goes, there."""
        for address in addresses:
            if len(self._addresses) < MOST_ADDRESSES:
                self._addresses.setdefault(address)

    def opened(self) -> None:
        """One more connection."""
        self.connections += 1
        self.last_ms = self._clock()

    def sent(self, count: int) -> None:
        """So many bytes went out."""
        self.sent_bytes += count
        self.last_ms = self._clock()

    def received(self, count: int) -> None:
        """So many bytes came in."""
        self.received_bytes += count
        self.last_ms = self._clock()


class Ledger:
    """All lines of one run; any thread may ask and note."""

    def __init__(self, clock: Clock = epoch_ms) -> None:
        self._clock = clock
        self._lines: dict[tuple[str, int, str, Purpose, str], Tally] = {}
        self._lock = threading.Lock()

    def note(self, host: str, port: int, protocol: str, purpose: Purpose, via: str = "") -> Tally:
        """A connection there is about to be opened, or a packet about to be sent: the line that counts it."""
        key = (_cleaned(host), port, protocol, purpose, _without_scheme(via))
        with self._lock:
            if key not in self._lines and len(self._lines) >= MOST_LINES:
                key = (ELSEWHERE, 0, protocol, purpose, "")
            tally = self._lines.get(key)
            if tally is None:
                tally = self._lines[key] = Tally(self._clock)
        tally.opened()
        return tally

    def contacts(self) -> tuple[Contact, ...]:
        """All lines, in the order in which they began."""
        with self._lock:
            lines = list(self._lines.items())
        return tuple(
            Contact(
                *key,
                addresses=line.addresses,
                connections=line.connections,
                sent_bytes=line.sent_bytes,
                received_bytes=line.received_bytes,
                first_ms=line.first_ms,
                last_ms=line.last_ms,
            )
            for key, line in lines
        )

    def write(self, path: Path) -> None:
        """Write a file of all lines. Raises `OSError`."""
        path.write_text(as_text(self.contacts(), path), encoding="utf-8")


def as_values(contacts: Iterable[Contact]) -> list[dict[str, Any]]:
    """The lines as JSON values."""
    return [{**asdict(contact), "purpose": contact.purpose.value} for contact in contacts]


def as_json(contacts: Iterable[Contact]) -> str:
    """A file of the lines: `{"contacts": [...]}`."""
    return json.dumps({"contacts": as_values(contacts)}, indent=2) + "\n"


def as_csv(contacts: Iterable[Contact]) -> str:
    """A file of the lines for a spreadsheet, with names above; addresses stand beside each other in one field."""
    import csv  # noqa: PLC0415 - the ledger is there from the start, its files are not
    import io  # noqa: PLC0415

    written = io.StringIO()
    table = csv.writer(written, lineterminator="\n")
    table.writerow(Contact.__slots__)
    for values in as_values(contacts):
        table.writerow({**values, "addresses": " ".join(values["addresses"])}.values())
    return written.getvalue()


def as_text(contacts: Iterable[Contact], path: Path) -> str:
    """The text of a file: JSON where its name ends so, else CSV."""
    return as_json(contacts) if path.suffix.lower() == ".json" else as_csv(contacts)


def _cleaned(host: str) -> str:
    """Servers name hosts too: what no host's name holds is not shown, nor what a spreadsheet would take for more."""
    return _NO_HOST.sub("?", host[:_LONGEST_HOST]).lstrip("-")


def _without_scheme(via: str) -> str:
    return _cleaned(via.rpartition("://")[2])
