from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol.models import DataPacket, DataStream

from visio_desktop.servers.livekit.textstreams import MAX_TEXT_BYTES, TextStream, TextStreams

TOPIC = "notes"


def header(stream_id: str = "s", **fields: object) -> DataPacket:
    known = {"topic": TOPIC, "text_header": DataStream.TextHeader(), "stream_id": stream_id}
    return DataPacket(stream_header=DataStream.Header(**{**known, **fields}))  # type: ignore[arg-type]


def chunk(index: int, content: bytes, stream_id: str = "s") -> DataPacket:
    return DataPacket(stream_chunk=DataStream.Chunk(stream_id=stream_id, chunk_index=index, content=content))


def trailer(**fields: object) -> DataPacket:
    return DataPacket(stream_trailer=DataStream.Trailer(stream_id="s", **fields))  # type: ignore[arg-type]


def read(*packets: DataPacket) -> list[TextStream | None]:
    streams = TextStreams(TOPIC)
    return [streams.read(packet, "ada", 5.0) for packet in packets]


def test_a_text_grows_and_ends() -> None:
    streams = TextStreams(TOPIC)
    packets = [header(attributes={"a": "1"}), chunk(0, b"hel"), chunk(1, b"lo"), trailer(attributes={"b": "2"})]
    texts = []
    stream: TextStream | None = None
    for packet in packets:
        stream = streams.read(packet, "ada", 5.0)
        assert stream is not None
        texts.append((stream.text(), stream.is_whole))
    assert texts == [("", False), ("hel", False), ("hello", False), ("hello", True)]
    assert stream is not None
    assert (stream.attributes, stream.at_ms, len(streams)) == ({"a": "1", "b": "2"}, 5.0, 0)


def test_the_form_of_one_packet() -> None:
    (whole,) = read(header(inline_content=b"hello"))
    assert whole is not None
    assert (whole.text(), whole.is_whole) == ("hello", True)
    packed = header(inline_content=b"?", compression=DataStream.CompressionType.DEFLATE_RAW)
    assert read(packed) == [None]


@pytest.mark.parametrize(
    "packets",
    [
        [header(topic="other")],
        [header(total_length=10**12)],
        [header(text_header=None, byte_header=DataStream.ByteHeader())],
        [header(attributes={str(i): "" for i in range(99)})],
        [header(inline_content=b"x" * (MAX_TEXT_BYTES + 1))],
        [header(), chunk(1, b"x")],
        [header(), chunk(0, b"")],
        [header(), chunk(0, b"x" * (MAX_TEXT_BYTES + 1))],
        [header(), trailer(reason="gone")],
        [chunk(0, b"x")],
        [trailer()],
        [DataPacket()],
    ],
)
def test_nothing_comes_of(packets: list[DataPacket]) -> None:
    assert read(*packets)[-1] is None


def test_a_text_of_endless_crumbs_is_forgotten() -> None:
    streams = TextStreams(TOPIC)
    streams.read(header(), "ada", 0.0)
    kept = [streams.read(chunk(i, b"x"), "ada", 0.0) for i in range(3_000)]
    assert kept[-1] is None
    assert len(streams) == 0


def test_texts_begun_and_never_ended_are_forgotten() -> None:
    streams = TextStreams(TOPIC)
    for i in range(1_000):
        streams.read(header(f"s{i}"), "ada", 0.0)
    assert len(streams) <= 8
    for i in range(1_000):
        streams.read(header("s"), f"p{i}", 0.0)
    assert len(streams) <= 64
    streams.read(header("late"), "ada", 60_000.0)
    assert len(streams) == 1


def test_some_texts_of_one_sender_grow_side_by_side() -> None:
    streams = TextStreams(TOPIC)
    for i in range(8):
        streams.read(header(f"s{i}"), "ada", 0.0)
        assert len(streams) == i + 1
    assert all(streams.read(chunk(0, b"tea?", f"s{i}"), "ada", 0.0) for i in range(8))


def test_a_flood_of_one_costs_nobody_else_their_text() -> None:
    streams = TextStreams(TOPIC)
    streams.read(header(), "ada", 0.0)
    for i in range(1_000):
        streams.read(header(f"s{i}"), "eve", 0.0)
    grown = streams.read(chunk(0, b"tea?"), "ada", 0.0)
    assert grown is not None
    assert grown.text() == "tea?"


@given(st.lists(st.tuples(st.integers(0, 3), st.binary(max_size=50)), max_size=20))
def test_any_order_does_no_harm(pieces: list[tuple[int, bytes]]) -> None:
    for stream in read(header(), *(chunk(i, c) for i, c in pieces), trailer()):
        assert stream is None or len(stream.text()) <= MAX_TEXT_BYTES
