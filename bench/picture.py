"""`./dev bench picture [--turns N] [--json]`: what one picture of one's own costs, from the camera to three layers.

A second of somebody before a wall, filmed as USB cameras film (motion JPEG, 1280 x 720), is read through the camera's
own path, changed as each look wishes, and encoded in the three layers of a meeting. Processor time of this process, on
one thread; looks take turns, so that what else goes on here falls on all of them alike.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench import page
from bench.results import add_options, guarded, reported
from tests.helpers.looks import PERSON
from tests.helpers.pictures import psnr_db
from visio_desktop.engine.mediakit import publication
from visio_desktop.media.cameras import Camera
from visio_desktop.media.capture import as_it_is
from visio_desktop.media.decode import Decoder, raw_frame
from visio_desktop.media.look.veil import Veil
from visio_desktop.media.qualities import camera_encoding, camera_size
from visio_desktop.media.simulcast import Simulcast
from visio_desktop.media.sources.camera import CameraSource
from visio_desktop.meeting.look import BLUR, PLAIN, SLIGHT_BLUR, Look, PictureQuality
from visio_desktop.meeting.values import Device, DeviceKind, Source
from visio_desktop.rtc.frames import Codec
from visio_desktop.system.clock import monotonic_ms

LOOKS = (Look(PLAIN), Look(BLUR), Look(SLIGHT_BLUR), Look("image:hills"), Look(PLAIN, brighten=True))
PICTURES = 60
WARM = 6
MOST_PLAIN_MS = 8.0
MOST_BLUR_MS = 14.0
LEAST_DB = 44.0
_SIZE = camera_size(PictureQuality.HD)


@dataclass(frozen=True, slots=True)
class Turn:
    """One look, once: milliseconds of processor time for each picture, and for the look's own part of it.

    `psnr_db` is how alike the largest layer is to what was encoded.
    """

    look: str
    picture_ms: float
    look_ms: float
    psnr_db: float


def film(folder: Path) -> Path:
    """Somebody who sways a little, with a camera's noise."""
    path = folder / "camera.avi"
    still = cv2.resize(np.asarray(cv2.imread(str(PERSON)), np.uint8), (_SIZE.width_px + 40, _SIZE.height_px))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), _SIZE.fps, (_SIZE.width_px, _SIZE.height_px))
    chance = np.random.default_rng(1)
    noises = [np.rint(chance.normal(0, 2, still.shape)).astype(np.int16) for _ in range(4)]
    for number in range(PICTURES + WARM):
        left = round(20 + 20 * np.sin(number / 9))
        noisy = np.clip(still.astype(np.int16) + noises[number % len(noises)], 0, 255).astype(np.uint8)
        writer.write(np.ascontiguousarray(noisy[:, left : left + _SIZE.width_px]))
    writer.release()
    return path


def turn(path: Path, look: Look) -> Turn:
    """Film once with this look."""
    camera = Camera(Device(DeviceKind.CAMERA, "film", "film"), 0, 0)
    source = CameraSource(cv2.VideoCapture(str(path)), camera, _SIZE, clock=monotonic_ms)
    sent = publication(Source.CAMERA, (_SIZE.width_px, _SIZE.height_px), _SIZE)
    simulcast = Simulcast(Codec.VP8, camera_encoding(_SIZE), sent.layers)
    targets_bps = tuple(layer.bitrate_bps for layer in sent.layers)
    veil = Veil(look, interval_ms=1e9, clock=monotonic_ms, on_trouble=_unwanted)
    dress = as_it_is if look.is_plain else veil.show
    whole: list[float] = []
    own: list[float] = []
    decoder, alike_db = Decoder(Codec.VP8), list[float]()
    try:
        for number in range(PICTURES + WARM):
            began = time.process_time()
            taken = source.read()
            dressing = time.process_time()
            frame = dress(taken)
            dressed = time.process_time()
            if frame is None:
                raise RuntimeError("left out")
            # Pictures are counted by their time: they come as fast as they can here.
            frame = type(frame)(frame.y, frame.u, frame.v, number * 1000 / _SIZE.fps, frame.stacked)
            made = simulcast.encode(frame, targets_bps, set())
            whole.append(time.process_time() - began)
            own.append(dressed - dressing)
            seen = decoder.decode(made[-1].payload) if made and made[-1].layer == len(targets_bps) - 1 else None
            if seen is not None:
                alike_db.append(psnr_db(raw_frame(seen, 0.0).y, frame.y))
    finally:
        simulcast.close()
        source.close()
    name = "brighter" if look.brighten else look.background
    whole_ms, own_ms = (round(1000 * statistics.mean(each[WARM:]), 2) for each in (whole, own))
    return Turn(name, whole_ms, own_ms, round(statistics.mean(alike_db[WARM:]), 1))


def _unwanted(problem: object) -> None:
    raise RuntimeError(str(problem))


def lines(turns: Sequence[Turn]) -> list[str]:
    """Medians of the turns, what each look adds, and whether both stay below what they may cost."""
    names = list(dict.fromkeys(each.look for each in turns))
    pictures_ms = {name: statistics.median(t.picture_ms for t in turns if t.look == name) for name in names}
    looks_ms = {name: statistics.median(t.look_ms for t in turns if t.look == name) for name in names}
    alike_db = {name: statistics.median(t.psnr_db for t in turns if t.look == name) for name in names}
    rows = [[name, f"{pictures_ms[name]:.1f}", f"{looks_ms[name]:.1f}", f"{alike_db[name]:.1f}"] for name in names]
    told = [
        "`./dev bench picture`: milliseconds of processor time a picture, 720p in motion JPEG to three layers of VP8.",
        "",
        *page.table(("look", "camera to layers, ms", "of it the look, ms", "largest layer, dB"), rows),
    ]
    if PLAIN in names and BLUR in names:
        fast = pictures_ms[PLAIN] <= MOST_PLAIN_MS and looks_ms[BLUR] <= MOST_BLUR_MS
        said = "reached" if fast and alike_db[PLAIN] >= LEAST_DB else "not reached"
        wanted = f"at most {MOST_PLAIN_MS:.0f} ms, and {MOST_BLUR_MS:.0f} ms more with blur; {LEAST_DB:.0f} dB"
        told += ["", f"- Wanted: {wanted}: **{said}**"]
    return told


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="./dev bench picture")
    parser.add_argument("--turns", type=int, default=3)
    add_options(parser)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = film(Path(folder))
        turns = [turn(path, look) for _ in range(arguments.turns) for look in LOOKS]
    return reported("picture", turns, lines, arguments)


if __name__ == "__main__":
    sys.exit(guarded(main))
