"""The application as a whole, as a person starts it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from tests.helpers.application import Application
from tests.helpers.chromium_peer import ChromiumPeer
from tests.helpers.livekit_server import VERSIONS, LiveKitServer

TEST_MEDIA = ["--camera", "test", "--microphone", "test", "--speaker", "null"]


def subscriptions(report: dict[str, Any], source: str) -> list[dict[str, Any]]:
    return [s for s in report["subscriptions"] if s["source"] == source]


def assert_shows_something(screenshot: bytes) -> None:
    picture = cv2.imdecode(np.frombuffer(screenshot, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape[0] >= 300
    assert picture.std() > 10


async def test_the_demo_shows_people_without_server_or_device() -> None:
    async with Application("demo", "--duration", "8") as app:
        pass
    assert app.status == 0, app.said
    cameras = subscriptions(app.report, "camera")
    assert len(cameras) >= 3
    assert all(c["frames_painted"] > 60 for c in cameras)
    assert app.report["first_remote_audio_frame"] is not None
    assert app.report["errors"] == []
    assert_shows_something(app.screenshot)


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_application_and_a_browser_see_and_hear_each_other(version: str) -> None:
    with LiveKitServer(version) as server:
        async with ChromiumPeer() as chromium:
            await chromium.join(server.url, server.token("meeting", "chromium"))
            await chromium.publish_camera()
            await chromium.publish_tone(440)
            words = ["join", server.link("meeting"), "--name", "Ada", "--no-prejoin", *TEST_MEDIA, "--duration", "18"]
            async with Application(*words, env=server.environment) as app:
                there = await chromium.until(lambda s: len(s.raw["participants"]) == 1)
                (ada,) = there.raw["participants"]
                assert ada["name"] == "Ada"
                seen = await chromium.until(lambda s: s.sees(ada["identity"], "camera", codes=20))
                heard = await chromium.until(lambda s: louder_than(s.publication(ada["identity"], "microphone"), -50))
                assert seen.publication(ada["identity"], "camera")
                assert heard.publication(ada["identity"], "microphone")
            await chromium.until(lambda s: not s.raw["participants"])
    assert app.status == 0, app.said
    (camera,) = subscriptions(app.report, "camera")
    assert (camera["width"], camera["height"]) == (640, 360)
    assert camera["frames_painted"] > 150
    assert camera["frozen_ms"] < 2000
    assert {p["source"] for p in app.report["publications"]} == {"camera", "microphone"}
    assert app.report["first_audio_sent"] is not None
    assert app.report["path"]["protocol"] == "udp"
    assert_shows_something(app.screenshot)


def louder_than(publication: dict[str, Any] | None, level_db: float) -> bool:
    return publication is not None and publication.get("level_db", -127) > level_db
