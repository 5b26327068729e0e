from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.assembly import MAX_FRAME_PACKETS, MAX_WAITING_PACKETS, FrameAssembler, Piece, WholeFrame
from visio_desktop.rtc.depacketize import h264, vp8, vp9
from visio_desktop.rtc.frames import Codec

BASE = 1000


def key(body: bytes = b"k") -> bytes:
    return b"\x10\x00" + body


def delta(body: bytes = b"d") -> bytes:
    return b"\x10\x01" + body


def more(body: bytes = b"m") -> bytes:
    return b"\x00" + body


def piece(rtp_time: int, payload: bytes, marker: bool = True) -> Piece:
    return Piece(Codec.VP8, rtp_time, marker, vp8.parse(payload))


def started() -> FrameAssembler:
    frames = FrameAssembler()
    frames.restart(BASE)
    assert len(frames.put(BASE, piece(0, key()))) == 1
    return frames


def put(frames: FrameAssembler, sequence: int, one: Piece) -> list[WholeFrame]:
    return frames.put(sequence, one) if frames.wants(sequence) else []


def test_marker_completes_a_frame_at_once() -> None:
    frames = started()
    assert frames.put(BASE + 1, piece(1, delta(b"a"), marker=False)) == []
    (whole,) = frames.put(BASE + 2, piece(1, more(b"b")))
    assert whole == WholeFrame(Codec.VP8, b"\x01ab", 1, False, 0, False)


def test_next_time_completes_a_frame_without_marker() -> None:
    frames = started()
    assert frames.put(BASE + 1, piece(1, delta(), marker=False)) == []
    assert [whole.rtp_time for whole in frames.put(BASE + 2, piece(2, delta()))] == [1, 2]


def test_out_of_order_waits_for_its_turn() -> None:
    frames = started()
    assert frames.put(BASE + 2, piece(2, delta())) == []
    assert frames.is_blocked
    assert [whole.rtp_time for whole in frames.put(BASE + 1, piece(1, delta()))] == [1, 2]
    assert not frames.is_blocked


def test_a_frame_without_end_is_given_up() -> None:
    frames = started()
    for sequence in range(BASE + 1, BASE + 2 * MAX_FRAME_PACKETS):
        put(frames, sequence, piece(1, delta() if sequence == BASE + 1 else more(), marker=False))
        assert len(frames._parts) <= MAX_FRAME_PACKETS
    assert frames.needs_key
    assert frames.dropped == 1


def test_late_and_repeated_packets_are_not_wanted() -> None:
    frames = started()
    frames.put(BASE + 2, piece(2, delta()))
    assert not frames.wants(BASE)
    assert not frames.wants(BASE + 2)
    assert frames.wants(BASE + 1)


def test_padding_takes_a_number_and_nothing_else() -> None:
    frames = started()
    assert frames.put(BASE + 1, Piece(Codec.VP8, 0, False, None)) == []
    assert len(frames.put(BASE + 2, piece(1, delta()))) == 1


def test_begins_with_a_key_frame_only() -> None:
    frames = FrameAssembler()
    frames.restart(BASE)
    assert frames.put(BASE, piece(0, delta())) == []
    assert frames.needs_key
    assert [whole.key for whole in frames.put(BASE + 1, piece(1, key()))] == [True]


def test_giving_up_resumes_at_the_next_key_frame_and_says_so() -> None:
    frames = started()
    frames.put(BASE + 2, piece(2, delta()))
    frames.put(BASE + 3, piece(3, key()))
    frames.put(BASE + 4, piece(4, delta()))
    whole = frames.give_up()
    assert [(one.rtp_time, one.gap_before) for one in whole] == [(3, True), (4, False)]


def test_giving_up_prefers_a_whole_key_frame() -> None:
    frames = started()
    frames.put(BASE + 2, piece(2, key(), marker=False))
    assert not frames.can_skip()
    frames.put(BASE + 5, piece(4, key()))
    assert frames.can_skip()
    assert [one.rtp_time for one in frames.give_up()] == [4]


def test_giving_up_in_the_middle_of_a_key_frame_waits_for_another() -> None:
    frames = started()
    frames.put(BASE + 1, piece(1, key(), marker=False))
    frames.put(BASE + 3, piece(1, more()))
    assert frames.give_up() == []
    assert frames.needs_key
    assert frames.put(BASE + 4, piece(2, delta())) == []
    assert [one.gap_before for one in frames.put(BASE + 5, piece(3, key()))] == [True]


def test_required_key_frame_cannot_be_replaced_by_proof() -> None:
    frames = FrameAssembler()
    frames.restart(BASE)
    frames.put(BASE, piece(0, b"\x90\x60\x07\x00\x00k"))
    frames.require_key()
    assert frames.put(BASE + 1, piece(1, b"\x90\x60\x08\x00\x01d")) == []
    assert frames.put(BASE + 2, piece(2, key()))


