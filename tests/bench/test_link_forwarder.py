from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest

from tests.helpers.link import Conditions
from tests.helpers.link_forwarder import Direction, obey

UDP = b"\x45" + bytes(8) + b"\x11" + bytes(1_190)
UDP_6 = b"\x60" + bytes(5) + b"\x11" + bytes(1_190)
TCP = b"\x45" + bytes(8) + b"\x06" + bytes(1_190)


@dataclass
class Pipe:
    direction: Direction
    end: int

    def arrived(self, now_s: float) -> int:
        before = len(self.direction.held)
        self.direction.release(now_s)
        return before - len(self.direction.held)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    end = os.open(os.devnull, os.O_WRONLY)
    yield Pipe(Direction(end, random.Random(1)), end)
    os.close(end)


def send(direction: Direction, count: int, packet: bytes = UDP, *, every_s: float = 0.001, from_s: float = 1.0) -> int:
    before = direction.count
    for number in range(count):
        direction.take(packet, from_s + number * every_s)
    return direction.count - before


def test_delay_and_jitter_keep_the_order(pipe: Pipe) -> None:
    pipe.direction.conditions = Conditions(delay_ms=50, jitter_ms=30)
    send(pipe.direction, 200)
    dues = [due for due, _, _ in sorted(pipe.direction.held)]
    counts = [count for _, count, _ in sorted(pipe.direction.held)]
    assert counts == sorted(counts)
    assert 1.05 <= dues[0] <= dues[-1] <= 1.2 + 0.08
    pipe.direction.conditions = Conditions(delay_ms=50, jitter_ms=30, reorder=True)
    send(pipe.direction, 200, from_s=3.0)
    counts = [count for _, count, _ in sorted(pipe.direction.held)]
    assert counts != sorted(counts)


@pytest.mark.parametrize("burst", [1.0, 4.0])
def test_loss_is_as_much_as_said_in_runs_as_long_as_said(pipe: Pipe, burst: float) -> None:
    pipe.direction.conditions = Conditions(loss=0.1, burst=burst)
    fates = [send(pipe.direction, 1) == 1 for _ in range(20_000)]
    lost = fates.count(False)
    runs = sum(not here and before for before, here in pairwise(fates))
    assert lost / len(fates) == pytest.approx(0.1, abs=0.015)
    assert lost / runs == pytest.approx(burst if burst > 1 else 1.11, rel=0.15)


def test_the_same_seed_loses_the_same_packets(pipe: Pipe) -> None:
    other = Direction(pipe.end, random.Random(1))
    pipe.direction.conditions = other.conditions = Conditions(loss=0.2)
    assert [send(pipe.direction, 1) for _ in range(500)] == [send(other, 1) for _ in range(500)]


def test_only_udp_is_lost_and_blocked(pipe: Pipe) -> None:
    pipe.direction.conditions = Conditions(loss=1.0)
    assert send(pipe.direction, 10) == 0
    assert send(pipe.direction, 10, TCP) == 10
    pipe.direction.conditions = Conditions(block_udp=True)
    assert send(pipe.direction, 10) == 0
    assert send(pipe.direction, 10, UDP_6) == 0
    assert send(pipe.direction, 10, TCP) == 10
    assert send(pipe.direction, 10, b"\x10" + bytes(40)) == 0  # no version of IP there is


def test_a_full_line_drops(pipe: Pipe) -> None:
    pipe.direction.conditions = Conditions(rate_bps=960_000, queue_ms=101)  # 10 ms a packet
    assert send(pipe.direction, 100, every_s=0.0) == 10
    assert pipe.arrived(1.0501) == 5


def test_one_end_alone_and_a_short_outage() -> None:
    a, b = Direction(1, random.Random(1)), Direction(1, random.Random(2))
    obey(b'{"b": {"rate_bps": 500000}}', a, b)
    assert (a.conditions.rate_bps, b.conditions.rate_bps) == (0, 500_000)
    obey(b'{"lose_ms": 60000}', a, b)
    assert a.lost_until_s == b.lost_until_s > 0
    assert send(a, 5, from_s=a.lost_until_s - 1) == 0
    assert send(a, 5, from_s=a.lost_until_s) == 5
