"""Draws the pictures people can put behind themselves: `python -m tools.backgrounds` writes `resources/backgrounds`.

They are ours: nothing in them is taken from elsewhere. Soft and without detail, so that they are small and distract
nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

WIDTH_PX, HEIGHT_PX = 1280, 720
FOLDER = Path(__file__).resolve().parent.parent / "resources" / "backgrounds"

type Canvas = npt.NDArray[np.float32]
type Point = tuple[float, float]


def bgr(text: str) -> npt.NDArray[np.float32]:
    """The colour of "#rrggbb"."""
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return np.array((blue, green, red), np.float32)


def sky(*stops: str) -> Canvas:
    """Colours one below the other, running into each other."""
    rows = np.linspace(0, len(stops) - 1, HEIGHT_PX)
    colours = np.stack([bgr(stop) for stop in stops])
    column = np.stack([np.interp(rows, range(len(stops)), colours[:, channel]) for channel in range(3)], axis=1)
    return np.repeat(column[:, None, :], WIDTH_PX, axis=1).astype(np.float32)


def paint(canvas: Canvas, points: list[Point], colour: str, softness: float) -> None:
    """A filled shape; points as parts of width and height."""
    shape = np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)
    corners = np.array([[(round(x * WIDTH_PX), round(y * HEIGHT_PX)) for x, y in points]], np.int32)
    cv2.fillPoly(shape, [corners], (1.0,), cv2.LINE_AA)
    lay(canvas, shape, colour, softness)


def glow(canvas: Canvas, centre: Point, radius: float, colour: str, softness: float) -> None:
    """A filled circle, its radius as a part of the height."""
    shape = np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)
    at = (round(centre[0] * WIDTH_PX), round(centre[1] * HEIGHT_PX))
    cv2.circle(shape, at, round(radius * HEIGHT_PX), (1.0,), -1, cv2.LINE_AA)
    lay(canvas, shape, colour, softness)


def lay(canvas: Canvas, shape: npt.NDArray[np.float32], colour: str, softness: float) -> None:
    """Lay a colour over the canvas where the shape is."""
    share = cv2.GaussianBlur(shape, (0, 0), softness)[:, :, None]
    canvas += share * (bgr(colour) - canvas)


def hills() -> Canvas:
    """Ridges behind each other in the evening."""
    canvas = sky("#7f95c4", "#c8b5c9", "#f3cfae", "#f6dcb8")
    glow(canvas, (0.74, 0.42), 0.16, "#ffe9c4", 60)
    glow(canvas, (0.74, 0.42), 0.055, "#fff6e2", 6)
    ridges = (
        (0.50, 0.045, 1.6, "#a9a3bd"),
        (0.60, 0.06, 2.3, "#8590ab"),
        (0.72, 0.07, 1.3, "#5f7a8c"),
        (0.86, 0.06, 2.0, "#3f5f66"),
    )
    for number, (height, swing, waves, colour) in enumerate(ridges):
        x = np.linspace(-0.1, 1.1, 120)
        y = height + swing * (np.sin(waves * 2 * np.pi * x + 1.7 * number) + 0.4 * np.sin(5.1 * waves * x + number))
        paint(canvas, [(-0.1, 1.2), *zip(x.tolist(), y.tolist(), strict=True), (1.1, 1.2)], colour, 3)
    return canvas


def room() -> Canvas:
    """A light room: a window on the left, a shelf on the right, a plant; all a little out of focus."""
    canvas = sky("#e6e0d6", "#ddd5c8", "#cfc5b5")
    paint(canvas, [(-0.1, 0.86), (1.1, 0.86), (1.1, 1.1), (-0.1, 1.1)], "#9c8266", 8)
    paint(canvas, [(0.05, 0.06), (0.33, 0.10), (0.33, 0.66), (0.05, 0.72)], "#f7f4ec", 7)
    for left, right in ((0.065, 0.185), (0.2, 0.318)):
        paint(canvas, [(left, 0.1), (right, 0.12), (right, 0.63), (left, 0.66)], "#cfe2ec", 6)
    glow(canvas, (0.19, 0.4), 0.42, "#fffaf0", 130)
    spines = ("#8a5a4a", "#4f6d7a", "#c9a66b", "#6a7f5c", "#7d6b8a", "#b8b2a4")
    for row, top in enumerate((0.2, 0.44)):
        left = 0.66
        for place in range(11):
            width, tall = 0.016 + 0.007 * ((place * 7 + row) % 3), 0.13 + 0.03 * ((place * 5 + row) % 3)
            foot = top + 0.2
            paint(
                canvas,
                [(left, foot - tall), (left + width, foot - tall), (left + width, foot), (left, foot)],
                spines[(place * 5 + row * 2) % len(spines)],
                6,
            )
            left += width + 0.006
        paint(canvas, [(0.63, top + 0.2), (0.97, top + 0.2), (0.97, top + 0.225), (0.63, top + 0.225)], "#a98c6c", 6)
    for lean in (-0.09, -0.05, -0.015, 0.03, 0.075):
        paint(canvas, [(0.42, 0.86), (0.42 + lean, 0.5 + 2 * abs(lean)), (0.432 + lean * 0.6, 0.7)], "#5d8062", 7)
    paint(canvas, [(0.385, 0.8), (0.455, 0.8), (0.445, 0.92), (0.395, 0.92)], "#d9d3c8", 6)
    return canvas


def paper() -> Canvas:
    """Calm folds of light, in no particular place."""
    canvas = sky("#dfe6f2", "#c9d4ea", "#b4c2e0")
    for number, colour in enumerate(("#cdd8ee", "#b9c8e6", "#a6b8dc", "#93a8d0")):
        x = np.linspace(-0.1, 1.1, 80)
        y = 0.22 + 0.2 * number + 0.08 * np.sin(2.2 * x + 1.3 * number) - 0.18 * x
        paint(canvas, [(-0.1, 1.3), *zip(x.tolist(), y.tolist(), strict=True), (1.1, 1.3)], colour, 9)
    return canvas


PICTURES: dict[str, Callable[[], Canvas]] = {"hills": hills, "room": room, "paper": paper}


def main() -> None:
    """Draw and write them all."""
    FOLDER.mkdir(exist_ok=True)
    chance = np.random.default_rng(7)
    for name, draw in PICTURES.items():
        # A little noise keeps even gradients from showing steps once they are encoded.
        pixels = np.clip(draw() + chance.normal(0, 0.6, (HEIGHT_PX, WIDTH_PX, 1)), 0, 255).astype(np.uint8)
        cv2.imwrite(str(FOLDER / f"{name}.jpg"), pixels, [cv2.IMWRITE_JPEG_QUALITY, 84])


if __name__ == "__main__":
    main()
