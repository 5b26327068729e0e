"""`./dev bench media [--quick] [--json]`: what becomes of one's own sound on its way, and of a change of devices.

Echo, double talk and noise: our sound path beat by beat, with a loudspeaker and a microphone in a made-up room (60 ms,
with an echo of a quarter of a second, and a loudspeaker that bends a little) in place of the devices; speech comes in
encoded, as from a server, of eight voices one after the other: the bars are for their median, and the worst is told
(docs/decisions/0041). The figures are of sound after processing. Devices: PulseAudio's, without a card.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench import page
from bench.far_end import MADE_UP, FarEnd, Spread, Voices, recordings
from bench.plugs import camera_changes, changes, comings_and_goings, speaker_changes
from bench.results import add_options, guarded, reported
from tests.helpers.sound import FakeInbound
from tools.shell import say
from visio_desktop.media.capturing import Capturing
from visio_desktop.media.gate import Gate
from visio_desktop.media.processing import Processing, load_processing
from visio_desktop.media.pump import Pump
from visio_desktop.media.ring import BlockRing
from visio_desktop.media.samples import BLOCK, FRAME, RATE_HZ, Pcm, Samples, from_pcm, level_db, silence
from visio_desktop.media.speech import Speech
from visio_desktop.media.voice import Voice
from visio_desktop.meeting.values import SoundWishes
from visio_desktop.system.extras import has_strong_noise

DELAY = RATE_HZ * 60 // 1000
ECHO = 0.5
QUIET_DB = -80.0
NOISE = 10 ** (-45 / 20)
LOUD_DB = -45.0
RINGS_S = 0.25
"""How long the room rings: until its echo is 60 dB down."""

DEAD_S = 0.06
"""The same of a room that swallows nearly all."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `bar` is what it must reach, at least or (`most`) at most."""

    what: str
    value: float
    unit: str
    bar: float | None = None
    most: bool = False

    @property
    def holds(self) -> bool:
        """Whether the bar is reached."""
        return self.bar is None or (self.value <= self.bar if self.most else self.value >= self.bar)


