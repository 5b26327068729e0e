from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from bench import picture
from bench.picture import Turn, film, lines, turn
from visio_desktop.meeting.look import BLUR, PLAIN, Look


def test_a_film_is_taken_with_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "PICTURES", 3)
    monkeypatch.setattr(picture, "WARM", 1)
    path = film(tmp_path)
    filmed = cv2.VideoCapture(str(path))
    assert (filmed.get(cv2.CAP_PROP_FRAME_WIDTH), filmed.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (1280, 720)
    filmed.release()
    plain, blurred = turn(path, Look()), turn(path, Look(BLUR))
    assert (plain.look, blurred.look) == (PLAIN, BLUR)
    assert plain.picture_ms > 0
    assert blurred.look_ms > plain.look_ms
    assert plain.psnr_db > 30


def test_the_table_has_medians_and_says_whether_it_is_cheap_enough() -> None:
    cheap = [Turn(PLAIN, 7.0, 0.0, 46.0), Turn(PLAIN, 30.0, 0.0, 46.0), Turn(PLAIN, 6.0, 0.0, 46.0)]
    cheap.append(Turn(BLUR, 17.0, 10.0, 47.0))
    assert "| none | 7.0 | 0.0 | 46.0 |" in lines(cheap)
    assert lines(cheap)[-1].endswith("**reached**")
    assert lines([*cheap, Turn(BLUR, 30.0, 30.0, 47.0)])[-1].endswith("**not reached**")
    coarse = [Turn(PLAIN, 7.0, 0.0, 39.0), cheap[-1]]
    assert lines(coarse)[-1].endswith("**not reached**")
