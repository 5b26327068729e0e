from __future__ import annotations

import asyncio
from typing import Any

from visio_desktop.rtc.ice.framing import by_turn, with_length
from visio_desktop.rtc.ice.streams import MAX_UNSENT_BYTES, FramedTransport, StreamLine

PEER = ("10.0.0.1", 7881)


class Wire(asyncio.Transport):
    """A connection in memory; `full` as if the other side took nothing."""

    def __init__(self) -> None:
        super().__init__({"sockname": ("10.0.0.2", 4711), "socket": "a socket"})
        self.sent = b""
        self.aborted = self.full = False

    def write(self, data: Any) -> None:
        self.sent += data

    def abort(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted

    def get_write_buffer_size(self) -> int:
        return MAX_UNSENT_BYTES + 1 if self.full else 0


class Owner:
    def __init__(self) -> None:
        self.heard: list[tuple[bytes, Any]] = []
        self.errors = self.ends = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None: ...

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.heard.append((data, addr))

    def error_received(self, exc: Exception) -> None:
        self.errors += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self.ends += 1


def connected(*, measure: Any = None) -> tuple[StreamLine, Wire, Owner]:
    line = StreamLine(measure) if measure else StreamLine()
    wire, owner = Wire(), Owner()
    line.connection_made(wire)
    line.serve(owner, PEER)
    return line, wire, owner


def test_packets_go_framed_both_ways() -> None:
    line, wire, owner = connected()
    transport = FramedTransport(line)
    transport.sendto(b"check", PEER)
    assert wire.sent == b"\x00\x05check"
    line.data_received(with_length(b"one") + with_length(b"two"))
    assert owner.heard == [(b"one", PEER), (b"two", PEER)]
    assert transport.get_extra_info("sockname") == ("10.0.0.2", 4711)
    assert transport.get_extra_info("socket") is None


def test_what_a_slow_connection_does_not_take_is_dropped() -> None:
    line, wire, _ = connected()
    wire.full = True
    FramedTransport(line).sendto(b"late", PEER)
    assert wire.sent == b""


def test_rubbish_ends_the_connection() -> None:
    line, wire, owner = connected(measure=by_turn)
    line.data_received(b"\xff" * 40)
    assert wire.aborted
    assert owner.heard == []


def test_the_end_is_told_also_to_who_comes_late() -> None:
    line, _, owner = connected()
    line.connection_lost(None)
    assert (owner.errors, owner.ends) == (1, 1)
    late = Owner()
    line.serve(late, PEER)
    assert late.ends == 1


def test_closing_does_not_wait_for_a_dead_path() -> None:
    line, wire, _ = connected()
    FramedTransport(line).close()
    assert wire.aborted
    line.write(b"more")
    assert wire.sent == b""
    StreamLine().close()
