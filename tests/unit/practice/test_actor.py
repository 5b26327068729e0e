"""One simulated person's pictures and speech."""

from __future__ import annotations

import threading

from tests.helpers.fakes import FakeOutbound
from tests.helpers.rtc_pair import until
from visio_desktop.media.opus import new_decoder
from visio_desktop.media.sources.scenes import SlideWords
from visio_desktop.practice.actor import FRAME_SAMPLES, PEOPLE_SIZE, SLIDES_SIZE, Picture, Voice, slide_words
from visio_desktop.practice.cast import AMINA, BRUNO
from visio_desktop.rtc.frames import Codec
from visio_desktop.system.texts import set_language


def said(role_stream: FakeOutbound, voice: Voice, frames: int) -> list[bytes]:
    for _ in range(frames):
        voice.speak()
    return [frame.payload for frame in role_stream.frames]


def test_a_voice_is_heard_and_everybody_has_their_own() -> None:
    amina, bruno = FakeOutbound(Codec.OPUS), FakeOutbound(Codec.OPUS)
    one, two = said(amina, Voice(AMINA, amina), 50), said(bruno, Voice(BRUNO, bruno), 50)
    assert one != two
    decoder = new_decoder()
    loudest = max(abs(decoded).max() for payload in one if (decoded := decoder.decode(payload)) is not None)
    assert loudest > 0.01


def test_time_passes_whether_something_is_said_or_not() -> None:
    stream = FakeOutbound(Codec.OPUS)
    voice = Voice(AMINA, stream)
    voice.say(b"\xfc one")
    voice.pause()
    voice.say(b"\xfc two")
    assert [(f.payload, f.rtp_time, f.voice) for f in stream.frames] == [
        (b"\xfc one", 0, True),
        (b"\xfc two", 2 * FRAME_SAMPLES, True),
    ]


async def test_a_picture_is_sent_until_it_is_stopped() -> None:
    stream = FakeOutbound(Codec.VP8)
    picture = Picture("amina", stream)
    await picture.start()
    await until(lambda: len(stream.frames) >= 3)
    picture.stop()
    count = len(stream.frames)
    assert stream.frames[0].key
    await until(lambda: not any(t.name == "encode" for t in threading.enumerate()))
    assert len(stream.frames) == count


async def test_slides_are_larger_and_calmer() -> None:
    stream = FakeOutbound(Codec.VP8)
    slides = Picture("slides", stream, slides=True)
    await slides.start()
    await until(lambda: bool(stream.frames))
    sent = slides._publisher.statistics()
    slides.stop()
    assert (sent.width_px, sent.height_px) == (SLIDES_SIZE.width_px, SLIDES_SIZE.height_px)
    assert SLIDES_SIZE.fps < PEOPLE_SIZE.fps


def test_slides_speak_the_persons_language() -> None:
    set_language("fr")
    try:
        words = slide_words()
    finally:
        set_language("en")
    assert words.heading.format(page=1, pages=4) == "Bilan de la semaine\u00a0: 1 sur 4"
    assert len(words.points) == 3
    assert slide_words() == SlideWords()
