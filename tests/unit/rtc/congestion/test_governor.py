from __future__ import annotations

from itertools import pairwise
from statistics import mean

import pytest
from aiortc.rtp import RtpPacket

from tests.helpers.bottleneck import LAYERS, Net, Sender, Stream, Way, numbered, packet
from visio_desktop.rtc.congestion.demand import LayerDemand, Priority
from visio_desktop.rtc.congestion.governor import Governor
from visio_desktop.rtc.congestion.twcc import TransportFeedback
from visio_desktop.rtc.congestion.writer import PacketKind


class Out:
    """A governor on a virtual clock; the other side tells nothing unless a test does."""

    def __init__(self) -> None:
        self.net = Net()
        self.left: list[RtpPacket] = []
        extensions = numbered()
        self.governor = Governor(
            extensions,
            lambda data: self.left.append(RtpPacket.parse(data, extensions)),
            clock=self.net.clock,
            wall_clock=self.net.clock,
            call_later=self.net.call_later,
        )
        self.camera = Stream(Priority.CAMERA, *LAYERS)
        self.sound = Stream(Priority.SOUND, LayerDemand(40_000, 60_000))

    def tick(self, seconds: float = 0.1) -> None:
        for _ in range(round(seconds * 10)):
            self.net.run(0.1)
            self.governor.tick(self.net.now_ms, (self.camera, self.sound))

    def answer(self) -> None:
        """Say that all packets came at the pace they left."""
        sent = self.governor.control.log._sent
        times = tuple(each.sent_ms for each in sent.values())
        self.governor.feedback(TransportFeedback(next(iter(sent)) & 0xFFFF, 0, times), self.net.now_ms)


def test_before_feedback_can_be_here_streams_begin_carefully() -> None:
    out = Out()
    out.tick()
    assert 700_000 < sum(out.camera.targets_bps) < 1_000_000
    assert all(out.camera.targets_bps)
    assert out.sound.targets_bps == (60_000,)


def test_who_gets_no_feedback_is_left_to_itself() -> None:
    out = Out()
    out.tick()
    out.governor.writer.write([packet(500)], PacketKind.VIDEO)
    out.tick(3)
    assert out.camera.targets_bps == out.sound.targets_bps == ()
    assert out.governor.statistics().capacity_bps is None
    assert out.governor.writer.pacer.rate_bps >= 10e6


def test_streams_without_numbers_are_left_alone() -> None:
    out = Out()
    out.camera.is_numbered = out.sound.is_numbered = False
    out.tick(1)
    assert out.camera.targets_bps == (0, 0, 0)  # as they were made: nobody said anything


def test_sound_beside_the_numbers_is_not_taken_out_of_the_target() -> None:
    out, other = Out(), Out()
    other.sound.is_numbered = False
    out.tick()
    other.tick()
    assert other.sound.targets_bps == (60_000,)
    assert sum(other.camera.targets_bps) > sum(out.camera.targets_bps)


def test_a_stream_that_is_refused_gets_nothing() -> None:
    out = Out()
    out.camera.is_agreed = False
    out.tick()
    assert out.camera.targets_bps == (0, 0, 0)
    assert out.governor.statistics().wanted_bps == 0


def test_with_feedback_probes_are_sent_out_of_what_was_sent_before() -> None:
    out = Out()
    out.camera.has_sent = True
    out.tick()
    for _ in range(20):
        out.governor.writer.write([packet(1_000)], PacketKind.VIDEO)
        out.tick()
    out.answer()
    before = len(out.left)
    out.tick(0.3)
    known = out.governor.statistics()
    assert len(out.left) > before
    assert known.probe_bytes_sent > 4_000
    assert known.packets_sent == len(out.left)
    assert known.capacity_bps is not None
    assert known.target_bps is not None
    assert known.loss_fraction == 0.0
    assert known.wanted_bps > sum(layer.highest_bps for layer in LAYERS)


def test_with_nothing_but_sound_there_is_no_probe() -> None:
    out = Out()
    out.camera.is_agreed = False
    out.tick()
    out.governor.writer.write([packet(100, 2)], PacketKind.SOUND)
    out.answer()
    before = len(out.left)
    out.tick(5)
    assert len(out.left) == before


