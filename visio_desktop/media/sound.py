"""The whole sound path of the process: one per engine, everything called on its loop unless said otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import numpy as np

from visio_desktop.media.bounded import call_bounded
from visio_desktop.media.capturing import Capturing, Told
from visio_desktop.media.errors import MediaError
from visio_desktop.media.gate import Gate
from visio_desktop.media.microphone import Microphone, open_microphone
from visio_desktop.media.playout import VoiceStatistics
from visio_desktop.media.portaudio import failed
from visio_desktop.media.processing import load_processing
from visio_desktop.media.pulse_streams import PulseMicrophone
from visio_desktop.media.pump import Pump
from visio_desktop.media.samples import RATE_HZ, SILENCE_DB, Samples, silence
from visio_desktop.media.speaker import Speaker, open_speaker
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.media.voice import Voice
from visio_desktop.meeting.values import DeviceKind, Problem, ProblemCode, SoundWishes
from visio_desktop.rtc.frames import EncodedFrame, InboundStream, OutboundStream
from visio_desktop.system.clock import Clock

OPEN_TIMEOUT_S: Final = 5.0


class _Listeners:
    """Who is told what; each is called on the loop."""

    def __init__(self) -> None:
        self.first_sent: Callable[[], None] | None = None
        self.first_heard: Callable[[], None] | None = None
        self.spoke_while_muted: Callable[[], None] | None = None
        self.speaking: Callable[[bool], None] | None = None
        self.silent: Callable[[str, bool, bool], None] | None = None
        self.strong_noise_lost: Callable[[], None] | None = None
        self.failed: Callable[[DeviceKind, Problem], None] | None = None
        self.recovered: Callable[[DeviceKind, str], None] | None = None


class _Turn:
    """Lets a loudspeaker set the pace while it is its turn: while one takes another's place both are open."""

    def __init__(self, strike: Callable[[], None]) -> None:
        self.is_on = False
        self._strike = strike

    def tick(self) -> None:
        """A block was taken."""
        if self.is_on:
            self._strike()


