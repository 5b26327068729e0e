from __future__ import annotations

from aiortc.rtp import HeaderExtensions, RtpPacket, unwrap_rtx

from visio_desktop.rtc.history import MAX_PACKETS, History


def packets(first: int, count: int) -> list[RtpPacket]:
    return [RtpPacket(96, 1, (first + n) & 0xFFFF, 90, 7, b"body %d" % n) for n in range(count)]


def test_as_retransmissions() -> None:
    history = History(97, 8, 65_534)
    history.add(packets(65_535, 2))
    again = history.again([65_535, 0], 0.0, None)
    assert [(p.payload_type, p.ssrc, p.sequence_number) for p in again] == [(97, 8, 65_535), (97, 8, 0)]
    original = unwrap_rtx(again[1], 96, 7)
    assert (original.sequence_number, original.timestamp, original.marker) == (0, 90, 1)
    assert original.payload == b"body 1"
    assert history.sent_again == 2


def test_without_a_format_packets_go_out_as_they_were_with_extensions_of_their_own() -> None:
    history = History(None, None, 0)
    (packet,) = packets(5, 1)
    packet.extensions = HeaderExtensions(mid="1")
    history.add([packet])
    (again,) = history.again([5], 0.0, None)
    assert (again.payload_type, again.ssrc, again.sequence_number, again.payload) == (96, 7, 5, b"body 0")
    assert again.extensions is not packet.extensions


def test_at_most_once_per_round_trip() -> None:
    history = History(97, 8, 0)
    history.add(packets(5, 1))
    times = [now for now in range(0, 250, 10) if history.again([5, 5], float(now), 100.0)]
    assert times == [0, 100, 200]
    assert history.sent_again == 3


def test_what_nobody_can_wait_for_is_not_sent_again() -> None:
    history = History(97, 8, 0)
    history.add(packets(5, 1), 1_000.0)
    history.add(packets(6, 1), 2_000.0)
    assert len(history.again([5, 6], 3_500.0, 100.0)) == 1


def test_what_is_forgotten_is_not_sent_again_in_any_way() -> None:
    history = History(97, 8, 0)
    history.add(packets(5, 3))
    history.forget()
    history.add(packets(8, 1))
    assert len(history.again([5, 6, 7, 8], 0.0, None)) == 1
    assert history.lost([5, 6, 7], 10.0) == []
    assert len(history.newest(10_000)) == 1


def test_the_oldest_go_also_over_the_edge() -> None:
    history = History(97, 8, 0)
    history.add(packets(65_000, MAX_PACKETS + 10))
    assert history.again([65_009], 0.0, None) == []
    assert len(history.again([65_010, (65_000 + MAX_PACKETS + 9) & 0xFFFF, 30_000], 0.0, None)) == 2


def test_a_number_used_again_is_the_newer_packet() -> None:
    history = History(None, None, 0)
    history.add(packets(5, 1))
    history.add([RtpPacket(96, 1, 5, 99, 7, b"newer")])
    assert history.again([5], 0.0, None)[0].payload == b"newer"


def test_the_newest_are_given_newest_first_and_stay() -> None:
    history = History(97, 8, 0)
    history.add(packets(1, 5))
    size = len(b"body 0")
    assert [int.from_bytes(p.payload[:2]) for p in history.newest(3 * size)] == [5, 4, 3]
    assert [int.from_bytes(p.payload[:2]) for p in history.newest(3 * size - 1)] == [5, 4]
    assert len(history.newest(10_000)) == 5
    assert history.sent_again == 0
    assert history.newest(0) == []


def test_without_a_format_nothing_is_sent_unasked() -> None:
    history = History(None, None, 0)
    history.add(packets(1, 5))
    assert history.newest(10_000) == []


def test_what_is_known_to_be_lost_goes_out_again_unless_a_copy_is_under_way() -> None:
    history = History(97, 8, 0)
    history.add(packets(5, 2), 1_000.0)
    (again,) = history.lost([5], 1_100.0)
    assert (again.ssrc, int.from_bytes(again.payload[:2])) == (8, 5)
    assert history.lost([4_000], 1_100.0) == []
    assert history.again([5], 1_110.0, 40.0) == []  # it was just sent
    history.doubled(packets(6, 1), 1)
    assert history.lost([6], 1_200.0) == []
    assert len(history.lost([6], 1_210.0)) == 1


def test_a_repair_that_is_lost_is_known_by_its_own_number() -> None:
    history = History(97, 8, 0)
    history.add(packets(5, 1), 1_000.0)
    (again,) = history.lost([5], 1_100.0)
    assert history.original(again.sequence_number) == 5
    assert history.original(again.sequence_number + 1) is None
    assert len(history.lost([5], 1_200.0)) == 1
    assert history.lost([5], 3_100.0) == []  # nobody waits any longer


def test_copies_go_out_after_the_packets_and_only_as_retransmissions() -> None:
    history = History(97, 8, 0)
    sent = packets(5, 2)
    history.add(sent)
    assert [int.from_bytes(p.payload[:2]) for p in history.doubled(sent, 2)] == [5, 6, 5, 6]
    assert history.sent_again == 0
    plain = History(None, None, 0)
    plain.add(sent)
    assert plain.doubled(sent, 1) == []


def test_padding_carries_nothing_and_takes_a_number_of_the_repairs() -> None:
    history = History(97, 8, 7)
    (first,) = history.padding(200)  # before anything was sent
    history.add(packets(5, 1))
    (second,) = history.padding(9_000)
    (third,) = history.padding(-5)
    assert [p.sequence_number for p in (first, second, third)] == [8, 9, 10]
    assert {(p.ssrc, p.payload_type, p.payload) for p in (first, second, third)} == {(8, 97, b"")}
    assert [p.padding_size for p in (first, second, third)] == [200, 255, 1]
    assert history.original(9) is None
    assert History(None, None, 0).padding(100) == []


def test_the_numbers_of_repairs_are_bounded_too() -> None:
    history = History(97, 8, 0)
    sent = packets(5, 1)
    history.add(sent)
    history.doubled(sent, 3 * MAX_PACKETS)
    assert len(history._originals) == MAX_PACKETS
