"""Hardware that fails in the middle of a meeting; nobody misses a picture."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from tests.helpers.odd_encoders import Odd
from visio_desktop.media.decode import Decoder
from visio_desktop.media.encoders import EncodedPicture, EncodeSettings
from visio_desktop.media.errors import CodecError
from visio_desktop.media.hardware.falling import FallingEncoder
from visio_desktop.media.hardware.trial import patterns
from visio_desktop.media.raw import RawFrame
from visio_desktop.rtc.frames import Codec

SETTINGS = EncodeSettings(160, 90, 30, 200_000)
LONG_S = 60.0


class Card(Odd):
    """A graphics processor: `does` says what it does with the next picture."""

    def __init__(self) -> None:
        super().__init__(SETTINGS)
        self.does: Callable[[RawFrame, bool], EncodedPicture | None] | None = None
        self.asked = 0
        self.bitrate_bps = 0
        self.closed = threading.Event()

    def encode(self, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
        self.asked += 1
        return super().encode(frame, key=key) if self.does is None else self.does(frame, key)

    def set_bitrate(self, bitrate_bps: int) -> None:
        self.bitrate_bps = bitrate_bps
        super().set_bitrate(bitrate_bps)

    def close(self) -> None:
        self.closed.set()


class Meeting:
    """What the others see: every picture decoded, in the order in which it was sent."""

    def __init__(self, card: Card, patience_s: float = LONG_S) -> None:
        self.failed: list[str] = []
        self.may_open = threading.Event()
        self.softwares: list[Odd] = []
        self.decoder = Decoder(Codec.VP8)
        self.frames = patterns(160, 90)
        self.number = 0

        def opened() -> Card:
            assert self.may_open.wait(LONG_S)
            return card

        def software() -> Odd:
            self.softwares.append(Odd(SETTINGS))
            return self.softwares[-1]

        self.encoder = FallingEncoder(opened, software, self.failed.append, patience_s)

    def send(self, *, key: bool = False) -> EncodedPicture:
        frame = self.frames[self.number % len(self.frames)]
        self.number += 1
        planes = (frame.y, frame.u, frame.v)
        made = self.encoder.encode(RawFrame(*planes, self.number * 33.3, frame.stacked), key=key)
        assert made is not None, "a picture is missing"
        assert self.decoder.decode(made.payload) is not None
        return made

    def begin(self, card: Card) -> None:
        """Until the card has taken over."""
        self.may_open.set()
        ended = threading.Event()
        for _ in range(2_000):
            before, made = card.asked, self.send()
            if card.asked > before:
                assert made.key, "another encoder begins with a key frame"
                return
            ended.wait(0.005)
        pytest.fail("the card never took over")


def test_the_software_begins_and_the_card_takes_over_with_a_key_frame() -> None:
    card = Card()
    meeting = Meeting(card)
    assert meeting.send().key
    assert not meeting.send().key
    assert card.asked == 0
    meeting.begin(card)
    assert not meeting.send().key
    assert meeting.send(key=True).key
    meeting.encoder.set_bitrate(90_000)
    meeting.send()
    assert card.bitrate_bps == 90_000
    meeting.encoder.close()
    assert card.closed.wait(LONG_S)
    assert meeting.failed == []


def refuses(_frame: RawFrame, _key: bool) -> EncodedPicture | None:
    raise CodecError("h264_nvenc", "device lost")


def hangs(_frame: RawFrame, _key: bool) -> EncodedPicture | None:
    threading.Event().wait(2.0)
    return None


@pytest.mark.parametrize(("does", "reason", "patience_s"), [(refuses, "device lost", LONG_S), (hangs, "hangs", 0.05)])
def test_where_the_card_fails_the_same_picture_comes_from_the_software(
    does: Callable[[RawFrame, bool], EncodedPicture | None], reason: str, patience_s: float
) -> None:
    card = Card()
    meeting = Meeting(card, LONG_S)
    meeting.begin(card)
    meeting.encoder.set_bitrate(90_000)
    meeting.encoder._patience_s = patience_s
    card.does = does
    asked = card.asked
    assert meeting.send().key
    assert not meeting.send().key
    assert card.asked <= asked + 1, "it is never asked again"
    assert len(meeting.failed) == 1
    assert reason in meeting.failed[0]
    assert len(meeting.softwares) == 2
    meeting.encoder.close()


@pytest.mark.parametrize("first", [None, EncodedPicture(b"no key frame", key=False)])
def test_a_card_that_does_not_begin_with_a_key_frame_is_given_up_at_once(first: EncodedPicture | None) -> None:
    card = Card()
    card.does = lambda _frame, _key: first
    meeting = Meeting(card)
    meeting.begin(card)
    assert meeting.failed == ["gives no pictures"]
    assert card.asked == 1
    assert len(meeting.softwares) == 2, "the same picture, from the software"


def test_a_card_that_gives_nothing_for_long_is_given_up() -> None:
    card = Card()
    meeting = Meeting(card)
    meeting.begin(card)
    card.does = lambda _frame, _key: None
    frame = meeting.frames[0]
    made = [meeting.encoder.encode(frame, key=False) for _ in range(4)]
    assert [each is None for each in made] == [True, True, True, False]
    assert meeting.failed == ["gives no pictures"]
    meeting.encoder.close()


def test_a_card_that_does_not_open_is_not_waited_for() -> None:
    failed: list[str] = []
    told = threading.Event()

    def refused() -> Odd:
        raise CodecError("h264_nvenc", "too many sessions")

    def hear(reason: str) -> None:
        failed.append(reason)
        told.set()

    encoder = FallingEncoder(refused, lambda: Odd(SETTINGS), hear, LONG_S)
    frame = patterns(160, 90)[0]
    pause = threading.Event()
    for _ in range(2_000):
        assert encoder.encode(frame, key=False) is not None or failed == []
        if told.is_set():
            break
        pause.wait(0.005)
    assert len(failed) == 1
    assert "too many sessions" in failed[0]
    assert encoder.encode(frame, key=True) is not None
    encoder.close()
