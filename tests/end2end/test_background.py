"""Somebody hides their room: not one picture of it is given to the encoder, whatever they and their machine do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.engines import running_engine
from tests.helpers.looks import BROKEN, papers, shows_papers
from tests.helpers.watching import Watcher
from visio_desktop.engine.engine import Engine
from visio_desktop.media.errors import EffectError
from visio_desktop.media.look.segmenter import HEIGHT_PX, WIDTH_PX, Mask, Segmenter
from visio_desktop.media.publisher import VideoPublisher
from visio_desktop.media.raw import RawFrame
from visio_desktop.media.sources import testpicture
from visio_desktop.meeting.intents import ChooseDevice, ChooseLook, Join, OpenLink, SetSourceOn
from visio_desktop.meeting.look import BLUR, PLAIN, SLIGHT_BLUR, Look, PictureQuality
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import DeviceKind, ProblemCode, Source

PATIENCE_S = 60.0  # it takes two seconds where nothing else runs


class _Papers:
    def __init__(self, width_px: int, height_px: int) -> None:
        self._size_px = (width_px, height_px)

    def draw(self, number: int, capture_ms: float) -> RawFrame:
        return replace(papers(*self._size_px, number), capture_ms=capture_ms)


class Encoders:
    """What every encoder of one's camera was given."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.given: list[tuple[bool, int]] = []

    def take(self, frame: RawFrame) -> None:
        with self._changed:
            self.given.append((shows_papers(frame), frame.height_px))
            self._changed.notify_all()

    def wait_for_more(self, seen: Callable[[bool, int], bool] = lambda *_: True) -> None:
        """Until some more such pictures have come."""
        begun = len(self.given)
        with self._changed:
            assert self._changed.wait_for(lambda: sum(seen(*each) for each in self.given[begun:]) >= 3, PATIENCE_S)

    @property
    def leaks(self) -> int:
        return sum(leaked for leaked, _ in self.given)


@pytest.fixture
def encoders(monkeypatch: pytest.MonkeyPatch) -> Encoders:
    """Cameras that film papers, a network that sees nobody among them, and what the encoders are given."""
    given, take = Encoders(), VideoPublisher._take

    def watched(publisher: VideoPublisher, frame: RawFrame) -> None:
        given.take(frame)
        take(publisher, frame)

    monkeypatch.setattr(testpicture, "scene_for", lambda _variant, size: _Papers(size.width_px, size.height_px))
    monkeypatch.setattr(Segmenter, "find", lambda *_: np.zeros((HEIGHT_PX, WIDTH_PX), np.float32))
    monkeypatch.setattr(VideoPublisher, "_take", watched)
    return given


def _join(engine: Engine, watcher: Watcher) -> None:
    engine.post(OpenLink("practice:"))
    watcher.wait_for(lambda m: m.page is Page.PREJOIN)
    engine.post(Join())
    watcher.wait_for(lambda m: m.page is Page.ROOM, PATIENCE_S)


def test_no_picture_of_the_room_leaves_until_one_says_so(encoders: Encoders, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_engine(camera="test:plain", look=Look(BLUR, PictureQuality.SMALL)) as (engine, watcher):
        _join(engine, watcher)
        encoders.wait_for_more()
        engine.post(ChooseDevice(DeviceKind.CAMERA, "test:other"))
        encoders.wait_for_more()
        engine.post(ChooseLook(Look("image:hills", PictureQuality.SMALL)))
        encoders.wait_for_more()
        engine.post(ChooseLook(Look(SLIGHT_BLUR, PictureQuality.HD)))
        encoders.wait_for_more(lambda _, height_px: height_px == 720)
        engine.post(SetSourceOn(Source.CAMERA, on=False))
        engine.post(SetSourceOn(Source.CAMERA, on=True))
        encoders.wait_for_more()
        engine.post(ChooseLook(Look("file:/none such.png", PictureQuality.SMALL)))
        watcher.wait_for(lambda m: m.look.background == BLUR, PATIENCE_S)
        encoders.wait_for_more(lambda _, height_px: height_px == 360)

        def broken(*_: object) -> Mask:
            raise EffectError(BROKEN)

        monkeypatch.setattr(Segmenter, "find", broken)
        failed = watcher.wait_for(lambda m: m.look_problem == BROKEN, PATIENCE_S)
        encoders.wait_for_more()
        assert [t.problem.code for t in failed.toasts if t.problem][-1] is ProblemCode.BACKGROUND_FAILED
        assert failed.camera_on
        assert encoders.leaks == 0
        engine.post(ChooseLook(Look(PLAIN, PictureQuality.SMALL)))
        encoders.wait_for_more(lambda leaked, _: leaked)
