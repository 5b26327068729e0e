from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol.models import ChatMessage, DataPacket, DataStream, UserPacket

from visio_desktop.servers.livekit.chat import LEGACY_TOPIC, ChatLine, ChatReader, print_chat
from visio_desktop.servers.livekit.textstreams import MAX_TEXT_BYTES

NOW_MS = 1_800_000_000_000.0


def read_all(reader: ChatReader, packets: list[DataPacket], identity: str = "ada") -> list[ChatLine]:
    return [line for p in packets if (line := reader.read(p, identity, NOW_MS)) is not None]


def stream(stream_id: str, *chunks: bytes, topic: str = "lk.chat", **header: object) -> list[DataPacket]:
    text = DataStream.TextHeader()
    begin = DataStream.Header(stream_id=stream_id, topic=topic, text_header=text, **header)  # type: ignore[arg-type]
    middle = [DataStream.Chunk(stream_id=stream_id, chunk_index=i, content=c) for i, c in enumerate(chunks)]
    end = DataPacket(stream_trailer=DataStream.Trailer(stream_id=stream_id))
    return [DataPacket(stream_header=begin), *(DataPacket(stream_chunk=c) for c in middle), end]


def legacy(**fields: object) -> DataPacket:
    return DataPacket(user=UserPacket(topic=LEGACY_TOPIC, payload=json.dumps(fields).encode()))


@given(st.text(min_size=1, max_size=9_000).filter(lambda t: bool(t.strip())))
def test_what_we_write_is_read_once(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    assert read_all(ChatReader(), print_chat("m1", text, NOW_MS)) == [ChatLine("ada", "m1", text, NOW_MS)]


def test_long_texts_go_in_chunks_that_fit_a_data_channel() -> None:
    packets = print_chat("m1", "é" * 16_000, NOW_MS)
    assert len(packets) > 4
    assert all(len(p.SerializeToString()) < 16_000 for p in packets[:-1])
    assert all(len(p.SerializeToString()) < 65_535 for p in packets)
    (line,) = read_all(ChatReader(), packets)
    assert line.text == "é" * 16_000


def test_clients_of_the_older_form_see_it_once_too() -> None:
    last = print_chat("m1", "tea?", NOW_MS)[-1].user
    assert last.topic == "lk-chat-topic"
    assert json.loads(last.payload) == {"id": "m1", "timestamp": NOW_MS, "message": "tea?", "ignoreLegacy": True}


def test_a_stream_of_another_client() -> None:
    packets = stream("s", b"hel", b"lo", timestamp=5, total_length=5)
    assert read_all(ChatReader(), packets) == [ChatLine("ada", "s", "hello", 5.0)]


def test_streams_of_two_people_do_not_mix() -> None:
    reader = ChatReader()
    ada, bob = stream("s", b"a"), stream("s", b"b")
    lines = [
        reader.read(p, who, NOW_MS) for pair in zip(ada, bob, strict=True) for p, who in zip(pair, "ab", strict=True)
    ]
    assert [line.text for line in lines if line is not None] == ["a", "b"]


def test_the_older_forms() -> None:
    reader = ChatReader()
    old = [legacy(id="l", timestamp=7, message="old"), legacy(id="n", message="no time")]
    lines = read_all(reader, [*old, DataPacket(chat_message=ChatMessage(id="c", timestamp=9, message="older"))])
    assert lines == [
        ChatLine("ada", "l", "old", 7.0),
        ChatLine("ada", "n", "no time", NOW_MS),
        ChatLine("ada", "c", "older", 9.0),
    ]


def test_the_same_line_in_two_forms_is_one_and_an_edit_is_another() -> None:
    reader = ChatReader()
    packets = [*stream("s", b"tea"), legacy(id="s", message="tea"), legacy(id="s", message="tea!")]
    assert [line.text for line in read_all(reader, packets)] == ["tea", "tea!"]


@pytest.mark.parametrize(
    "packets",
    [
        stream("s", b"x", topic="lk.transcription"),
        stream("s", b"x" * (MAX_TEXT_BYTES + 1)),
        stream("s", b"x", total_length=10**12),
        stream("s" * 500, b"x"),
        stream("", b"x"),
        stream("s", b"  "),
        [p for p in stream("s", b"a", b"b") if p.stream_chunk.chunk_index or not p.HasField("stream_chunk")],
        stream("s", b"x")[1:],
        [legacy(id="l", message="seen", ignoreLegacy=True)],
        [legacy(id=3, message="x"), legacy(message="x"), legacy(id="l", message=None)],
        [DataPacket(user=UserPacket(topic=LEGACY_TOPIC, payload=b"[" * 9_000))],
        [DataPacket(user=UserPacket(topic="other", payload=b"{}")), DataPacket()],
    ],
)
def test_nothing_comes_of(packets: list[DataPacket]) -> None:
    assert read_all(ChatReader(), packets) == []


@pytest.mark.parametrize("at_ms", [2**62, -(2**62), 10**15, -1])
def test_a_time_of_no_calendar_is_now(at_ms: int) -> None:
    packed = DataPacket(chat_message=ChatMessage(id="m", timestamp=at_ms, message="x"))
    for packets in ([packed], [legacy(id="m", timestamp=at_ms, message="x")], stream("m", b"x", timestamp=at_ms)):
        assert read_all(ChatReader(), packets) == [ChatLine("ada", "m", "x", NOW_MS)]


def test_streams_begun_and_never_ended_are_forgotten() -> None:
    reader = ChatReader()
    begun = [stream(f"s{i}", b"x" * 9_000)[:2] for i in range(1_000)]
    for packets in begun:
        read_all(reader, packets)
    assert len(reader._streams) <= 64
    reader.read(stream("late", b"x")[0], "ada", NOW_MS + 60_000)
    assert len(reader._streams) == 1


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_any_bytes_do_no_harm(pieces: list[bytes]) -> None:
    reader = ChatReader()
    for piece in pieces:
        packets = [DataPacket(user=UserPacket(topic=LEGACY_TOPIC, payload=piece)), *stream("s", piece)]
        for line in read_all(reader, packets):
            assert line.text.strip()
