"""Shrinks, enlarges and crops I420 pictures plane by plane, which is several times cheaper than in colour."""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import Plane, RawFrame, blank, even_up

_LEAST_KEPT = 0.92


@dataclass(frozen=True, slots=True)
class Fit:
    """How a picture is brought to a size: the part of it taken (even offsets), and the size (even) it then gets."""

    left: int
    top: int
    crop_width: int
    crop_height: int
    width_px: int
    height_px: int


def cover(source_px: tuple[int, int], target_px: tuple[int, int]) -> Fit:
    """Fill the target, cutting off what is too much at the sides or at top and bottom."""
    width, height = source_px
    target_width, target_height = even_up(target_px[0]), even_up(target_px[1])
    if width * target_height > height * target_width:
        crop_width, crop_height = min(width, _even_down(height * target_width / target_height)), height
    else:
        crop_width, crop_height = width, min(height, _even_down(width * target_height / target_width))
    left, top = (width - crop_width) // 4 * 2, (height - crop_height) // 4 * 2
    return Fit(left, top, crop_width, crop_height, target_width, target_height)


def crop(source_px: tuple[int, int], target_px: tuple[int, int]) -> Fit | None:
    """Fill the target without scaling, where no more than 8 % of a side is lost by it; else None."""
    (width, height), (target_width, target_height) = source_px, (even_up(target_px[0]), even_up(target_px[1]))
    if not (_LEAST_KEPT * width <= target_width <= width & ~1 and _LEAST_KEPT * height <= target_height <= height & ~1):
        return None
    left, top = (width - target_width) // 4 * 2, (height - target_height) // 4 * 2
    return Fit(left, top, target_width, target_height, target_width, target_height)


def contain(source_px: tuple[int, int], target_px: tuple[int, int]) -> Fit:
    """Keep the whole picture inside the target; one of the two sizes is smaller then, or both are met."""
    width, height = source_px
    factor = min(target_px[0] / width, target_px[1] / height)
    return Fit(0, 0, width, height, even_up(round(width * factor)), even_up(round(height * factor)))


def within(source_px: tuple[int, int], limit_px: tuple[int, int]) -> Fit:
    """As `contain`, but never enlarging."""
    width, height = source_px
    if width <= limit_px[0] and height <= limit_px[1]:
        return Fit(0, 0, width, height, even_up(width), even_up(height))
    return contain(source_px, limit_px)


def scale(frame: RawFrame, fit: Fit) -> RawFrame:
    """The picture cropped and scaled into memory of its own; itself where nothing is to do."""
    if (fit.width_px, fit.height_px, fit.crop_width, fit.crop_height) == (frame.width_px, frame.height_px) * 2:
        return frame
    result = blank(fit.width_px, fit.height_px, frame.capture_ms)
    scale_into(frame, fit, result)
    return result


def scale_into(frame: RawFrame, fit: Fit, result: RawFrame) -> None:
    """Write the cropped and scaled picture into `result`, which has the size of the fit."""
    for source, target, divisor in ((frame.y, result.y, 1), (frame.u, result.u, 2), (frame.v, result.v, 2)):
        left, top = fit.left // divisor, fit.top // divisor
        right, bottom = left - (-fit.crop_width // divisor), top - (-fit.crop_height // divisor)
        _resize(source[top:bottom, left:right], target)


def _resize(source: Plane, target: Plane) -> None:
    if source.shape == target.shape:
        target[:] = source
        return
    # Averaging is wanted below a half only; at other factors than whole ones it is four times as dear as linear.
    small = source.shape[0] >= 2 * target.shape[0]
    method = cv2.INTER_AREA if small else cv2.INTER_LINEAR
    cv2.resize(source, (target.shape[1], target.shape[0]), dst=target, interpolation=method)


def _even_down(size: float) -> int:
    return max(2, int(size) & ~1)
