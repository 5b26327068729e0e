from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.clock_media import until
from tests.helpers.rtc_pair import LOOPBACK, Heard
from visio_desktop.meeting.values import Publication, Source
from visio_desktop.rtc import PeerConnection, PeerListener, PeerState
from visio_desktop.rtc.frames import Codec, InboundStream
from visio_desktop.servers.galene import stream as streams
from visio_desktop.servers.galene.stream import Stream
from visio_desktop.servers.links.ways import Ways
from visio_desktop.servers.port import Wanted
from visio_desktop.system.tasks import Tasks

OFF, SMALL = Wanted(enabled=False), Wanted(height_px=100)


class Around:
    """What a stream needs, and hears: its surroundings and whoever listens in one."""

    def __init__(self) -> None:
        self.listening = self
        self.ways = Ways(lambda _: None)
        self.tasks = Tasks("test")
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.told: list[str] = []
        self.muted = False
        self.taken: set[str] = set()

    def make_peer(self, listener: PeerListener) -> PeerConnection:
        return PeerConnection(LOOPBACK, listener)

    async def say(self, what: str, /, **fields: Any) -> None:
        self.said.append((what, fields))

    def early(self, stream_id: str) -> list[tuple[str, str]]:
        return [("not an address", "0")] if stream_id else []

    def is_muted(self, person: str, source: Source) -> bool:
        return self.muted and source is Source.MICROPHONE

    def is_taken(self, publication_id: str) -> bool:
        return publication_id in self.taken

    def on_publication(self, publication: Publication) -> None:
        self.told.append(f"{publication.id}{' muted' if publication.muted else ''}")

    def on_publication_gone(self, publication_id: str) -> None:
        self.told.append(f"gone {publication_id}")

    def on_incoming(self, publication_id: str, stream: InboundStream) -> None:
        self.told.append(f"media {publication_id}")

    def on_incoming_ended(self, publication_id: str) -> None:
        self.told.append(f"ended {publication_id}")

    def on_wire_state(self, state: PeerState) -> None:
        pass

    @property
    def words(self) -> list[str]:
        """What was said, by its type."""
        return [what for what, _ in self.said if what != "ice"]


class There:
    """The server's side of one stream."""

    def __init__(self, around: Around, stream: Stream) -> None:
        self.around, self.stream = around, stream
        self.peer = PeerConnection(LOOPBACK, Heard())

    def send(self, codec: Codec) -> object:
        return self.peer.add_sender((codec,), stream_id="s", track_id=codec.value)

    async def offer(self) -> None:
        await self.stream.accept(await self.peer.create_offer())
        what, fields = next(said for said in reversed(self.around.said) if said[0] != "ice")
        if what == "answer":
            await self.peer.set_answer(fields["sdp"])

    async def close(self) -> None:
        await self.stream.shut()
        await self.around.tasks.close()
        await self.peer.close()


def pair(label: str = "camera") -> tuple[Around, Stream, There]:
    around = Around()
    stream = Stream(around, "s1", "ada", label)
    return around, stream, There(around, stream)


async def test_what_an_offer_holds_is_announced_before_its_media_and_gone_when_the_stream_ends() -> None:
    around, stream, there = pair()
    there.send(Codec.OPUS)
    await there.offer()
    around.muted = True
    stream.tell()
    stream.tell()
    there.send(Codec.VP8)
    await there.offer()
    sound, camera = "ada:microphone", "ada:camera"
    assert around.told == [sound, f"media {sound}", f"{sound} muted", camera, f"media {camera}"]
    assert (stream.source_of(sound), stream.source_of("x")) == (Source.MICROPHONE, None)
    assert around.words == ["answer", "answer"]
    await there.close()
    stream.end()
    assert sorted(around.told[5:]) == sorted([f"ended {sound}", f"ended {camera}", f"gone {sound}", f"gone {camera}"])


