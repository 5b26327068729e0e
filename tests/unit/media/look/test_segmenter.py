from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.looks import person
from visio_desktop.media.errors import EffectError
from visio_desktop.media.look.segmenter import HEIGHT_PX, WIDTH_PX, Segmenter, model_path
from visio_desktop.media.raw import blank
from visio_desktop.meeting.values import ProblemCode


@pytest.mark.parametrize("size_px", [(1280, 720), (640, 480), (720, 1280)])
def test_the_person_is_found_and_the_room_is_not(size_px: tuple[int, int]) -> None:
    mask = Segmenter().find(person(*size_px))
    assert mask.shape == (HEIGHT_PX, WIDTH_PX)
    face, flag, wall = mask[50:65, 95:125], mask[:90, :25], mask[:100, 230:]
    assert face.min() > 0.9
    assert max(flag.max(), wall.max()) < 0.2


def test_nobody_is_found_in_an_empty_room() -> None:
    empty = blank(640, 360)
    for plane in (empty.y, empty.u, empty.v):
        plane[:] = 128
    assert np.mean(Segmenter().find(empty)) < 0.2


def test_a_missing_or_broken_network_is_told(tmp_path: Path) -> None:
    with pytest.raises(EffectError) as missing:
        Segmenter(tmp_path / "none.tflite")
    assert missing.value.problem.code is ProblemCode.BACKGROUND_FAILED
    (tmp_path / "cut.tflite").write_bytes(b"no network at all")
    with pytest.raises(EffectError):
        Segmenter(tmp_path / "cut.tflite")


def test_the_network_is_the_one_its_note_names() -> None:

    note = (model_path().parent / "README.md").read_text(encoding="utf-8")
    assert hashlib.sha256(model_path().read_bytes()).hexdigest() in note
