"""The whole path, in real time for a second or less."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import numpy as np
import pytest

from tests.helpers.portaudio import FakePortAudioError, FakeSounddevice, FakeStream
from tests.helpers.sound import FakeInbound, FakeOutbound
from visio_desktop.media import sound as sound_module
from visio_desktop.media.errors import DeviceError, FileError
from visio_desktop.media.processing import Untouched
from visio_desktop.media.samples import BLOCK, FRAME, SILENCE_DB
from visio_desktop.media.sound import Sound
from visio_desktop.media.specs import Spec, parse_spec
from visio_desktop.meeting.values import DeviceKind, Problem, ProblemCode, SoundWishes
from visio_desktop.rtc.frames import Feedback
from visio_desktop.system.clock import monotonic_ms

MIC, SPEAKER = DeviceKind.MICROPHONE, DeviceKind.SPEAKER


@pytest.fixture
async def sound() -> AsyncIterator[Sound]:
    """A sound path on this test's loop."""
    made = Sound(asyncio.get_running_loop(), clock=monotonic_ms)
    yield made
    await made.close()


def _mic(text: str) -> Spec:
    return parse_spec(text, MIC)


async def _until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def test_from_microphone_to_speaker(sound: Sound) -> None:
    told: list[str] = []
    sound.on_first_sent(lambda: told.append("sent"))
    sound.on_first_heard(lambda: told.append("heard"))
    stream = FakeInbound()
    outbound = FakeOutbound(stream)
    assert await sound.open_speaker(parse_spec("null", SPEAKER)) == "null"
    assert await sound.open_microphone(_mic("test")) == "test"
    sound.add_voice("a", stream)
    sound.attach_outbound(outbound)
    sound.set_gate(open=True)
    await _until(lambda: sound.voice_level_db("a") > -50 and sound.statistics("a").played_ms > 200)
    assert told == ["sent", "heard"]
    assert sound.microphone_level_db() > SILENCE_DB
    assert sound.statistics("a").concealed_ratio < 0.5
    assert outbound.feedback is not None
    outbound.feedback(Feedback(loss_fraction=0.1))


async def test_closed_at_once(sound: Sound) -> None:
    outbound = FakeOutbound()
    await sound.open_microphone(_mic("test"))
    sound.attach_outbound(outbound)
    await asyncio.sleep(0.1)
    assert outbound.sent == []
    sound.set_gate(open=True)
    await _until(lambda: len(outbound.sent) > 5)
    sound.set_gate(open=False)
    count = len(outbound.sent)
    await asyncio.sleep(0.15)
    assert len(outbound.sent) == count


async def test_another_device_keeps_the_stream_and_its_time(sound: Sound) -> None:
    outbound = FakeOutbound()
    sound.attach_outbound(outbound)
    sound.set_gate(open=True)
    await sound.open_microphone(_mic("test:a"))
    await _until(lambda: len(outbound.sent) > 5)
    before = outbound.sent[-1].rtp_time
    with pytest.raises(FileError):
        await sound.open_microphone(_mic("file:nowhere.wav"))
    assert await sound.open_microphone(_mic("test:b")) == "test"
    count = len(outbound.sent)
    await _until(lambda: len(outbound.sent) > count + 5)
    assert outbound.sent[-1].rtp_time > before


async def test_after_removal_a_voice_is_silent(sound: Sound) -> None:
    stream = FakeInbound()
    sound.add_voice("a", stream)
    sound.add_voice("a", stream)
    sound.set_volume("a", 0.5)
    sound.remove_voice("a")
    sound.remove_voice("a")
    sound.set_volume("a", 2.0)
    assert stream.listener is None
    assert sound.voice_level_db("a") == SILENCE_DB
    assert sound.playout_time_ms("a") is None
    assert sound.statistics("a").played_ms == 0


async def test_a_voice_replaced_by_the_same_stream_still_listens(sound: Sound) -> None:
    stream = FakeInbound()
    sound.add_voice("a", stream)
    sound.add_voice("a", stream)
    assert stream.listener is not None