class Sound:
    """Microphone to stream, streams to speaker. Without a speaker voices are decoded all the same, into nothing."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, clock: Clock) -> None:
        self._loop = loop
        self._clock = clock
        self._gate = Gate()
        self._listeners = _Listeners()
        self._voices: dict[str, Voice] = {}
        self._gains: dict[str, float] = {}
        self._turn = _Turn(lambda: None)
        self._wishes = SoundWishes()
        self._processed: SoundWishes | None = None
        self._microphone_spec: Spec | None = None
        self._outbound: OutboundStream | None = None
        self._speaker: Speaker | None = None
        self._names = {DeviceKind.SPEAKER: "", DeviceKind.MICROPHONE: ""}
        self._opening = {DeviceKind.SPEAKER: asyncio.Lock(), DeviceKind.MICROPHONE: asyncio.Lock()}
        told = Told(self._muted_speech, self._speaking, self._silent)
        self._capturing = Capturing(self._gate, clock, send=self._send, told=told)
        self._pump = Pump(self._capturing, clock, self._device_failed, self._device_recovered)
        self._has_sent = self._has_heard = False

    # ---- devices -----------------------------------------------------------------------------------------------------

    async def open_speaker(self, spec: Spec) -> str:
        """Play there; returns the opened name. Raises `MediaError`: then into nothing.

        What was open plays on until the other does, so that nothing is missed; a device that cannot be open twice is
        closed before.
        """
        async with self._opening[DeviceKind.SPEAKER]:
            if spec.kind in {SpecKind.NULL, SpecKind.NONE}:
                await self._release_speaker()
                return str(spec.kind.value)
            turn = _Turn(self._pump.beat.strike)
            speaker = await self._bounded(
                DeviceKind.SPEAKER,
                spec,
                lambda: open_speaker(spec, turn.tick, self._clock),
                lambda late: late.stop(),
                self._release_speaker if self._speaker is not None else None,
            )
            before, self._speaker = self._speaker, speaker
            self._turn.is_on, self._turn = False, turn
            self._names[DeviceKind.SPEAKER] = speaker.name
            turn.is_on = True
            self._pump.set_speaker(speaker)
            if before is not None:
                await self._bounded_stop(before.stop)
            return speaker.name

    async def close_speaker(self) -> None:
        """Play into nothing."""
        async with self._opening[DeviceKind.SPEAKER]:
            await self._release_speaker()

    async def open_microphone(self, spec: Spec) -> str:
        """Record from there; returns the opened name. Raises `MediaError`: then silence.

        What is recorded feeds the meter; it is sent only with a stream attached and the gate open. As with loudspeakers
        what was open is heard until the other is.
        """
        async with self._opening[DeviceKind.MICROPHONE]:
            self._microphone_spec = spec
            return await self._change_microphone(spec)

    async def _change_microphone(self, spec: Spec) -> str:
        stereo = self._wishes.original
        microphone = await self._bounded(
            DeviceKind.MICROPHONE,
            spec,
            lambda: open_microphone(spec, self._clock, stereo=stereo),
            _stop_microphone,
            self._release_microphone if self._capturing.microphone is not None else None,
        )
        if microphone is None:
            await self._release_microphone()
            return str(spec.kind.value)
        if microphone.is_acoustic:
            await self._process()
        self._names[DeviceKind.MICROPHONE] = microphone.name
        before, self._capturing.microphone = self._capturing.microphone, microphone
        self._pump.microphone_changed()
        if before is not None:
            await self._bounded_stop(before.stop)
        return microphone.name

    async def set_wishes(self, wishes: SoundWishes) -> None:
        """Treat own sound like this from now on; for original sound the microphone is opened anew, in stereo."""
        async with self._opening[DeviceKind.MICROPHONE]:
            before, self._wishes = self._wishes, wishes
            microphone, spec = self._capturing.microphone, self._microphone_spec
            if microphone is None or not microphone.is_acoustic:
                return
            if wishes.original != before.original and spec is not None:
                await self._change_microphone(spec)
            else:
                await self._process()

    async def _process(self) -> None:
        """Have the processing that is wished."""
        if self._processed != self._wishes:
            wishes = self._wishes
            self._capturing.processing = await asyncio.to_thread(load_processing, wishes, self._strong_noise_lost)
            self._processed = wishes

    async def close_microphone(self) -> None:
        """Record nothing."""
        async with self._opening[DeviceKind.MICROPHONE]:
            await self._release_microphone()

    async def _bounded[T](
        self,
        kind: DeviceKind,
        spec: Spec,
        call: Callable[[], T],
        undo: Callable[[T], None],
        release: Callable[[], Awaitable[None]] | None,
    ) -> T:
        """What `call` opens, in bounded time. `release` gives up what is open, where that may be in the way."""
        try:
            return await call_bounded(call, OPEN_TIMEOUT_S, name=f"open-{kind.value}", undo=undo)
        except TimeoutError as error:
            if release is not None:
                await release()
            raise failed(kind, spec.value, "opening took too long") from error
        except MediaError:
            if release is None:
                raise
            await release()
            return await self._bounded(kind, spec, call, undo, None)

    async def _release_speaker(self) -> None:
        speaker, self._speaker = self._speaker, None
        self._turn.is_on = False
        self._pump.set_speaker(None)
        if speaker is not None:
            await self._bounded_stop(speaker.stop)

    async def _release_microphone(self) -> None:
        microphone, self._capturing.microphone = self._capturing.microphone, None
        self._pump.microphone_changed()
        if microphone is not None:
            await self._bounded_stop(microphone.stop)

    async def _bounded_stop(self, stop: Callable[[], None]) -> None:
        with suppress(TimeoutError):  # a device that hangs on closing is left to its thread
            await call_bounded(stop, OPEN_TIMEOUT_S, name="close-sound-device")

    # ---- own sound ---------------------------------------------------------------------------------------------------

    def set_gate(self, open: bool) -> None:  # noqa: A002 - the gate is open or it is not
        """Let own sound out or not. Closed, nothing recorded before or since leaves any more. Thread-safe."""
        self._gate.set_open(open)

    def attach_outbound(self, stream: OutboundStream | None, *, original: bool = False) -> None:
        """Send on this stream from now on, None on none; one of `original` sound takes music in stereo."""
        if self._outbound is not None:
            self._outbound.on_feedback(None)
        self._outbound = stream
        self._capturing.send_music(original)
        self._capturing.is_wanted = stream is not None
        if stream is not None:
            stream.on_feedback(self._capturing.uplink.follow)

    def heard_beside(self, samples: Samples) -> None:
        """Other programs play this, 960 pairs of left and right: it is taken out of the microphone. Thread-safe."""
        self._capturing.beside.append(samples.reshape(-1, 2).mean(axis=1, dtype=np.float32))

    async def record(self, seconds: float) -> Samples:
        """What the others would hear of the microphone for so long, whether it is sent or not; it may stay silent."""
        heard: list[Samples] = []
        self._capturing.tap = heard.append
        try:
            await asyncio.sleep(seconds)
        finally:
            self._capturing.tap = None
        return np.concatenate(heard)[: int(seconds * RATE_HZ)] if heard else silence(0)

    def microphone_level_db(self) -> float:
        """The level after processing, -127 to 0, whether sent or not. Thread-safe."""
        return self._capturing.meter.db

    def _send(self, frame: EncodedFrame, opening: int) -> None:
        self._on_loop(lambda: self._send_now(frame, opening))

    def _send_now(self, frame: EncodedFrame, opening: int) -> None:
        stream = self._outbound
        if stream is None or not self._gate.pass_through(opening, lambda: stream.send(frame)):
            return
        if not self._has_sent:
            self._has_sent = True
            if self._listeners.first_sent is not None:
                self._listeners.first_sent()

    # ---- voices ------------------------------------------------------------------------------------------------------

    def add_voice(self, voice_id: str, stream: InboundStream, *, is_ours: bool = False) -> None:
        """Play a stream; a voice of the same id is replaced, keeping its volume. `is_ours`: it is nobody's voice."""
        before = self._voices.pop(voice_id, None)
        voice = Voice(stream, self._clock)
        voice.gain = self._gains.get(voice_id, 1.0)
        if before is not None and before.stream is not stream:
            before.stop()
        self._voices[voice_id] = voice
        self._pump.set_voices(self._voices)
        if not self._has_heard and not is_ours:
            voice.on_begun(lambda: self._on_loop(self._heard))

    def remove_voice(self, voice_id: str) -> None:
        """Stop a voice; unknown ones are passed over."""
        voice = self._voices.pop(voice_id, None)
        if voice is not None:
            voice.stop()
            self._pump.set_voices(self._voices)

    def set_volume(self, voice_id: str, gain: float) -> None:
        """Play a voice louder or quieter, one that is yet to come too; 1 is as sent."""
        self._gains[voice_id] = min(max(gain, 0.0), 4.0)
        if voice_id in self._voices:
            self._voices[voice_id].gain = self._gains[voice_id]

    def hold_voice(self, voice_id: str, hold_ms: float) -> None:
        """Let a voice be heard so much later; one that is not there is passed over."""
        if voice_id in self._voices:
            self._voices[voice_id].hold(hold_ms)

    def voice_level_db(self, voice_id: str) -> float:
        """How loud a voice plays now, -127 to 0. Thread-safe."""
        voice = self._voices.get(voice_id)
        return SILENCE_DB if voice is None else voice.meter.db

    def playout_time_ms(self, voice_id: str) -> float | None:
        """The sender's capture time of what is heard of a voice now; None while unknown. Thread-safe."""
        voice = self._voices.get(voice_id)
        if voice is None or voice.capture_ms is None:
            return None
        return voice.capture_ms - self._pump.output_delay_ms

    def statistics(self, voice_id: str) -> VoiceStatistics:
        """How a voice has been played, all zero for an unknown one. Thread-safe."""
        voice = self._voices.get(voice_id)
        return VoiceStatistics() if voice is None else voice.statistics()

    def _heard(self) -> None:
        if not self._has_heard:
            self._has_heard = True
            if self._listeners.first_heard is not None:
                self._listeners.first_heard()

    # ---- told on the loop --------------------------------------------------------------------------------------------

    def on_first_sent(self, listener: Callable[[], None]) -> None:
        """Call when the first own frame goes out."""
        self._listeners.first_sent = listener

    def on_first_heard(self, listener: Callable[[], None]) -> None:
        """Call when the first frame of anybody is played."""
        self._listeners.first_heard = listener

    def on_spoke_while_muted(self, listener: Callable[[], None]) -> None:
        """Call when somebody speaks while the gate is closed, at most once in ten seconds."""
        self._listeners.spoke_while_muted = listener

    def on_speaking(self, listener: Callable[[bool], None]) -> None:
        """Call when own speech that is sent begins and ends."""
        self._listeners.speaking = listener

    def on_silent(self, listener: Callable[[str, bool, bool], None]) -> None:
        """Call when the microphone has given nothing at all for ten seconds, and when it gives again.

        With its name, whether it is silent, and whether it is the system that keeps it so.
        """
        self._listeners.silent = listener

    def on_strong_noise_lost(self, listener: Callable[[], None]) -> None:
        """Call when strong noise suppression that is wished does not work, or no longer."""
        self._listeners.strong_noise_lost = listener

    def on_failed(self, listener: Callable[[DeviceKind, Problem], None]) -> None:
        """Call when an open device stops working."""
        self._listeners.failed = listener

    def _muted_speech(self) -> None:
        self._on_loop(lambda: self._listeners.spoke_while_muted and self._listeners.spoke_while_muted())

    def on_recovered(self, listener: Callable[[DeviceKind, str], None]) -> None:
        """Call with its name when an open device that was told to have failed works after all."""
        self._listeners.recovered = listener

    def _speaking(self, on: bool) -> None:
        self._on_loop(lambda: self._listeners.speaking and self._listeners.speaking(on))

    def _silent(self, silent: bool) -> None:
        name, microphone = self._names[DeviceKind.MICROPHONE], self._capturing.microphone
        muted = silent and isinstance(microphone, PulseMicrophone) and microphone.is_muted()
        self._on_loop(lambda: self._listeners.silent and self._listeners.silent(name, silent, muted))

    def _strong_noise_lost(self) -> None:
        self._on_loop(lambda: self._listeners.strong_noise_lost and self._listeners.strong_noise_lost())

    def _device_failed(self, kind: DeviceKind) -> None:
        microphone = self._capturing.microphone
        if kind is DeviceKind.MICROPHONE and microphone is not None and not microphone.has_delivered:
            problem = Problem(ProblemCode.MICROPHONE_NOTHING, self._names[kind])
        else:
            problem = failed(kind, self._names[kind]).problem
        self._on_loop(lambda: self._listeners.failed and self._listeners.failed(kind, problem))

    def _device_recovered(self, kind: DeviceKind) -> None:
        name = self._names[kind]
        self._on_loop(lambda: self._listeners.recovered and self._listeners.recovered(kind, name))

    def _on_loop(self, call: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody listens any more
            self._loop.call_soon_threadsafe(call)

    async def close(self) -> None:
        """Release everything; the object is of no use afterwards."""
        self.set_gate(open=False)
        self.attach_outbound(None)
        for voice_id in tuple(self._voices):
            self.remove_voice(voice_id)
        await self.close_microphone()
        await self.close_speaker()
        await asyncio.to_thread(self._pump.stop)


def _stop_microphone(microphone: Microphone | None) -> None:
    if microphone is not None:
        microphone.stop()