@pytest.mark.parametrize(
    ("label", "sources"),
    [("camera", ["camera"]), ("", ["camera"]), ("screenshare", ["screen"]), ("video", ["screen"])],
)
async def test_labels_say_what_it_is_and_a_second_one_has_a_name_of_its_own(label: str, sources: list[str]) -> None:
    around, _, there = pair(label)
    around.taken = {f"ada:{source}" for source in sources}
    there.send(Codec.VP8)
    await there.offer()
    assert around.told[0] == f"ada:{sources[0]}:s1"
    await there.close()


async def test_what_is_wanted_of_what_is_there_is_asked_for_and_what_is_not_there_yet_stays_asked_for() -> None:
    around, stream, there = pair()
    there.send(Codec.VP8)
    await there.offer()
    stream.asked.wanted[Source.CAMERA] = Wanted(height_px=720)
    await stream.ask()
    await stream.ask()
    assert around.said[-1] == ("requestStream", {"id": "s1", "request": ["audio", "video"]})
    stream.asked.wanted[Source.CAMERA] = OFF
    await stream.ask()
    assert around.words == ["answer", "requestStream", "abort"]
    assert around.told[-1] == "ended ada:camera"
    # An offer that was under way is not answered; one of something else is.
    await stream.accept(await there.peer.create_offer())
    await stream.put_away()
    await stream.accept(await there.peer.create_offer())
    assert around.words == ["answer", "requestStream", "abort", "abort"]
    await stream.put_away()
    there.peer, before = PeerConnection(LOOPBACK, Heard()), there.peer
    there.send(Codec.VP8)
    there.send(Codec.OPUS)
    await there.offer()
    assert around.said[-1] == ("requestStream", {"id": "s1", "request": ["audio"]})
    await before.close()
    await there.close()


async def test_what_comes_in_the_place_of_another_is_the_same_to_people() -> None:
    around, stream, there = pair()
    there.send(Codec.OPUS)
    there.send(Codec.VP8)
    await there.offer()
    stream.asked.wanted[Source.MICROPHONE] = SMALL
    after = Stream(around, "s2", "ada", "camera")
    after.inherit(stream)
    await stream.shut()
    stream.end()
    again = There(around, after)
    again.send(Codec.OPUS)
    count = len(around.told)
    await again.offer()
    assert around.told[count:] == ["media ada:microphone", "ended ada:camera", "gone ada:camera"]
    assert after.asked.wanted == {Source.MICROPHONE: SMALL}
    stranger = Stream(around, "s3", "eve", "camera")
    stranger.inherit(after)
    assert stranger.source_of("ada:microphone") is None
    await again.close()
    await there.close()


async def test_one_that_has_grown_too_long_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_MOST_LINES", 3)
    around, stream, there = pair()
    sent = there.send(Codec.VP8)
    for _ in range(3):
        await there.offer()
        there.peer.remove_sender(sent)  # type: ignore[arg-type]
        sent = there.send(Codec.VP8)
    assert "abort" not in around.words
    await there.offer()
    assert around.words[-2:] == ["answer", "abort"]
    await stream.put_away()
    assert around.words[-1] == "request"
    await there.close()


async def test_what_is_no_offer_is_refused_and_asked_for_again() -> None:
    around, stream, there = pair()
    await stream.accept("rubbish")
    assert (around.words, stream.asked.again, stream.inward) == (["abort"], True, None)
    await there.close()


async def test_a_failure_is_tried_again_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MEND_AFTER_S", 0.0)
    around, stream, there = pair()
    there.send(Codec.VP8)
    await there.offer()
    inward = stream.inward
    for _ in range(9):
        stream.inward = inward
        stream.on_state(PeerState.FAILED)
        await until(lambda: stream.inward is None or stream.asked.failed == 3, "given up")
        stream.asked.closing = False
    assert (around.words.count("abort") <= 3, stream.asked.failed) == (True, 3)
    await there.close()