async def test_no_devices(sound: Sound, sounddevice: FakeSounddevice) -> None:
    sounddevice.rows.clear()
    sounddevice.plugged_in.clear()
    with pytest.raises(DeviceError) as caught:
        await sound.open_speaker(parse_spec("default", SPEAKER))
    assert caught.value.problem.code is ProblemCode.SPEAKER_MISSING
    with pytest.raises(DeviceError) as caught:
        await sound.open_microphone(_mic("default"))
    assert caught.value.problem.code is ProblemCode.MICROPHONE_MISSING


async def test_real_devices_are_opened_named_and_closed(sound: Sound, sounddevice: FakeSounddevice) -> None:
    assert await sound.open_speaker(parse_spec("default", SPEAKER)) == "Speaker"
    assert await sound.open_microphone(_mic("default")) == "Mic"
    for _ in range(5):
        sounddevice.streams[1].feed(np.full(BLOCK, 8000, dtype=np.int16))
    await _until(lambda: sound.microphone_level_db() > SILENCE_DB)
    await sound.close_microphone()
    await sound.close_speaker()
    assert all(stream.closed for stream in sounddevice.streams)


async def test_a_device_that_hangs_is_given_up(sound: Sound, monkeypatch: pytest.MonkeyPatch) -> None:
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(_spec: Spec, _clock: object, *, stereo: bool) -> None:
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result(5)

    monkeypatch.setattr(sound_module, "OPEN_TIMEOUT_S", 0.05)
    monkeypatch.setattr(sound_module, "open_microphone", hang)
    with pytest.raises(DeviceError) as caught:
        await sound.open_microphone(_mic("Slow"))
    assert caught.value.problem == Problem(ProblemCode.MICROPHONE_FAILED, "Slow")
    release.set()
    await asyncio.sleep(0.02)


async def test_a_failing_device_is_told_on_the_loop(sound: Sound, sounddevice: FakeSounddevice) -> None:
    told: list[tuple[DeviceKind, Problem]] = []
    sound.on_failed(lambda kind, problem: told.append((kind, problem)))
    await sound.open_microphone(_mic("default"))
    sound._pump._failed(MIC)
    await _until(lambda: told == [(MIC, Problem(ProblemCode.MICROPHONE_NOTHING, "Mic"))])
    sounddevice.streams[0].feed(np.zeros(BLOCK, dtype=np.int16))
    sound._pump._failed(MIC)
    await _until(lambda: told[1:] == [(MIC, Problem(ProblemCode.MICROPHONE_FAILED, "Mic"))])


async def test_what_other_programs_play_is_known_to_the_echo_canceller_in_mono(sound: Sound) -> None:
    sound.heard_beside(np.tile(np.array([0.5, 0.1], np.float32), FRAME))
    (mono,) = sound._capturing.beside
    assert mono.shape == (FRAME,)
    assert np.allclose(mono, 0.3)


async def test_a_voice_keeps_its_volume_and_has_it_from_its_beginning(sound: Sound) -> None:
    sound.set_volume("a", 0.5)
    sound.add_voice("a", FakeInbound())
    assert sound._voices["a"].gain == 0.5
    sound.remove_voice("a")
    sound.add_voice("a", FakeInbound())
    assert sound._voices["a"].gain == 0.5
    sound.set_volume("a", 9.0)
    assert sound._voices["a"].gain == 4.0


async def test_what_the_others_would_hear_can_be_recorded_without_sending(sound: Sound) -> None:
    await sound.open_microphone(_mic("test"))
    recorded = await sound.record(0.3)
    assert 0 < len(recorded) <= 0.3 * 48_000
    assert sound._capturing.tap is None
    await sound.close_microphone()
    assert len(await sound.record(0.0)) == 0