def test_after_the_end_no_probe_goes_on() -> None:
    out = Out()
    out.camera.has_sent = True
    out.tick()
    out.governor.writer.write([packet(1_000)], PacketKind.VIDEO)
    out.answer()
    out.governor.tick(out.net.now_ms, (out.camera, out.sound))
    out.governor.close()
    before = len(out.left)
    out.net.run(1)
    assert len(out.left) == before


def test_layers_are_paused_and_come_back_without_flapping() -> None:
    net = Net(Way(rate_bps=20e6))
    sender = Sender(net)
    net.run(5)
    assert sender.camera.targets_bps == tuple(layer.highest_bps for layer in LAYERS)
    net.way.rate_bps = 500e3
    net.run(20)
    assert sender.camera.targets_bps[2] == 0
    assert sender.camera.targets_bps[0] > 0
    net.way.rate_bps = 20e6
    net.run(10)
    assert sender.camera.targets_bps == tuple(layer.highest_bps for layer in LAYERS)
    assert sender.camera.changes <= 6


def cut_to_500_kbps(seed: int) -> tuple[Net, Sender]:
    net = Net(Way(rate_bps=20e6, in_bytes=True), seed)
    sender = Sender(net, livekit=True)
    net.run(6 + seed / 20)
    sender.sound_came_ms.clear()
    net.way.rate_bps = 500e3
    net.run(2)
    return net, sender


def test_a_voice_comes_through_a_cut_of_its_uplink() -> None:
    """The pictures between two of its packets hold it up for as long as they take on the narrow way."""
    ran = [cut_to_500_kbps(seed) for seed in range(1, 7)]
    waits = [max(b - a for a, b in pairwise(sender.sound_came_ms)) for _, sender in ran]
    assert max(waits) < 165  # with pictures leaving at once: 229
    assert mean(waits) < 140  # 180
    assert all(len(sender.sound_came_ms) > 80 for _, sender in ran)  # of a hundred; some still wait


def test_a_queue_that_a_cut_left_is_gone_within_a_second() -> None:
    for net, _ in map(cut_to_500_kbps, range(1, 4)):
        cut_s = (net.now_ms - 2_000) / 1000
        assert net.queue_ms(1.0, cut_s, cut_s + 0.4) > 280
        assert net.queue_ms(0.9, cut_s + 1.1) < 100


def test_what_encoders_make_too_much_after_a_cut_waits_here_not_on_the_way() -> None:
    """They follow a second late, with half as much again as they should; at the usual pace: 55, not hushed: 131 ms."""
    queues: list[tuple[float, float]] = []
    for seed in range(1, 7):
        net = Net(Way(rate_bps=20e6, in_bytes=True), seed)
        sender = Sender(net, livekit=True)
        net.run(12)
        net.way.rate_bps, sender.needs = 500e3, 1.5
        net.run(1.2)
        sender.needs = 1.0
        net.run(2)
        queues.append((net.queue_ms(0.5, 12.6, 13.2), net.queue_ms(0.5, 13.2, 14)))
        assert sender.governor.writer.pacer.queue_ms < 50
        assert (sender.camera.hushes, sender.camera.is_quiet) == (1, False)
    assert mean(soon for soon, _ in queues) < 30
    assert mean(later for _, later in queues) < 50


def test_pictures_leave_smoothly_only_beside_a_voice_and_where_they_are_many() -> None:
    alone, few, beside = Net(Way(rate_bps=20e6)), Net(Way(rate_bps=20e6)), Net(Way(rate_bps=20e6))
    senders = Sender(alone), Sender(few, layers=LAYERS[:1]), Sender(beside)
    senders[0].sound.is_agreed = False
    for net in (alone, few, beside):
        net.run(8)
    paces = [sender.governor.writer.pacer for sender in senders]
    assert [pacer.burst_ms for pacer in paces] == [20, 20, 3]
    assert paces[2].rate_bps < 5e6 < paces[0].rate_bps
    assert senders[2].governor.statistics().paced_ms < 40


@pytest.mark.parametrize("livekit", [False, True])
def test_paused_pictures_come_back_by_probes_that_carry_nothing(livekit: bool) -> None:
    """Nothing is sent that feedback could tell of: without padding they would never come back."""
    net = Net(Way(rate_bps=20e6, in_bytes=True))
    sender = Sender(net, layers=LAYERS[2:], livekit=livekit)
    net.run(8)
    assert sender.camera.paddings == 0
    net.way.rate_bps = 300e3
    net.run(10)
    assert sender.camera.targets_bps == (0,)
    net.way.rate_bps = 20e6
    net.run(10)
    assert sender.camera.targets_bps[0] > 1e6
    paddings = sender.camera.paddings
    assert 26 < paddings < 400
    net.run(10)
    assert sender.camera.paddings == paddings  # pictures do


