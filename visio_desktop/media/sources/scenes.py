"""The pictures drawn here: people who talk, and a talk's slides; each depends on its number and seed alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import Plane, RawFrame, even_up, unstack
from visio_desktop.media.sources.drawing import Colour, Ellipse, colour, fill_ellipse, from_bgr

_WALLS = ("#6b7f8f", "#9a8c78", "#7d8f75", "#8a7a94", "#b0a59a", "#5f7480")
_SHIRTS = ("#28487a", "#7a2e3a", "#2f6b54", "#3c3c46", "#b5762a", "#e4e2dc")
_SKINS = ("#e3b693", "#8d5a3c", "#c98f68", "#f0cdb2", "#6b4226", "#d9a47c")
_HAIRS = ("#3b2a20", "#17130f", "#8c5a2b", "#57534f", "#241a14", "#c9a24d")
_VARIANTS = 4
_BLINK_PICTURES = 4


class Scene(Protocol):
    """Something that can be drawn again and again."""

    def draw(self, number: int, capture_ms: float) -> RawFrame:
        """Picture `number` (30 a second) as a fresh frame."""


class TalkingHead:
    """Somebody in front of a wall, with a camera's noise; `seed` chooses wall, clothes and rhythm."""

    def __init__(self, width_px: int, height_px: int, seed: int) -> None:
        self._width, self._height = even_up(width_px), even_up(height_px)
        self._seed = seed
        self._shirt, self._skin, self._hair = (colour(c[seed % len(c)]) for c in (_SHIRTS, _SKINS, _HAIRS))
        self._neck = self._skin._replace(y=max(16, self._skin.y - 22))
        self._mouth, self._eye = colour("#7a3034"), colour("#1d1a1c")
        self._rooms = _rooms(self._width, self._height, seed)

    def draw(self, number: int, capture_ms: float) -> RawFrame:
        """The head sways, the mouth speaks in bursts, the eyes blink."""
        frame = unstack(self._rooms[number % _VARIANTS].copy(), capture_ms)
        turn = number + 37 * self._seed
        x = self._width / 2 + 0.04 * self._height * math.sin(turn / 25)
        y = self._height * (0.44 + 0.012 * math.sin(turn / 9))
        self._body(frame, x, y, 6 * math.sin(turn / 20))
        self._face(frame, x, y, turn)
        return frame

    def _body(self, frame: RawFrame, x: float, y: float, tilt: float) -> None:
        h = self._height
        self._spot(frame, (self._width / 2, 1.06 * h), (0.44 * h, 0.34 * h), self._shirt)
        self._spot(frame, (self._width / 2, 0.70 * h), (0.085 * h, 0.12 * h), self._neck)
        self._spot(frame, (x, y - 0.05 * h), (0.19 * h, 0.235 * h), self._hair, tilt)
        self._spot(frame, (x, y + 0.02 * h), (0.155 * h, 0.205 * h), self._skin, tilt)

    def _face(self, frame: RawFrame, x: float, y: float, turn: int) -> None:
        h = self._height
        blinking = turn % 110 < _BLINK_PICTURES
        for side in (-1, 1):
            eye = (x + side * 0.06 * h, y - 0.01 * h)
            self._spot(frame, eye, (0.016 * h, 0.003 * h if blinking else 0.016 * h), self._eye)
        speaking = (turn // 45) % 3 != 0
        opening = 0.006 + (0.022 * abs(math.sin(turn / 2.7)) if speaking else 0.0)
        self._spot(frame, (x, y + 0.115 * h), (0.05 * h, opening * h), self._mouth)

    @staticmethod
    def _spot(
        frame: RawFrame, at: tuple[float, float], half: tuple[float, float], paint: Colour, angle: float = 0.0
    ) -> None:
        fill_ellipse(frame, Ellipse(at, half, angle), paint)


def _rooms(width: int, height: int, seed: int) -> list[Plane]:
    """The wall behind, with soft light, some furniture and four kinds of noise, each as stacked I420."""
    random = np.random.default_rng(seed)
    light = cv2.resize(random.uniform(0.75, 1.2, (3, 4)).astype(np.float32), (width, height))
    wall = np.full((height, width, 3), colour_bgr(_WALLS[seed % len(_WALLS)]), np.float32) * light[..., None]
    for _ in range(3):
        left, top = int(random.uniform(0, 0.85) * width), int(random.uniform(0.1, 0.6) * height)
        size = random.uniform(0.1, 0.3, 2) * (width, height)
        wall[top : top + int(size[1]), left : left + int(size[0])] *= random.uniform(0.6, 1.3)
    wall = np.asarray(cv2.GaussianBlur(wall, (0, 0), max(1.0, height / 120)))
    noisy = (wall + random.normal(0, 1.5, wall.shape) for _ in range(_VARIANTS))
    return [np.asarray(from_bgr(np.clip(picture, 0, 255).astype(np.uint8)).stacked) for picture in noisy]


@dataclass(frozen=True, slots=True)
class SlideWords:
    """What stands on the slides; `heading` has the places `{page}` and `{pages}`."""

    heading: str = "Weekly review: {page} of {pages}"
    points: tuple[str, ...] = ("What we did", "What comes next", "Who needs help")


class Slides:
    """A talk: sharp text and a diagram, a new page every six seconds, a pointer that moves."""

    _PAGE_PICTURES = 180
    _PAGES = 4

    def __init__(self, width_px: int, height_px: int, words: SlideWords | None = None) -> None:
        self._width, self._height = even_up(width_px), even_up(height_px)
        given = words if words is not None else SlideWords()
        self._pages = [self._page(number, given) for number in range(self._PAGES)]
        self._pointer = colour("#d03030")

    def draw(self, number: int, capture_ms: float) -> RawFrame:
        """The page of this moment with the pointer on it."""
        frame = unstack(self._pages[number // self._PAGE_PICTURES % self._PAGES].copy(), capture_ms)
        x = self._width * (0.5 + 0.35 * math.sin(number / 40))
        y = self._height * (0.6 + 0.2 * math.sin(number / 23))
        fill_ellipse(frame, Ellipse((x, y), (self._height / 60, self._height / 60)), self._pointer)
        return frame

    def _page(self, number: int, words: SlideWords) -> Plane:
        w, h = self._width, self._height
        page = np.full((h, w, 3), 250, np.uint8)
        page[: h // 6] = colour_bgr("#000091")
        heading = words.heading.format(page=number + 1, pages=self._PAGES)
        self._write(page, heading, (0.05, 0.115), 1.2, "#ffffff")
        for row, point in enumerate(words.points):
            self._write(page, f"- {point}", (0.06, 0.32 + 0.1 * row), 0.9, "#1e1e1e")
        random = np.random.default_rng(number)
        for column, height in enumerate(random.uniform(0.15, 0.5, 6)):
            left, base = int(w * (0.5 + 0.075 * column)), int(0.9 * h)
            page[base - int(height * h) : base, left : left + int(0.05 * w)] = colour_bgr("#6a6af4")
        return np.asarray(from_bgr(page).stacked)

    def _write(self, page: Plane, words: str, at: tuple[float, float], scale: float, paint: str) -> None:
        place = (int(at[0] * self._width), int(at[1] * self._height))
        size = scale * self._height / 480
        thickness = max(1, round(size * 1.6))
        font = cv2.FONT_HERSHEY_SIMPLEX
        cv2.putText(page, words, place, font, size, colour_bgr(paint), thickness, cv2.LINE_AA)


def colour_bgr(text: str) -> tuple[int, int, int]:
    """The colour of "#rrggbb" in OpenCV's order."""
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return blue, green, red
