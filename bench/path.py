"""Echo, double talk, noise and hum over devices: `./dev bench media --only path`.

Our sound path whole, with streams to a loudspeaker and from a microphone of a sound server, and between the two a room
that another process plays (`tests/helpers/room_child.py`), on clocks of its own. Looked at is what the microphone gave
to the processing, and what that gave to the encoder.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

import numpy as np

from bench.far_end import FarEnd, Spread, Voices
from bench.figures import Figure, begin, loss_db, near_loss_db, of_voices
from bench.plugs import server
from tests.helpers.pulse import Pulse
from tests.helpers.sound import FakeInbound, FakeOutbound
from tests.helpers.virtual_room import Box, VirtualRoom, virtual_room
from visio_desktop.media.processing import Processing
from visio_desktop.media.samples import RATE_HZ, Pcm, Samples, from_pcm
from visio_desktop.media.sound import Sound
from visio_desktop.media.specs import parse_spec
from visio_desktop.media.speech import Speech
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.clock import monotonic_ms

_FRAME_MS: Final = 20
_SETTLED_S: Final = 2.5
_NOISE: Final = 10 ** (-45 / 20)
_HUM: Final = 0.05
_ROOM_NUMBERS: Final = count()


class Witness:
    """Processing that keeps what went in and what came out."""

    def __init__(self, processing: Processing) -> None:
        self._processing = processing
        self._parts: list[tuple[Pcm, Pcm, Pcm]] = []

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        """See `Processing`."""
        clean = self._processing.process(near, far)
        self._parts.append((near.copy(), far.copy(), clean.copy()))
        return clean

    def kept(self) -> Heard:
        """All of it."""
        near, far, clean = (from_pcm(np.concatenate(part)) for part in zip(*self._parts, strict=True))
        return Heard(near, far, clean)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the microphone heard, what the processing was told of as played meanwhile, and what it left."""

    before: Samples
    played: Samples
    after: Samples


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody in the room said, the echo at the same time, and what became of it, from its first sound on."""

    voice: Samples
    echo: Samples
    after: Samples


class Session:
    """A meeting's sound on the devices of a room."""

    def __init__(self, sound: Sound, room: VirtualRoom, witness: Witness) -> None:
        self.sound = sound
        self.room = room
        self.witness = witness

    async def hear(self, far: FarEnd, seconds: float) -> None:
        """Somebody speaks at the other end for so long, from the first moment on."""
        stream, sequence, start_ms = FakeInbound(), 0, monotonic_ms()
        self.sound.add_voice("far", stream)
        for beat in range(int(seconds * 1000 / _FRAME_MS)):
            if frame := far.next_frame():
                sequence += 1
                stream.deliver(replace(frame, sequence=sequence))
            await asyncio.sleep(max(0.0, (start_ms + beat * _FRAME_MS - monotonic_ms()) / 1000))

    async def change_to(self, box: Box) -> None:
        """Another loudspeaker is plugged in and used."""
        await self.sound.open_speaker(parse_spec(self.room.add(box), DeviceKind.SPEAKER))


@asynccontextmanager
async def session(pulse: Pulse, box: Box) -> AsyncIterator[Session]:
    """One that has been quiet for some seconds."""
    with virtual_room(pulse, f"room{next(_ROOM_NUMBERS)}") as room:
        sound = Sound(asyncio.get_running_loop(), clock=monotonic_ms)
        try:
            await sound.open_speaker(parse_spec(room.add(box), DeviceKind.SPEAKER))
            await sound.open_microphone(parse_spec(room.microphone, DeviceKind.MICROPHONE))
            capturing = sound._capturing  # noqa: SLF001 - the only place where both sides of the processing are
            capturing.processing = witness = Witness(capturing.processing)
            sound.attach_outbound(FakeOutbound())
            sound.set_gate(open=True)
            await asyncio.sleep(_SETTLED_S)
            yield Session(sound, room, witness)
        finally:
            await sound.close()


async def echo_of(pulse: Pulse, box: Box, far: FarEnd, seconds: float, other: Box | None = None) -> Heard:
    """The far end speaks; with an `other` loudspeaker that one is used after half of the time."""
    async with session(pulse, box) as here:
        if other is None:
            await here.hear(far, seconds)
        else:
            async with asyncio.TaskGroup() as both:
                both.create_task(here.hear(far, seconds))
                await asyncio.sleep(seconds / 2)
                await here.change_to(other)
        return here.witness.kept()


