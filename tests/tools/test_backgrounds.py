from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tools import backgrounds
from visio_desktop.meeting.look import BACKGROUNDS


def test_every_picture_that_is_offered_is_drawn() -> None:
    assert {f"image:{name}" for name in backgrounds.PICTURES} == {b for b in BACKGROUNDS if b.startswith("image:")}


@pytest.mark.parametrize("name", backgrounds.PICTURES)
def test_the_file_is_what_is_drawn_and_small(name: str) -> None:
    path = backgrounds.FOLDER / f"{name}.jpg"
    kept = cv2.imread(str(path))
    assert kept is not None
    assert np.abs(kept - backgrounds.PICTURES[name]()).mean() < 3
    assert path.stat().st_size < 60_000


def test_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backgrounds, "FOLDER", tmp_path)
    monkeypatch.setattr(backgrounds, "PICTURES", {"paper": backgrounds.paper})
    backgrounds.main()
    assert cv2.imread(str(tmp_path / "paper.jpg")) is not None
