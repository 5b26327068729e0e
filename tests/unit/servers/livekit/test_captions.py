from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol.models import DataPacket, DataStream, Transcription, TranscriptionSegment

from visio_desktop.meeting.rooms import Caption
from visio_desktop.servers.livekit.captions import MAX_CHARACTERS, CaptionReader

PEOPLE = {"ada": "Ada", "bob": "Bob", "bot": "A visible agent"}
ORDINARY = {"ada", "bob"}


def said(speaker: str = "ada", text: str = "tea?", *, final: bool = False, segment: str = "g1") -> DataPacket:
    part = TranscriptionSegment(id=segment, text=text, final=final)
    return DataPacket(transcription=Transcription(transcribed_participant_identity=speaker, segments=[part]))


def streamed(text: str, **attributes: str) -> list[DataPacket]:
    known = {"lk.segment_id": "g1", "lk.transcription_final": "false", **attributes}
    begin = DataStream.Header(
        stream_id="s", topic="lk.transcription", text_header=DataStream.TextHeader(), attributes=known
    )
    middle = DataStream.Chunk(stream_id="s", chunk_index=0, content=text.encode())
    end = DataStream.Trailer(stream_id="s")
    return [DataPacket(stream_header=begin), DataPacket(stream_chunk=middle), DataPacket(stream_trailer=end)]


def read(*packets: DataPacket, sender: str = "agent") -> list[Caption]:
    reader = CaptionReader(PEOPLE.get, ORDINARY.__contains__)
    return [caption for packet in packets for caption in reader.read(packet, sender, 0.0)]


def test_a_later_caption_replaces_the_one_of_the_same_segment() -> None:
    first, second = read(said(), said(text="tea? yes", final=True))
    assert first == Caption("ada/g1", "ada", "Ada", "tea?")
    assert second == Caption("ada/g1", "ada", "Ada", "tea? yes", final=True)


def test_streams_carry_the_same() -> None:
    growing, whole = read(*streamed("tea?"), sender="ada")
    assert growing == whole == Caption("ada/g1", "ada", "Ada", "tea?")
    *_, final = read(*streamed("tea!", **{"lk.transcription_final": "true"}), sender="ada")
    assert final == Caption("ada/g1", "ada", "Ada", "tea!", final=True)


def test_nobody_writes_down_what_others_say() -> None:
    assert read(said("ada"), sender="bob") == []
    assert read(said("bob"), sender="bob") != [], "their own line is theirs"


def test_agents_begin_a_stream_in_the_name_of_others_and_go_on_in_their_own() -> None:
    begin, *rest = streamed("tea?", **{"lk.transcription_final": "true"})
    for agent in ("bot", "", "hidden"):
        reader = CaptionReader(PEOPLE.get, ORDINARY.__contains__)
        heard = [reader.read(begin, "ada", 0.0), *(reader.read(packet, agent, 0.0) for packet in rest)]
        assert heard[-1] == [Caption("ada/g1", "ada", "Ada", "tea?", final=True)]


def test_nobody_goes_on_with_a_stream_of_others() -> None:
    begin, middle, end = streamed("tea?")
    reader = CaptionReader(PEOPLE.get, ORDINARY.__contains__)
    assert [reader.read(p, who, 0.0) for p, who in ((begin, "ada"), (middle, "bob"), (end, "bob"))] == [[], [], []]


def test_nobody_takes_over_a_stream_by_beginning_it_once_more() -> None:
    begin, *rest = streamed("tea?", **{"lk.transcription_final": "true"})
    reader = CaptionReader(PEOPLE.get, ORDINARY.__contains__)
    reader.read(begin, "ada", 0.0)
    reader.read(begin, "bob", 0.0)
    *_, whole = (reader.read(packet, "bot", 0.0) for packet in rest)
    assert whole == [Caption("ada/g1", "ada", "Ada", "tea?", final=True)]


def test_speakers_of_streams_that_do_not_end_are_forgotten() -> None:
    reader = CaptionReader(PEOPLE.get, ORDINARY.__contains__)
    for number in range(500):
        begin, *_ = streamed("x")
        begin.stream_header.stream_id = str(number)
        reader.read(begin, "ada", 0.0)
    assert len(reader._speakers) <= 8
    for number in range(500):
        begin.stream_header.stream_id = f"of {number}"
        reader.read(begin, f"p{number}", 0.0)
    assert len(reader._speakers) <= 64


def test_a_flood_of_one_costs_nobody_else_their_captions() -> None:
    begin, *rest = streamed("tea?", **{"lk.transcription_final": "true"})
    other, *_ = streamed("x")
    reader = CaptionReader(PEOPLE.get, ORDINARY.__contains__)
    reader.read(begin, "ada", 0.0)
    for number in range(500):
        other.stream_header.stream_id = str(number)
        reader.read(other, "bob", 0.0)
    *_, whole = (reader.read(packet, "bot", 0.0) for packet in rest)
    assert whole == [Caption("ada/g1", "ada", "Ada", "tea?", final=True)]


def test_nothing_comes_of() -> None:
    assert read(said("nobody"), said(text=" "), said(segment=""), said(segment="x" * 999)) == []
    assert read(said(text="x" * (MAX_CHARACTERS + 1)), DataPacket()) == []
    assert read(*streamed("x" * (MAX_CHARACTERS + 1)), sender="ada") == []


def test_of_endless_segments_some_are_read() -> None:
    parts = [TranscriptionSegment(id=str(i), text="x") for i in range(1_000)]
    packet = DataPacket(transcription=Transcription(transcribed_participant_identity="ada", segments=parts))
    assert len(read(packet)) == 50


@given(st.text(max_size=50), st.text(max_size=50), st.booleans())
def test_any_words_do_no_harm(text: str, segment: str, final: bool) -> None:
    for caption in read(said(text=text, segment=segment, final=final)):
        assert caption.text.strip()