async def voice_of(pulse: Pulse, far: FarEnd | None, seconds: float) -> Said:
    """Somebody speaks in the room, and at the other end as well or nobody."""
    voice = Speech(5, 190.0).read(int(seconds * RATE_HZ))
    async with session(pulse, Box()) as here:
        here.room.say(voice)
        await (asyncio.sleep(seconds) if far is None else here.hear(far, seconds))
        heard = here.witness.kept()
        said, echo = here.room.kept("near"), here.room.kept("echo")
    spoken, in_room = _found(voice, heard.before), begin(said) - begin(voice)
    return Said(voice, echo[in_room:], heard.after[spoken:])


def _found(voice: Samples, heard: Samples) -> int:
    """Where this was said."""
    size = 1 << (len(heard) + len(voice)).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(voice, size)), size)
    return int(np.argmax(likeness[: len(heard)]))


async def told_of(pulse: Pulse, far: FarEnd, seconds: float) -> Figure:
    """How much of what the loudspeaker played, its first block included, the processing was told of at the time."""
    async with session(pulse, Box()) as here:
        await here.hear(far, seconds)
        told, played = here.witness.kept().played, here.room.kept("played")
    share = 100 * float(np.square(told).sum() / np.square(played).sum())
    return Figure("of what is played over devices, told to the processing", share, "%")


async def beside_of(pulse: Pulse, seconds: float, **loudness: float) -> Heard:
    """Nobody speaks, and there is noise or a hum."""
    async with session(pulse, Box()) as here:
        here.room.be(**loudness)
        await asyncio.sleep(seconds)
        return here.witness.kept()


async def echo_figures(
    pulse: Pulse, seconds: float, voices: Voices, named: str, box: Box, *, bars: bool, other: Box | None = None
) -> list[Figure]:
    """How far the echo lies below what the microphone heard of it, from its first moment on."""
    early, late = dict[str, float](), dict[str, float]()
    for name, voice in voices.items():
        heard = await echo_of(pulse, box, voice(), seconds, other)
        first = begin(heard.before)
        settled = slice(first + 3 * RATE_HZ, None)
        if other is not None:
            settled = slice(len(heard.before) - int((seconds / 2 - 3) * RATE_HZ), None)
        for losses, part in ((early, slice(first, first + RATE_HZ)), (late, settled)):
            losses[name] = loss_db(heard.before[part], heard.after[part])
    later = of_voices(f"echo return loss over devices, later{named}", "dB", Spread(late), 45.0 if bars else None)
    if other is not None:
        return later
    first_second = f"echo return loss over devices, first second{named}"
    return [*of_voices(first_second, "dB", Spread(early), 35.0 if bars else None), *later]


async def near_figures(pulse: Pulse, seconds: float, voices: Voices) -> list[Figure]:
    """How much quieter somebody here becomes while the other side speaks too, where both do."""
    alone, lost = await voice_of(pulse, None, seconds), dict[str, float]()
    for name, voice in voices.items():
        both = await voice_of(pulse, voice(), seconds)
        lost[name] = near_loss_db(both.voice, both.echo, alone.after, both.after, 3 * RATE_HZ)
    return of_voices("near end in double talk over devices", "dB lost", Spread(lost, most=True), 4.0)


async def beside_figures(pulse: Pulse, seconds: float) -> list[Figure]:
    """How much quieter a steady noise of -45 dBFS becomes, and a hum of 40 Hz."""
    late = slice(-int((seconds - 3) * RATE_HZ), None)
    noisy = await beside_of(pulse, seconds, noise=_NOISE)
    humming = await beside_of(pulse, seconds, hum=_HUM)
    return [
        Figure("noise suppression over devices", loss_db(noisy.before[late], noisy.after[late]), "dB", 12.0),
        Figure("a hum of 40 Hz over devices", loss_db(humming.before[late], humming.after[late]), "dB lost", 20.0),
    ]


_ODD: Final = (
    (", loudspeaker's clock 100 ppm fast", Box(ppm=100.0), None),
    (", 40 ms on the way", Box(delay_ms=40.0), None),
    (", 150 ms on the way", Box(delay_ms=150.0), None),
    (", 300 ms on the way", Box(delay_ms=300.0), None),
    (", 3 s after a change of loudspeakers", Box(), Box("other", delay_ms=90.0, seed=9)),
)


async def path_figures(seconds: float, voices: Voices, *, quick: bool) -> list[Figure]:
    """All over devices: the usual ones with all `voices`, or three where it is to be `quick`, odd ones with three."""
    few = dict(list(voices.items())[:3])
    with server() as pulse:
        found = await echo_figures(pulse, seconds, few if quick else voices, "", Box(), bars=True)
        found += await near_figures(pulse, seconds, few if quick else voices)
        found += await beside_figures(pulse, 8.0)
        found.append(await told_of(pulse, next(iter(few.values()))(), 6.0))
        for named, box, other in _ODD:
            found += await echo_figures(pulse, seconds, few, named, box, bars=False, other=other)
    return found