def test_a_part_that_starts_nothing_starts_nothing() -> None:
    frames = started()
    assert frames.put(BASE + 1, piece(1, more())) == []
    assert frames.needs_key


def test_another_codec_begins_with_its_key_frame() -> None:
    frames = started()
    other = Piece(Codec.H264, 1, True, h264.parse(b"\x41slice"))
    assert frames.put(BASE + 1, other) == []
    assert frames.needs_key
    (whole,) = frames.put(BASE + 2, Piece(Codec.H264, 2, True, h264.parse(b"\x67sps")))
    assert (whole.codec, whole.key) == (Codec.H264, True)


def test_h264_without_parameter_sets_begins_after_a_known_packet() -> None:
    idr = h264.parse(b"\x65idr")
    frames = FrameAssembler()
    frames.restart(BASE)
    assert frames.put(BASE, Piece(Codec.H264, 1, True, idr)) == []
    (whole,) = frames.put(BASE + 1, Piece(Codec.H264, 2, True, idr))
    assert (whole.rtp_time, whole.key) == (2, True)


def test_h264_packet_before_a_key_frame_explains_it_also_late() -> None:
    frames = FrameAssembler()
    frames.restart(BASE)
    frames.put(BASE + 1, Piece(Codec.H264, 2, True, h264.parse(b"\x65idr")))
    (whole,) = frames.put(BASE, Piece(Codec.H264, 1, True, h264.parse(b"\x41slice")))
    assert whole.rtp_time == 2


def test_memory_is_bounded_while_waiting_for_a_key_frame() -> None:
    frames = FrameAssembler()
    frames.restart(BASE)
    for number in range(3 * MAX_WAITING_PACKETS):
        frames.put(BASE + number, piece(number, delta()))
        assert not frames.is_full
    assert frames.put(BASE + 3 * MAX_WAITING_PACKETS, piece(1 << 20, key()))


@given(st.data())
def test_never_out_of_order_never_with_a_hole(data: st.DataObject) -> None:
    shapes = data.draw(st.lists(st.tuples(st.booleans(), st.integers(1, 4)), min_size=1, max_size=12))
    packets: list[Piece] = []
    expected: list[bytes] = []
    for number, (is_key, count) in enumerate(shapes):
        bodies = [bytes([number, part]) for part in range(count)]
        for part, body in enumerate(bodies):
            head = (key(body) if is_key else delta(body)) if part == 0 else more(body)
            packets.append(piece(number, head, marker=part == count - 1))
        expected.append((b"\x00" if is_key else b"\x01") + b"".join(bodies))
    lost = data.draw(st.sets(st.integers(0, len(packets) - 1)))
    order = data.draw(st.permutations([n for n in range(len(packets)) if n not in lost]))
    frames = FrameAssembler()
    frames.restart(BASE)
    whole: list[WholeFrame] = []
    for number in order:
        whole += put(frames, BASE + number, packets[number])
        if data.draw(st.booleans()):
            whole += frames.give_up() if frames.is_blocked else []
    times = [one.rtp_time for one in whole]
    assert times == sorted(set(times))
    assert all(one.payload == expected[one.rtp_time] for one in whole)
    assert all(one.key or not one.gap_before for one in whole)


class Layers:
    """Opens each layer but those that begin with "x"."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []

    def open(self, codec: Codec, payload: bytes) -> bytes | None:
        assert codec is Codec.VP9
        self.asked.append(payload)
        return None if payload.startswith(b"x") else b"opened " + payload


def svc(layer: int, body: bytes, *, begins: bool = True) -> Piece:
    """A VP9 packet of one spatial layer (RFC 9628, 4.2): flags I=0, P=0, L=1, F=0, B, E."""
    flags = 0x20 | (0x08 if begins else 0)
    return Piece(Codec.VP9, 5, layer == 1, vp9.parse(bytes([flags, layer << 1, 0]) + body))


def test_each_spatial_layer_is_opened_for_itself() -> None:
    frames, opener = FrameAssembler(), Layers()
    frames.opener = opener
    frames.restart(BASE)
    assert frames.put(BASE, svc(0, b"low")) == []
    (whole,) = frames.put(BASE + 1, svc(1, b"high"))
    assert opener.asked == [b"low", b"high"]
    assert whole.payload == vp9.superframe([b"opened low", b"opened high"])


def test_a_picture_with_a_layer_that_cannot_be_opened_is_dropped() -> None:
    frames = FrameAssembler()
    frames.opener = Layers()
    frames.restart(BASE)
    frames.put(BASE, svc(0, b"low"))
    assert frames.put(BASE + 1, svc(1, b"x")) == []
