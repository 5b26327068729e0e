"""Every page of the window in both languages, on a real display: kept as pictures, looked at by people.

The pictures go to `artifacts/screens/<language>/<page>.png`.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.helpers.application import Application
from tests.helpers.gallery import views
from tests.helpers.xvfb import Xvfb

LANGUAGES = {"en": "en_GB.UTF-8", "fr": "fr_FR.UTF-8"}
SCREENS = Path(__file__).parents[2] / "artifacts" / "screens"
# The picture of a page on paper with two lines of text still differs this much from an empty one.
LEAST_DEVIATION = 5.0
# Half a minute of computing on a machine of its own; many times that where others compute, too.
TIMEOUT_S = 280.0


def picture(data: bytes) -> np.ndarray[Any, Any]:
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded


async def show_every_page(language: str) -> dict[str, bytes]:
    """The pictures by page, made by a process of its own; nothing on them is cut or overlaps."""
    folder = SCREENS / language
    words = ["-m", "tests.helpers.gallery", str(folder), language]
    with Xvfb(1400, 900) as display:
        env = {**os.environ, **display.environment}
        process = await asyncio.create_subprocess_exec(sys.executable, *words, env=env, stderr=asyncio.subprocess.PIPE)
        try:
            _, said = await asyncio.wait_for(process.communicate(), TIMEOUT_S)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert process.returncode == 0, said.decode(errors="replace")
    faults = json.loads((folder / "faults.json").read_text(encoding="utf-8"))
    assert {name: found for name, found in faults.items() if found} == {}
    return {name: (folder / f"{name}.png").read_bytes() for name in views()}


@pytest.mark.timeout(300)
async def test_every_page_shows_in_both_languages_and_its_texts_fit() -> None:
    english, french = await asyncio.gather(*(show_every_page(language) for language in LANGUAGES))
    for pages in (english, french):
        assert len(set(pages.values())) == len(pages), "two pages look alike"
        for name, view in views().items():
            shown = picture(pages[name])
            assert shown.std() > LEAST_DEVIATION, name
            if not view.dialog and view.act is None:
                assert (shown.shape[1], shown.shape[0]) == view.size_px, name
    assert [name for name in views() if english[name] == french[name]] == [], "not translated"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_practice_meeting_looks_alive(language: str) -> None:
    speaking = {"LC_ALL": LANGUAGES[language], "LANG": LANGUAGES[language], "LANGUAGE": language}
    async with Application("demo", "--duration", "8", env=speaking) as app:
        pass
    assert app.status == 0, app.said
    (SCREENS / language).mkdir(parents=True, exist_ok=True)
    (SCREENS / language / "practice.png").write_bytes(app.screenshot)
    shown = picture(app.screenshot)
    assert (shown.shape[1], shown.shape[0]) == (1280, 800)
    # Slides, large at the right; people in a column at the left.
    assert (shown[100:700, 300:1250] > 240).all(axis=2).mean() > 0.3
    assert shown[24:137, 24:225].std() > LEAST_DEVIATION
