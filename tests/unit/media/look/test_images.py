from __future__ import annotations

import os
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.helpers.looks import checks
from visio_desktop.media.errors import EffectError
from visio_desktop.media.look import images
from visio_desktop.media.look.images import open_image
from visio_desktop.meeting.look import BACKGROUNDS
from visio_desktop.meeting.values import ProblemCode


def write(path: Path, width_px: int = 200, height_px: int = 100) -> Path:
    assert cv2.imwrite(str(path), checks(width_px, height_px))
    return path


def refused(background: str) -> str:
    with pytest.raises(EffectError) as told:
        open_image(background)
    assert told.value.problem.code is ProblemCode.BACKGROUND_IMAGE
    return told.value.problem.subject


@pytest.mark.parametrize("name", [each for each in BACKGROUNDS if each.startswith("image:")])
def test_the_pictures_that_come_along_open(name: str) -> None:
    pixels = open_image(name)
    assert pixels.shape == (720, 1280, 3)
    assert pixels.std() > 8


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_a_file_of_ones_own_opens(tmp_path: Path, ending: str) -> None:
    pixels = open_image(f"file:{write(tmp_path / f'mine.{ending}')}")
    assert pixels.shape == (100, 200, 3)
    assert np.abs(pixels[20, 20].astype(int) - (40, 120, 220)).max() < 20


@pytest.mark.parametrize(("width_px", "height_px"), [(4100, 2200), (9000, 1000), (1000, 5000)])
@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_large_ones_are_made_smaller_and_still_fill(tmp_path: Path, ending: str, width_px: int, height_px: int) -> None:
    height, width = open_image(f"file:{write(tmp_path / f'large.{ending}', width_px, height_px)}").shape[:2]
    assert width * height <= width_px * height_px
    assert abs(width / height - width_px / height_px) < 0.02 * width_px / height_px
    assert width <= width_px
    assert min(width / 1920, height / 1080) <= 1.0 or (width, height) == (width_px, height_px)


def test_what_is_no_picture_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "letter.jpg").write_text("no picture")
    assert refused(f"file:{tmp_path / 'letter.jpg'}") == "letter.jpg"
    assert refused(f"file:{tmp_path / 'none.png'}") == "none.png"
    assert refused(f"file:{tmp_path}") == tmp_path.name
    assert refused("file:") == ""
    assert refused("file:a\0b") == "a\0b"
    assert refused("image:../../secret") == "image:../../secret"
    assert refused("anything") == "anything"


def test_what_would_block_for_ever_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    assert refused(f"file:{tmp_path / 'pipe.jpg'}") == "pipe.jpg"


def test_bombs_are_refused_before_they_are_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("decoded"))
    small = write(tmp_path / "small.png")
    data = bytearray(small.read_bytes())
    for width_px, height_px in ((60_000, 60_000), (12_001, 16), (9_000, 9_000), (8, 8)):
        data[16:24] = struct.pack(">II", width_px, height_px)
        small.write_bytes(data)
        refused(f"file:{small}")
    with (tmp_path / "huge.jpg").open("wb") as huge:
        huge.truncate(images.MOST_BYTES + 1)
    refused(f"file:{tmp_path / 'huge.jpg'}")


def test_what_says_another_size_than_it_has_or_is_cut_is_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    refused(f"file:{tmp_path / 'cut.jpg'}")
    (tmp_path / "holed.png").write_bytes(write(tmp_path / "whole.png").read_bytes()[:50] + bytes(30))
    refused(f"file:{tmp_path / 'holed.png'}")
