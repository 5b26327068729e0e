from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.looks import checks, papers, shows_papers
from visio_desktop.media.look.behind import SLIGHT, STRONG, Blurred, Still, blend
from visio_desktop.media.look.segmenter import HEIGHT_PX, WIDTH_PX
from visio_desktop.media.raw import RawFrame, blank

NOBODY = np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)


def flat(value: int, width_px: int = 640, height_px: int = 360) -> RawFrame:
    frame = blank(width_px, height_px, 7.0)
    for plane in (frame.y, frame.u, frame.v):
        plane[:] = value
    return frame


@pytest.mark.parametrize("spread", [SLIGHT, STRONG])
@pytest.mark.parametrize("size_px", [(1280, 720), (320, 180), (480, 640), (64, 36)])
def test_a_blurred_room_cannot_be_read_and_keeps_its_size(spread: float, size_px: tuple[int, int]) -> None:
    frame = papers(*size_px)
    behind = Blurred(spread).behind(frame, NOBODY)
    assert (behind.width_px, behind.height_px) == size_px
    assert not shows_papers(behind)
    assert abs(float(behind.y.mean()) - float(frame.y.mean())) < 8


def test_more_blur_leaves_less() -> None:
    frame = flat(40)
    frame.y[:, 300:] = 200
    slopes = [
        float(np.abs(np.diff(Blurred(s).behind(frame, NOBODY).y[180].astype(int))).max()) for s in (SLIGHT, STRONG)
    ]
    assert slopes[0] > 1.5 * slopes[1]


def test_the_person_does_not_glow_into_the_room() -> None:
    frame, mask = flat(40), NOBODY.copy()
    frame.y[:, 320:] = 240
    mask[:, WIDTH_PX // 2 :] = 1.0
    apart, together = (Blurred(STRONG).behind(frame, each).y[180, 308] for each in (mask, NOBODY))
    assert apart < 60
    assert together > apart + 15


def test_the_person_stands_before_it() -> None:
    mask = NOBODY.copy()
    mask[:, : WIDTH_PX // 2] = 1.0
    shown = blend(flat(200), flat(50), mask)
    assert shown.capture_ms == 7.0
    for plane in (shown.y, shown.u, shown.v):
        assert np.abs(plane[:, : plane.shape[1] // 2 - 8].astype(int) - 200).max() <= 1
        assert np.abs(plane[:, plane.shape[1] // 2 + 8 :].astype(int) - 50).max() <= 1


@pytest.mark.parametrize("size_px", [(640, 360), (640, 480), (360, 640)])
def test_a_still_picture_is_cut_to_fill(size_px: tuple[int, int]) -> None:
    still = Still(checks(401, 301))
    for _ in range(2):
        behind = still.behind(blank(*size_px), NOBODY)
        assert (behind.width_px, behind.height_px) == size_px
        assert int(behind.y[2, 2]) - int(behind.y[-3, -3]) > 40
