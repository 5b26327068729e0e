"""`./dev bench screen [--turns N] [--json]`: what a picture of a shared screen costs, and a screen that stands still.

A display of its own, 1920 x 1080, shows a page of small print, which is scrolled, written on, or left alone. What is
shared of it goes through the screen's own path, at 15 pictures a second at most, and is encoded as in a meeting.
Processor time of this process; both ways to fetch a screen take turns.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from bench import page
from bench.results import add_options, guarded, reported
from tests.helpers.xvfb import Xvfb
from visio_desktop.engine.mediakit import SCREEN_ENCODING, SCREEN_SIZE, publication
from visio_desktop.media.simulcast import Simulcast
from visio_desktop.media.sources.port import VideoSource
from visio_desktop.media.sources.screen import ScreenSource, open_screen
from visio_desktop.media.sources.settling import SOON_TIMES
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec
from visio_desktop.system.clock import monotonic_ms

SCREEN_PX = (1920, 1080)
PICTURES = 30
WARM = SOON_TIMES + 2
STILL_S = 4.0
SCROLLED, TYPED, STILL = "a page is scrolled", "a line is written", "nothing moves"
CHANGES = "by what changes"
MSS = "all of it, through mss"
MOST_TEXT_MS = 10.0
MOST_STILL_MS = 5.0
_ORDERS = {SCROLLED: b"scroll\n", TYPED: b"type\n"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One way, once: processor time for each picture, or of what stands still for each second; of it the encoder's."""

    way: str
    scene: str
    cost_ms: float
    encoder_ms: float
    kilobytes: float
    left_out_pct: float = 0.0


def ways() -> dict[str, Callable[[], VideoSource]]:
    """How a screen is fetched on X11, and how elsewhere."""
    return {
        CHANGES: lambda: open_screen("1", SCREEN_SIZE, monotonic_ms),
        MSS: lambda: ScreenSource("1", SCREEN_SIZE, clock=monotonic_ms),
    }


@contextmanager
def paper() -> Iterator[Callable[[bytes], None]]:
    """A page on a display of its own, and what has it changed."""
    with Xvfb(*SCREEN_PX) as display:
        os.environ["DISPLAY"] = display.name
        command = [sys.executable, "-m", "tests.helpers.screen_text"]
        environment = {**os.environ, **display.environment}
        with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as shown:
            writes, reads = shown.stdin, shown.stdout
            assert writes is not None
            assert reads is not None
            assert reads.readline() == b"done\n"

            def order(what: bytes) -> None:
                writes.write(what)
                writes.flush()
                assert reads.readline() == b"done\n"

            try:
                yield order
            finally:
                shown.kill()


class Sender:
    """What is shared, fetched and encoded."""

    def __init__(self, source: VideoSource) -> None:
        self.source = source
        sent = publication(Source.SCREEN, SCREEN_PX)
        self._simulcast = Simulcast(Codec.VP8, SCREEN_ENCODING, sent.layers)
        self._targets_bps = tuple(layer.bitrate_bps for layer in sent.layers)
        self._number = 0

    def send(self, *, by_time: bool) -> tuple[float, float, int]:
        """One picture: processor seconds in all and of the encoder, and bytes."""
        began = time.process_time()
        frame = self.source.read()
        encoding = time.process_time()
        # Pictures are counted by their time: what is ordered comes later than it would on a screen.
        self._number += 1
        if not by_time:
            frame = replace(frame, capture_ms=self._number * 1000 / SCREEN_ENCODING.fps)
        settled = frame.again and self._simulcast.is_settled(self._targets_bps)
        made = [] if settled else self._simulcast.encode(frame, self._targets_bps, set())
        ended = time.process_time()
        return ended - began, ended - encoding, sum(len(each.payload) for each in made)

    def settle(self) -> None:
        """Send what stands still until it is as sharp as it will be, as a meeting does: sooner than it is given."""
        frame = self.source.read()
        while not self._simulcast.is_settled(self._targets_bps):
            frame = replace(frame, capture_ms=frame.capture_ms + 1000 / SCREEN_ENCODING.fps, again=True)
            self._simulcast.encode(frame, self._targets_bps, set())

    def close(self) -> None:
        """Let go of both."""
        self._simulcast.close()
        self.source.close()


def turn(way: str, scene: str, order: Callable[[bytes], None]) -> Turn:
    """One scene, fetched one way."""
    sender = Sender(ways()[way]())
    sent: list[tuple[float, float, int]] = []
    try:
        for _ in range(WARM):
            sender.send(by_time=scene is STILL)
        if scene is STILL:
            sender.settle()
        began_s = time.monotonic()
        while len(sent) < PICTURES if scene is not STILL else time.monotonic() - began_s < STILL_S:
            if scene is not STILL:
                order(_ORDERS[scene])
            sent.append(sender.send(by_time=scene is STILL))
        passed = len(sent) if scene is not STILL else time.monotonic() - began_s
    finally:
        sender.close()
    whole, own, size = (sum(each[at] for each in sent) / passed for at in range(3))
    left_out = 100 * sum(not each[2] for each in sent) / len(sent)
    return Turn(way, scene, round(1000 * whole, 2), round(1000 * own, 2), round(size / 1000, 1), round(left_out, 1))


def lines(turns: Sequence[Turn]) -> list[str]:
    """Medians of the turns, and whether what we use on X11 stays below what it may cost."""
    kinds = list(dict.fromkeys((each.scene, each.way) for each in turns))
    median = {
        kind: tuple(
            statistics.median(getattr(t, figure) for t in turns if (t.scene, t.way) == kind)
            for figure in ("cost_ms", "encoder_ms", "kilobytes", "left_out_pct")
        )
        for kind in kinds
    }
    rows = [[scene, way, *(f"{figure:.1f}" for figure in median[scene, way])] for scene, way in kinds]
    told = [
        f"`./dev bench screen`: milliseconds of processor time a picture, {SCREEN_PX[0]} x {SCREEN_PX[1]}, VP8;",
        f"where {STILL}: a second.",
        "",
        *page.table(("scene", "fetched", "in all, ms", "encoder, ms", "sent, kB", "left out by it, %"), rows),
    ]
    if {(SCROLLED, CHANGES), (STILL, CHANGES)} <= set(kinds):
        text_ms, still_ms = median[SCROLLED, CHANGES][0], median[STILL, CHANGES][0]
        reached = "reached" if text_ms <= MOST_TEXT_MS and still_ms <= MOST_STILL_MS else "not reached"
        wanted = f"at most {MOST_TEXT_MS:.0f} ms a picture of text, {MOST_STILL_MS:.0f} ms a second where {STILL}"
        told += ["", f"- Wanted: {wanted}: **{reached}**"]
    return told


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="./dev bench screen")
    parser.add_argument("--turns", type=int, default=3)
    add_options(parser)
    arguments = parser.parse_args()
    with paper() as order:
        scenes = (SCROLLED, TYPED, STILL)
        turns = [turn(way, scene, order) for _ in range(arguments.turns) for scene in scenes for way in (CHANGES, MSS)]
    return reported("screen", turns, lines, arguments)


if __name__ == "__main__":
    sys.exit(guarded(main))
