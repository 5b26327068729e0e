"""Pictures to put behind oneself: those that come with this program, and files of one's own, which may be anything."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from visio_desktop.media.errors import EffectError
from visio_desktop.media.look.headers import Header, read_header
from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import Plane
from visio_desktop.meeting.look import BACKGROUNDS, OWN_IMAGE
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.paths import resources

MOST_BYTES: Final = 20_000_000
MOST_PIXELS: Final = 50_000_000
LONGEST_SIDE_PX: Final = 12_000
SHORTEST_SIDE_PX: Final = 16
KEPT_PX: Final = (1920, 1080)
_IMAGE: Final = "image:"


def open_image(background: str) -> Plane:
    """The picture of `image:NAME` or `file:PATH` as (height, width, 3) blue, green, red, not much larger than needed.

    Raises `EffectError`. Takes up to a second for the largest files that are taken.
    """
    if background.startswith(OWN_IMAGE):
        return _read(Path(background.removeprefix(OWN_IMAGE)))
    if background not in BACKGROUNDS:
        raise _refused(background, "no such picture")
    return _read(resources() / "backgrounds" / f"{background.removeprefix(_IMAGE)}.jpg")


def _read(path: Path) -> Plane:
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            raise _refused(path.name, "no file, or too large a one")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        header = read_header(data)
    except (OSError, ValueError) as error:  # `HeaderRefused`, or a path that no file system takes
        raise _refused(path.name, str(error)) from error
    _check(path.name, header)
    return _decode(path.name, data, header)


def _check(name: str, header: Header) -> None:
    sides = (header.width_px, header.height_px)
    if min(sides) < SHORTEST_SIDE_PX or max(sides) > LONGEST_SIDE_PX or sides[0] * sides[1] > MOST_PIXELS:
        raise _refused(name, f"{sides[0]} x {sides[1]}")


def _decode(name: str, data: bytes, header: Header) -> Plane:
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), _reduction(header))
    except (cv2.error, MemoryError) as error:
        raise _refused(name, str(error)) from error
    if pixels is None or pixels.ndim != 3 or min(pixels.shape[:2]) < 2:  # noqa: PLR2004 - the least I420 takes
        raise _refused(name, "does not decode")
    height, width = pixels.shape[:2]
    factor = max(KEPT_PX[0] / width, KEPT_PX[1] / height)
    if factor < 1:
        size = (max(2, round(width * factor)), max(2, round(height * factor)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return np.asarray(pixels, np.uint8)


def _reduction(header: Header) -> int:
    """How to decode: large JPEGs straight into a half, a quarter or an eighth."""
    room = min(
        max(header.width_px, header.height_px) // KEPT_PX[0], min(header.width_px, header.height_px) // KEPT_PX[1]
    )
    for factor, flag in ((8, cv2.IMREAD_REDUCED_COLOR_8), (4, cv2.IMREAD_REDUCED_COLOR_4)):
        if room >= factor:
            return flag
    return cv2.IMREAD_REDUCED_COLOR_2 if room >= 2 else cv2.IMREAD_COLOR  # noqa: PLR2004 - a half


def _refused(name: str, detail: str) -> EffectError:
    return EffectError(Problem(ProblemCode.BACKGROUND_IMAGE, name), detail)
