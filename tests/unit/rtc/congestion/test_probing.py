from __future__ import annotations

import pytest
from aiortc.rtp import RtpPacket

from tests.helpers.bottleneck import Net, numbered, packet
from visio_desktop.rtc.congestion.probe import Plan
from visio_desktop.rtc.congestion.probing import Probing
from visio_desktop.rtc.congestion.send_log import SendLog
from visio_desktop.rtc.congestion.writer import PacketKind, PacketWriter

PLAN = Plan(3, 2e6, 6_000)


class Out:
    """A probe on a virtual clock; what left is kept with its time."""

    def __init__(self, repeat_bytes: int = 1_000) -> None:
        self.net = Net()
        self.log = SendLog()
        self.left: list[tuple[float, int]] = []
        self.repeat_bytes = repeat_bytes
        self.writer = PacketWriter(
            numbered(),
            lambda data: self.left.append((self.net.now_ms, len(data))),
            log=self.log,
            clock=self.net.clock,
            wall_clock=self.net.clock,
            call_later=self.net.call_later,
        )
        self.probing = Probing(self.writer, self.repeats, clock=self.net.clock, call_later=self.net.call_later)

    def repeats(self, size_bytes: int) -> list[RtpPacket]:
        return [packet(self.repeat_bytes)] if 0 < self.repeat_bytes <= size_bytes else []

    @property
    def clusters(self) -> list[int]:
        return [sent.cluster for sent in self.log._sent.values()]


def test_packets_leave_at_the_probes_rate() -> None:
    out = Out()
    out.probing.begin(PLAN)
    assert out.probing.is_under_way
    out.net.run(1)
    assert not out.probing.is_under_way
    assert out.left[-1][0] == pytest.approx(20, abs=6)
    assert set(out.clusters) == {3}
    assert PLAN.size_bytes <= out.probing.filling_bytes < PLAN.size_bytes + 1_100
    out.writer.write([packet(100)], PacketKind.SOUND)
    assert out.clusters[-1] == 0


def test_media_is_part_of_it_and_less_is_filled() -> None:
    out = Out()
    out.probing.begin(PLAN)
    out.writer.write([packet(1_100) for _ in range(4)], PacketKind.SOUND)
    out.net.run(1)
    assert out.probing.filling_bytes < 2_500
    assert set(out.clusters) == {3}


def test_what_waits_goes_before_anything_is_repeated() -> None:
    out = Out()
    out.writer.pacer.rate_bps = 30_000
    out.writer.write([packet(900) for _ in range(4)], PacketKind.VIDEO)
    waiting = 4 - len(out.left)
    assert waiting > 1
    out.probing.begin(PLAN)
    out.net.run(0.1)
    assert out.writer.pacer.is_empty
    sizes = [size for _, size in out.left]
    assert sizes == sorted(sizes)  # all of 900 bytes before the first of 1,000
    assert 0 < out.probing.filling_bytes < PLAN.size_bytes


def test_it_can_be_made_of_many_small_packets() -> None:
    out = Out(repeat_bytes=80)
    out.probing.begin(Plan(3, 2e6, 3_200), packets=26)
    out.net.run(1)
    assert len(out.left) >= 24


def test_sound_without_a_number_is_no_part_of_it() -> None:
    out = Out()
    out.probing.begin(PLAN)
    word = RtpPacket(111, 0, 0, 0, 5, bytes(1_100))
    out.writer.write([word] * 4, PacketKind.SOUND)
    out.net.run(1)
    assert out.probing.filling_bytes >= PLAN.size_bytes


def test_without_anything_to_repeat_it_ends() -> None:
    out = Out(repeat_bytes=0)
    out.probing.begin(PLAN)
    assert not out.probing.is_under_way
    assert out.left == []


def test_it_can_be_ended() -> None:
    out = Out()
    out.probing.begin(PLAN)
    out.probing.end()
    before = len(out.left)
    out.net.run(1)
    assert len(out.left) == before
    assert out.writer.cluster == 0