async def test_the_next_device_is_open_before_the_one_before_is_closed(
    sound: Sound, sounddevice: FakeSounddevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_then: list[int] = []

    def close(stream: FakeStream, ignore_errors: bool = True) -> None:
        open_then.append(sum(not each.closed for each in sounddevice.streams))
        stream.closed = ignore_errors

    monkeypatch.setattr(FakeStream, "close", close)
    for _ in range(2):
        await sound.open_microphone(_mic("default"))
        await sound.open_speaker(parse_spec("default", SPEAKER))
    assert open_then == [3, 3]
    assert [stream.closed for stream in sounddevice.streams] == [True, True, False, False]


async def test_a_device_that_cannot_be_open_twice_is_closed_first(
    sound: Sound, sounddevice: FakeSounddevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FakeStream.start

    def start(stream: FakeStream) -> None:
        if any(not each.closed for each in sounddevice.streams if each is not stream):
            raise FakePortAudioError("Device unavailable")
        real(stream)

    monkeypatch.setattr(FakeStream, "start", start)
    assert await sound.open_microphone(_mic("default")) == "Mic"
    assert await sound.open_microphone(_mic("default")) == "Mic"
    assert [stream.closed for stream in sounddevice.streams].count(False) == 1


async def test_only_one_loudspeaker_at_a_time_sets_the_pace(sound: Sound, sounddevice: FakeSounddevice) -> None:
    await sound.open_speaker(parse_spec("default", SPEAKER))
    await sound.open_speaker(parse_spec("default", SPEAKER))
    before, now = sounddevice.streams
    struck = sound._pump.beat._struck
    before.drain()
    assert sound._pump.beat._struck == struck
    now.drain()
    assert sound._pump.beat._struck == struck + 1


async def test_wishes_change_the_processing_and_original_sound_opens_the_microphone_anew(
    sound: Sound, sounddevice: FakeSounddevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[SoundWishes] = []

    def load(wishes: SoundWishes, _on_lost: object) -> Untouched:
        loaded.append(wishes)
        return Untouched()

    monkeypatch.setattr(sound_module, "load_processing", load)
    quiet, original = SoundWishes(noise=False), SoundWishes(original=True)
    await sound.set_wishes(quiet)
    assert loaded == [], "nothing is open"
    await sound.open_microphone(_mic("ALSA/Mic"))
    await sound.open_microphone(_mic("ALSA/Mic"))
    assert loaded == [quiet]
    await sound.set_wishes(original)
    assert loaded == [quiet, original]
    assert [stream.settings["channels"] for stream in sounddevice.streams] == [1, 1, 2]
    await sound.set_wishes(SoundWishes())
    assert sounddevice.streams[-1].settings["channels"] == 1
    await sound.open_microphone(_mic("test"))
    await sound.set_wishes(original)
    assert len(sounddevice.streams) == 4, "what is no device stays as it is"


async def test_strong_noise_suppression_that_does_not_work_is_told_on_the_loop(
    sound: Sound, sounddevice: FakeSounddevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[Callable[[], None]] = []

    def load(_wishes: SoundWishes, on_lost: Callable[[], None]) -> Untouched:
        lost.append(on_lost)
        return Untouched()

    monkeypatch.setattr(sound_module, "load_processing", load)
    told = asyncio.Event()
    sound.on_strong_noise_lost(told.set)
    await sound.set_wishes(SoundWishes(strong=True))
    await sound.open_microphone(_mic("ALSA/Mic"))
    await asyncio.to_thread(lost[0])
    await asyncio.wait_for(told.wait(), 30)
    assert sounddevice.streams


async def test_a_silent_microphone_is_told_by_its_name(sound: Sound, sounddevice: FakeSounddevice) -> None:
    told: list[tuple[str, bool, bool]] = []
    sound.on_silent(lambda *news: told.append(news))
    await sound.open_microphone(_mic("default"))
    for silent in (True, False):
        sound._capturing._told.silent(silent)
    await _until(lambda: told == [("Mic", True, False), ("Mic", False, False)])


async def test_own_speech_and_a_loudspeaker_that_came_back_are_told(sound: Sound, sounddevice: FakeSounddevice) -> None:
    told: list[object] = []
    sound.on_speaking(told.append)
    sound.on_recovered(lambda *news: told.append(news))
    await sound.open_speaker(parse_spec("default", SPEAKER))
    sound._capturing._told.speaking(True)
    sound._pump._recovered(SPEAKER)
    await _until(lambda: told == [True, (SPEAKER, "Speaker")])