def test_nothing_is_probed_while_nobody_shows_anything() -> None:
    net = Net(Way(rate_bps=300e3))
    sender = Sender(net, layers=LAYERS[2:])
    net.run(10)
    assert sender.camera.targets_bps == (0,)
    sender.camera.is_agreed = False
    net.run(0.2)
    paddings = sender.camera.paddings
    net.run(10)
    assert sender.camera.paddings == paddings


def test_another_way_is_noticed_by_its_number() -> None:
    net = Net(Way(rate_bps=8e6))
    sender = Sender(net)
    net.run(10)
    net.way.delay_ms += 200
    sender.governor.way(1, net.now_ms)
    net.run(5)
    assert min(each.target_bps for each in sender.seconds[10:]) > 2e6


def test_what_gets_through_does_not_wait_here() -> None:
    net = Net(Way(rate_bps=20e6))
    sender = Sender(net, needs=4.0)
    net.run(10)
    assert sender.governor.statistics().paced_ms < 40
    assert sender.governor.writer.pacer.rate_bps > 1.2 * (sender.control.delivered_bps or 0)


def lost_on_the_way(out: Out, count: int, lost: set[int]) -> None:
    """So many packets leave, and these of them are said to be lost."""
    first = out.governor.control.log.next_number
    out.governor.writer.write([packet(500) for _ in range(count)], PacketKind.VIDEO)
    out.net.run(0.05)
    times = tuple(None if n in lost else out.net.now_ms + n for n in range(count))
    out.governor.feedback(TransportFeedback(first, 0, times), out.net.now_ms)


def test_what_is_lost_is_mended_before_anybody_asks() -> None:
    out = Out()
    out.tick()
    lost_on_the_way(out, 5, {1, 3})
    assert out.camera.mended == [(1, 0), (1, 0)]
    assert out.sound.mended == out.camera.mended  # each passes over what is not its own


def test_loss_at_random_doubles_pictures_where_there_is_room() -> None:
    net = Net(Way(rate_bps=20e6, loss=0.1))
    sender = Sender(net)
    net.run(25)
    assert sender.camera.times == 2
    assert sender.camera.targets_bps == tuple(layer.highest_bps for layer in LAYERS)
    assert sender.camera.mended
    net.way.loss = 0.0
    net.run(15)
    assert sender.camera.times == 1


def test_what_is_lost_in_a_moment_doubles_nothing() -> None:
    net = Net(Way(rate_bps=20e6))
    sender = Sender(net)
    net.run(15)
    net.way.loss = 0.5
    net.run(0.3)
    net.way.loss, seen = 0.0, []
    for _ in range(40):
        net.run(0.1)
        seen.append((sender.control.loss_fraction, sender.camera.times))
    assert max(loss for loss, _ in seen) > 0.2
    assert {times for _, times in seen} == {1}


def test_where_doubled_pictures_would_have_to_be_smaller_they_are_not_doubled() -> None:
    net = Net(Way(rate_bps=1.2e6, loss=0.05))
    sender = Sender(net)
    net.run(20)
    assert sender.camera.times == 1
    assert all(sender.camera.targets_bps)


def test_doubled_pictures_stay_within_what_the_way_carries() -> None:
    net = Net(Way(rate_bps=3e6, loss=0.1))
    sender = Sender(net)
    net.run(30)
    assert sender.camera.times == 2
    assert all(sender.camera.targets_bps)
    assert net.queue_ms(0.95, since_s=10) < 120


def test_packets_whose_feedback_was_lost_are_mended_too_but_count_as_no_loss() -> None:
    out = Out()
    out.tick()
    first = out.governor.control.log.next_number
    out.governor.writer.write([packet(500) for _ in range(6)], PacketKind.VIDEO)
    out.net.run(0.05)
    out.governor.feedback(TransportFeedback(first, 0, (1.0, 2.0)), out.net.now_ms)
    out.governor.feedback(TransportFeedback(first + 4, 2, (5.0, 6.0)), out.net.now_ms)
    assert len(out.camera.mended) == 2
    assert out.governor.control.loss_fraction == 0.0
