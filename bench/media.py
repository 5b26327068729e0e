"""`./dev bench media [--quick] [--json]`: what becomes of one's own sound on its way, and of a change of devices.

Echo, double talk and noise: our sound path beat by beat, with a loudspeaker and a microphone in a made-up room (60 ms,
with an echo of a quarter of a second, and a loudspeaker that bends a little) in place of the devices; speech comes in
encoded, as from a server, one voice after the other: twelve recordings of people (`tools/speech.py`), and eight made-up
voices, which are harder (docs/decisions/0041, 0043). The figures are of sound after processing. Path: the same over
devices of a sound server (docs/decisions/0044). Devices: PulseAudio's, without a card.
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
from bench.far_end import MADE_UP, FarEnd, Here, Spread, Voices, made_up_here, recorded_here, recordings
from bench.figures import Figure, begin, loss_db, near_loss_db, of_voices
from bench.path import path_figures
from bench.plugs import camera_changes, changes, comings_and_goings, speaker_changes
from bench.results import add_options, guarded, reported
from tests.helpers.acoustics import RINGS_S, Way, response
from tests.helpers.sound import FakeInbound
from tools import speech
from tools.shell import SetUpError, say
from visio_desktop.media.capturing import Capturing
from visio_desktop.media.echo_guard import EchoGuard
from visio_desktop.media.gate import Gate
from visio_desktop.media.processing import Processing, load_processing
from visio_desktop.media.pump import Pump
from visio_desktop.media.ring import BlockRing
from visio_desktop.media.samples import BLOCK, FRAME, RATE_HZ, Pcm, Samples, from_pcm, level_db, silence
from visio_desktop.media.speech import Speech
from visio_desktop.media.voice import Voice
from visio_desktop.meeting.values import SoundWishes
from visio_desktop.system.extras import has_strong_noise

NOISE = 10 ** (-45 / 20)
DEAD_S = 0.06
"""How long a room that swallows nearly all rings."""


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
        self._way = Way(ringing=response(rings_s))
        self._chance, self._noise = np.random.default_rng(4), noise
        self._heard = list[Samples]()
        self.echo: list[Samples] = []
        self.voice: list[Samples] = []

    def play(self) -> None:
        """The loudspeaker takes a block."""
        block = np.zeros(BLOCK, dtype=np.int16)
        self.ring.read_into(block)
        self._heard.append(self._way.hear(from_pcm(block)))

    def read(self) -> Samples:
        """What the microphone hears in 20 ms."""
        echo = np.concatenate(self._heard[-2:])
        near = self._near(FRAME)
        self.echo.append(echo)
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
        self._kept: list[tuple[Pcm, Pcm, Pcm]] = []

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        """See `Processing`."""
        before_s = time.process_time()
        clean = self._processing.process(near, far)
        self.spent_s += time.process_time() - before_s
        self.blocks += len(near) // BLOCK
        self._kept.append((near.copy(), far.copy(), clean))
        return clean

    @property
    def cost_ms(self) -> float:
        """Of 10 ms."""
        return 1000 * self.spent_s / self.blocks

    def guard_ms(self) -> float:
        """The share of the guard behind the canceller: what it takes to do its part again."""
        guard = EchoGuard()
        blocks = [np.concatenate(part).reshape(-1, BLOCK) for part in zip(*self._kept, strict=True)]
        before_s = time.process_time()
        for near, far, clean in zip(*blocks, strict=True):
            guard.guard(near, far, clean)
        return 1000 * (time.process_time() - before_s) / len(blocks[0])


@dataclass(frozen=True, slots=True)
class Run:
    """What was in the room and what came out of the processing."""

    echo: Samples
    voice: Samples
    out: Samples
    timed: Timed


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
    return Run(*parts, timed)


def nobody(samples: int) -> Samples:
    """Nobody speaks."""
    return silence(samples)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who speaks, at the other end and here, and what must be reached with them."""

    named: str
    far: Voices
    here: Here
    has_bars: bool = True
    worst_too: bool = False

    def figures(self, what: str, unit: str, found: Spread, bar: float) -> list[Figure]:
        """The middle one and the worst."""
        named = f"{what}, {self.named}"
        return of_voices(named, unit, found, bar if self.has_bars else None, bar if self.worst_too else None)