class Room:
    """A loudspeaker, a microphone and what lies between; `near` speaks in it, `noise` is always there."""

    name = "room"
    is_acoustic = True
    has_delivered = True
    backlog = 0
    last_heard_ms = None
    latency_ms = 40.0

    def __init__(self, near: Callable[[int], Samples], noise: float, rings_s: float = RINGS_S) -> None:
        self.ring = BlockRing()
        self._near = near
        chance = np.random.default_rng(3)
        at_s = np.arange(RATE_HZ * 12 // 100) / RATE_HZ
        response = chance.normal(0, 1, len(at_s)) * np.exp(-6.9 * at_s / rings_s) * 0.12
        response[0] = 1
        self._response = response / np.sqrt(np.square(response).sum())
        self._chance, self._noise = chance, noise
        self._played = np.zeros(DELAY + len(response))
        self.echo: list[Samples] = []
        self.voice: list[Samples] = []

    def play(self) -> None:
        """The loudspeaker takes a block."""
        block = np.zeros(BLOCK, dtype=np.int16)
        self.ring.read_into(block)
        bent = np.tanh(1.5 * from_pcm(block).astype(np.float64)) / 1.5
        self._played = np.concatenate((self._played, bent))[-(DELAY + len(self._response) + 2 * FRAME) :]

    def read(self) -> Samples:
        """What the microphone hears in 20 ms."""
        late = self._played[: len(self._played) - DELAY]
        echo = ECHO * np.convolve(late[-(FRAME + len(self._response) - 1) :], self._response, "valid")[-FRAME:]
        near = self._near(FRAME)
        self.echo.append(echo.astype(np.float32))
        self.voice.append(near)
        noise = self._chance.normal(0, max(self._noise, 1e-4), FRAME)
        return np.clip(echo + near + noise, -1, 1).astype(np.float32)

    def stop(self) -> None:
        """Nothing to release."""


class Timed:
    """Processing whose processor time is counted."""

    def __init__(self, wishes: SoundWishes) -> None:
        self._processing = load_processing(wishes)
        self.spent_s = 0.0
        self.blocks = 0

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        """See `Processing`."""
        before_s = time.process_time()
        clean = self._processing.process(near, far)
        self.spent_s += time.process_time() - before_s
        self.blocks += len(near) // BLOCK
        return clean


@dataclass(frozen=True, slots=True)
class Run:
    """What was in the room and what came out of the processing."""

    echo: Samples
    voice: Samples
    out: Samples
    cost_ms: float


def run(
    seconds: float,
    wishes: SoundWishes,
    *,
    far: FarEnd | None,
    near: Callable[[int], Samples],
    noise: float = 0.0,
    rings_s: float = RINGS_S,
) -> Run:
    """So many seconds in the room, beat by beat; the far end begins to speak at once."""
    now_ms = [0.0]
    clock = lambda: now_ms[0]  # noqa: E731 - shorter than its name
    capturing = Capturing(Gate(), clock, send=lambda _frame, _opening: None)
    room, timed, out = Room(near, noise, rings_s), Timed(wishes), list[Samples]()
    processing: Processing = timed
    capturing.processing, capturing.microphone, capturing.tap = processing, room, out.append
    pump = Pump(capturing, clock, lambda _kind: None)
    pump.stop()  # the test beats
    stream, sequence = FakeInbound(), 0
    if far is not None:
        pump.set_voices({"far": Voice(stream, clock)})
    pump.set_speaker(room)
    for beat in range(int(seconds * 100)):
        now_ms[0] = beat * 10.0
        if beat % 2 == 0 and far is not None and (frame := far.next_frame()) is not None:
            sequence += 1
            stream.deliver(replace(frame, sequence=sequence))
        room.play()
        pump.step()
    parts = (np.concatenate(room.echo), np.concatenate(room.voice), np.concatenate(out))
    return Run(*parts, 1000 * timed.spent_s / timed.blocks)


def nobody(samples: int) -> Samples:
    """Nobody speaks."""
    return silence(samples)


def _begin(samples: Samples) -> int:
    """Where it is first heard."""
    return int(np.argmax(np.abs(samples) > 0.01))


def _loss_db(before: Samples, after: Samples) -> float:
    return level_db(before) - level_db(after)


def of_voices(what: str, unit: str, found: Spread, bar: float | None) -> list[Figure]:
    """The median, which has the bar, and the worst."""
    whose, worst = found.worst
    several = f"of {len(found.by_voice)} voices"
    return [
        Figure(f"{what}, median {several}", found.median, unit, bar, most=found.most),
        Figure(f"{what}, worst {several} ({whose})", worst, unit),
    ]


def echo_figures(
    seconds: float, wishes: SoundWishes, named: str, voices: Voices, rings_s: float = RINGS_S
) -> list[Figure]:
    """How far the echo lies below what the microphone heard of it, from its first moment on."""
    early, late = dict[str, float](), dict[str, float]()
    for name, voice in voices.items():
        found = run(seconds, wishes, far=voice(), near=nobody, rings_s=rings_s)
        first = _begin(found.echo)
        for losses, part in ((early, slice(first, first + RATE_HZ)), (late, slice(first + 3 * RATE_HZ, None))):
            losses[name] = _loss_db(found.echo[part], found.out[part])
    bars = (35.0, 45.0) if not named else (None, None)
    return [
        *of_voices(f"echo return loss, first second{named}", "dB", Spread(early), bars[0]),
        *of_voices(f"echo return loss, later{named}", "dB", Spread(late), bars[1]),
    ]


def near_figures(seconds: float, wishes: SoundWishes, named: str, voices: Voices) -> list[Figure]:
    """How much quieter somebody here becomes while the other side speaks too, where both do; and what that costs."""
    alone = run(seconds, wishes, far=None, near=Speech(5, 190.0).read)
    lost, costs_ms = dict[str, float](), dict[str, float]()
    for name, voice in voices.items():
        both = run(seconds, wishes, far=voice(), near=Speech(5, 190.0).read)
        lost[name], costs_ms[name] = _near_loss_db(alone, both), both.cost_ms
    bars = (4.0, 0.2) if not named else (None, None)
    return [
        *of_voices(f"near end in double talk{named}", "dB lost", Spread(lost, most=True), bars[0]),
        Figure(f"processing of 10 ms{named}", Spread(costs_ms).median, "ms CPU", bars[1], most=True),
    ]


def _near_loss_db(alone: Run, both: Run) -> float:
    powers = []
    for at in range(3 * RATE_HZ, len(both.out) - FRAME, FRAME):
        part = slice(at, at + FRAME)
        if min(level_db(both.voice[part]), level_db(both.echo[part])) > LOUD_DB:
            powers.append((float(np.square(alone.out[part]).sum()), float(np.square(both.out[part]).sum())))
    before, after = np.sum(powers, axis=0)
    return 10 * float(np.log10(before / after))


def noise_figure(seconds: float, wishes: SoundWishes) -> Figure:
    """How much quieter a steady noise of -45 dBFS becomes."""
    found = run(seconds, wishes, far=None, near=nobody, noise=NOISE)
    late = found.out[3 * RATE_HZ :]
    return Figure("noise suppression", 20 * float(np.log10(NOISE)) - level_db(late), "dB", 12.0)


def strong_figures(seconds: float) -> list[Figure]:
    """The same where the extra is installed: steady noise, a keyboard beside the usual, a voice, and its price."""
    if not has_strong_noise():
        return []
    usual, strong = SoundWishes(), SoundWishes(strong=True)
    steady = run(seconds, strong, far=None, near=nobody, noise=NOISE)
    typed = [run(seconds, wishes, far=None, near=Keyboard().read) for wishes in (usual, strong)]
    voice = run(seconds, strong, far=None, near=Speech(2, 120.0).read)
    late = slice(3 * RATE_HZ, None)
    return [
        Figure("noise suppression, strong", 20 * float(np.log10(NOISE)) - level_db(steady.out[late]), "dB", 12.0),
        *(
            Figure(f"noise suppression of a keyboard, {name}", _loss_db(found.voice[late], found.out[late]), "dB")
            for name, found in zip(("usual", "strong"), typed, strict=True)
        ),
        Figure("near end, strong", _loss_db(voice.voice[late], voice.out[late]), "dB lost", 4.0, most=True),
        Figure("CPU of 10 ms, strong", voice.cost_ms, "ms CPU"),
    ]


class Keyboard:
    """Somebody types: three to ten short bursts of noise a second."""

    def __init__(self) -> None:
        self._chance = np.random.default_rng(2)
        self._ready = silence(0)

    def read(self, samples: int) -> Samples:
        """The next samples."""
        while len(self._ready) < samples:
            burst = self._chance.normal(0, 0.08, int(self._chance.uniform(0.1, 0.3) * RATE_HZ))
            burst *= np.exp(-np.arange(len(burst)) / RATE_HZ / 0.006)
            self._ready = np.concatenate((self._ready, burst.astype(np.float32)))
        out, self._ready = self._ready[:samples], self._ready[samples:]
        return out


def sound_figures(seconds: float, voices: Voices) -> list[Figure]:
    """All of one's own sound."""
    usual, gain = SoundWishes(), SoundWishes(gain=True)
    return [
        *echo_figures(seconds, usual, "", voices),
        *near_figures(seconds, usual, "", voices),
        noise_figure(seconds, usual),
        *strong_figures(seconds),
        *echo_figures(seconds, usual, ", in a room that rings for 60 ms", voices, DEAD_S),
        *echo_figures(seconds, gain, ", with automatic gain", voices),
        *near_figures(seconds, gain, ", with automatic gain", voices),
    ]


async def device_figures(turns: int, events: int) -> list[Figure]:
    """What the others miss of a change of microphones, and what is left after many comings and goings."""
    gaps_ms, others_ms = await changes(turns), await speaker_changes(turns)
    pictures_ms = await camera_changes(turns)
    left = await asyncio.to_thread(comings_and_goings, events)
    return [
        Figure(f"silence for the others at a new microphone, longest of {turns}", max(gaps_ms), "ms", 300.0, most=True),
        Figure(
            f"silence for the others at a new loudspeaker, longest of {turns}", max(others_ms), "ms", 300.0, most=True
        ),
        Figure(f"no new picture at a new camera, longest of {turns}", max(pictures_ms), "ms", 300.0, most=True),
        Figure(f"wrong device after {events} pluggings", left.wrong, "", 0.0, most=True),
        Figure("streams and threads left over", left.over, "", 0.0, most=True),
    ]


def lines(found: Sequence[Figure]) -> list[str]:
    """The section of the page."""
    rows = [[f.what, _said(f.value, f.unit), _bar(f), _reached(f)] for f in found]
    head = "`./dev bench media`: one's own sound in a made-up room, and devices that change in the middle of a meeting."
    return [head, "", *page.table(["what", "measured", "bar", "reached"], rows)]


def _said(value: float, unit: str) -> str:
    return f"{value:.2f} {unit}" if abs(value) < 1 and value else f"{value:.0f} {unit}".strip()


def _bar(figure: Figure) -> str:
    if figure.bar is None:
        return "-"
    return f"{'at most' if figure.most else 'at least'} {figure.bar:g}"


def _reached(figure: Figure) -> str:
    if figure.bar is None:
        return "-"
    return "yes" if figure.holds else "**no**"


def main() -> int:
    """Run, print, keep."""
    parser = argparse.ArgumentParser(prog="./dev bench media", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="8 s of sound, 4 changes, 20 pluggings")
    parser.add_argument("--only", nargs="+", choices=("sound", "devices"), default=["sound", "devices"])
    parser.add_argument("--speech", nargs="+", type=Path, metavar="WAV", help="recorded voices instead of the made-up")
    add_options(parser)
    arguments = parser.parse_args()
    quick = arguments.quick
    try:
        voices = recordings(arguments.speech) if arguments.speech else MADE_UP
    except (OSError, EOFError, wave.Error) as error:
        parser.error(f"--speech: {error}")
    found: list[Figure] = []
    if "sound" in arguments.only:
        found += sound_figures(8.0 if quick else 20.0, voices)
        say("sound done")
    if "devices" in arguments.only:
        found += asyncio.run(device_figures(4 if quick else 10, 20 if quick else 200))
    return reported("media", found, lines, arguments)


if __name__ == "__main__":
    sys.exit(guarded(main))
