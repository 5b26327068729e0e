"""The moving picture that publishers of the benchmarks send: waves, camera-like noise, a block that moves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LOOP = 30


def picture(number: int, width_px: int, height_px: int, frames: int) -> NDArray[np.uint8]:
    """Frame `number` of a loop of `frames` as flat I420."""
    rows, columns = np.ogrid[0:height_px, 0:width_px]
    turn = 2 * np.pi * number / frames
    luma = 120 + 45 * np.sin(columns / 37 + 3 * turn) + 45 * np.cos(rows / 23 + 2 * turn)
    luma = luma + np.random.default_rng(number % 8).normal(0, 2, (height_px, width_px))
    side = height_px // 4
    x, y = (
        int((width_px - side) * (0.5 + 0.5 * np.sin(turn))),
        int((height_px - side) * (0.5 + 0.5 * np.cos(turn))),
    )
    luma[y : y + side, x : x + side] = 60
    chroma = [np.full(width_px * height_px // 4, int(c + 12 * np.sin(turn)), np.uint8) for c in (118, 138)]
    return np.concatenate([np.clip(luma, 16, 235).astype(np.uint8).ravel(), *chroma])


def loop_of(width_px: int, height_px: int) -> list[NDArray[np.uint8]]:
    """A second of it, made once: making them live would cost more than encoding them."""
    return [picture(number, width_px, height_px, LOOP) for number in range(LOOP)]