def echo_figures(seconds: float, wishes: SoundWishes, cast: Cast, rings_s: float = RINGS_S) -> list[Figure]:
    """How far the echo lies below what the microphone heard of it, from its first moment on."""
    early, late = dict[str, float](), dict[str, float]()
    for name, voice in cast.far.items():
        found = run(seconds, wishes, far=voice(), near=nobody, rings_s=rings_s)
        first = begin(found.echo)
        for losses, part in ((early, slice(first, first + RATE_HZ)), (late, slice(first + 3 * RATE_HZ, None))):
            losses[name] = loss_db(found.echo[part], found.out[part])
    return [
        *cast.figures("echo return loss in the first second", "dB", Spread(early), 35.0),
        *cast.figures("echo return loss later", "dB", Spread(late), 45.0),
    ]


def near_figures(seconds: float, wishes: SoundWishes, cast: Cast) -> list[Figure]:
    """How much quieter somebody here becomes while the other side speaks too, where both do; and what that costs."""
    lost, costs_ms, guards_ms = dict[str, float](), dict[str, float](), dict[str, float]()
    for name, voice in cast.far.items():
        alone = run(seconds, wishes, far=None, near=cast.here(name))
        both = run(seconds, wishes, far=voice(), near=cast.here(name))
        lost[name] = near_loss_db(both.voice, both.echo, alone.out, both.out, 3 * RATE_HZ)
        guards_ms[name] = both.timed.guard_ms()
        costs_ms[name] = both.timed.cost_ms - guards_ms[name]
    canceller, guard = Spread(costs_ms).median, Spread(guards_ms).median
    bar = 0.2 if cast.has_bars else None
    return [
        *cast.figures("near end in double talk", "dB lost", Spread(lost, most=True), 4.0),
        Figure(f"canceller and noise suppression of 10 ms, {cast.named}", canceller, "ms CPU", bar, most=True),
        Figure(f"guard behind them of 10 ms, {cast.named}", guard, "ms CPU"),
    ]


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
            Figure(f"noise suppression of a keyboard, {name}", loss_db(found.voice[late], found.out[late]), "dB")
            for name, found in zip(("usual", "strong"), typed, strict=True)
        ),
        Figure("near end, strong", loss_db(voice.voice[late], voice.out[late]), "dB lost", 4.0, most=True),
        Figure("CPU of 10 ms, strong", voice.timed.cost_ms, "ms CPU"),
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


def sound_figures(seconds: float, people: Cast | None) -> list[Figure]:
    """All of one's own sound."""
    usual, gain = SoundWishes(), SoundWishes(gain=True)
    made_up = Cast("made-up voices", MADE_UP, made_up_here)
    casts = [made_up] if people is None else [people, made_up]
    dead = replace(casts[0], named=f"{casts[0].named}, a room that rings for 60 ms", has_bars=False, worst_too=False)
    gained = replace(casts[0], named=f"{casts[0].named}, automatic gain", has_bars=False, worst_too=False)
    return [
        *(figure for cast in casts for figure in echo_figures(seconds, usual, cast)),
        *(figure for cast in casts for figure in near_figures(seconds, usual, cast)),
        noise_figure(seconds, usual),
        *strong_figures(seconds),
        *echo_figures(seconds, usual, dead, DEAD_S),
        *echo_figures(seconds, gain, gained),
        *near_figures(seconds, gain, gained),
    ]


def spoken_by(paths: Sequence[Path]) -> Cast:
    """Recordings; raises as `recordings`."""
    return Cast("recordings", recordings(paths), recorded_here(paths), worst_too=True)


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
    parser.add_argument("--only", nargs="+", choices=("sound", "path", "devices"), default=["sound", "path", "devices"])
    parser.add_argument("--speech", nargs="+", type=Path, metavar="WAV", help="other recorded voices")
    add_options(parser)
    arguments = parser.parse_args()
    quick = arguments.quick
    people: Cast | None = None
    try:
        people = spoken_by(arguments.speech or speech.set_up())
    except SetUpError as error:
        say(f"no recorded speech: {error}")
    except (OSError, EOFError, wave.Error) as error:
        parser.error(f"--speech: {error}")
    found: list[Figure] = []
    if "sound" in arguments.only:
        found += sound_figures(8.0 if quick else 20.0, people)
        say("sound done")
    if "path" in arguments.only:
        found += asyncio.run(
            path_figures(10.0 if quick else 20.0, people.far if arguments.speech and people else MADE_UP, quick=quick)
        )
        say("path done")
    if "devices" in arguments.only:
        found += asyncio.run(device_figures(4 if quick else 10, 20 if quick else 200))
    return reported("media", found, lines, arguments)


if __name__ == "__main__":
    sys.exit(guarded(main))
