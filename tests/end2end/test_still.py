"""A picture of one's own stands for the camera while that is off: the others see it, and nothing a camera filmed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.helpers.engines import running_engine
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer
from tests.helpers.watching import Watcher
from visio_desktop.engine.engine import Engine
from visio_desktop.media import frame_clock
from visio_desktop.media.publisher import VideoPublisher
from visio_desktop.media.raw import RawFrame, blank
from visio_desktop.meeting.intents import ChooseLook, Join, OpenLink, SetSourceOn
from visio_desktop.meeting.look import Look
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import ProblemCode, Source
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials
from visio_desktop.ui.widgets.casting import cast_of

CODE = 12_345
WAIT_S = 30.0


def portrait(path: Path) -> str:
    """A picture that tells a time no camera here films at."""
    frame = blank(1280, 720)
    for plane in (frame.y, frame.u, frame.v):
        plane[:] = 128
    frame_clock.stamp(frame.y, CODE)
    cv2.imwrite(str(path), cv2.cvtColor(np.asarray(frame.stacked), cv2.COLOR_YUV2BGR_I420))
    return f"file:{path}"


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """The times in the pictures that the encoders of our camera are given."""
    times: list[int | None] = []
    take = VideoPublisher._take

    def watched(publisher: VideoPublisher, frame: RawFrame) -> None:
        times.append(frame_clock.read(frame.y))
        take(publisher, frame)

    monkeypatch.setattr(VideoPublisher, "_take", watched)
    return times


async def until_seen(peer: NativePeer, our_id: str, *, still: bool) -> None:
    await peer.until(
        lambda s: s.sees(our_id, "camera") and (s.publication(our_id, "camera")["code"] == CODE) == still,
        timeout_s=WAIT_S,
    )


async def test_the_others_see_the_picture_while_the_camera_is_closed(tmp_path: Path, taken: list[int | None]) -> None:
    look = Look(still=portrait(tmp_path / "me.png"))
    with LiveKitServer("1.13.5") as server:
        credentials = Credentials(api_key=server.key, api_secret=server.secret)
        with running_engine(adapters=[LiveKitAdapter()], credentials=credentials, look=look) as (engine, watcher):
            engine.post(OpenLink(server.link("still")))
            await asyncio.to_thread(watcher.wait_for, lambda m: m.page is Page.PREJOIN)
            engine.post(Join())
            room = await asyncio.to_thread(watcher.wait_for, lambda m: m.page is Page.ROOM)
            assert room.me is not None
            async with NativePeer() as native:
                await native.join(server.url, server.token("still", "bob", name="Bob"))
                await until_seen(native, room.me.id, still=False)
                for _ in range(2):
                    engine.post(SetSourceOn(Source.CAMERA, on=False))
                    await until_seen(native, room.me.id, still=True)
                    only_the_picture_is_sent(
                        engine, await asyncio.to_thread(watcher.wait_for, lambda m: not m.camera_on)
                    )
                    taken.clear()
                    async with NativePeer() as late:
                        await late.join(server.url, server.token("still", "carol", name="Carol"))
                        await until_seen(late, room.me.id, still=True)
                    assert set(taken) <= {CODE}
                    engine.post(SetSourceOn(Source.CAMERA, on=True))
                    await until_seen(native, room.me.id, still=False)
                await a_picture_that_is_gone_is_told(engine, watcher, native, room.me.id)


def only_the_picture_is_sent(engine: Engine, off: Meeting) -> None:
    assert not off.camera.opened_name
    (mine,) = [part.look for part in cast_of(off) if part.is_mine]
    assert mine.has_picture
    assert mine.name.endswith("camera off, your picture is shown")
    assert engine._capturing._captures[Source.CAMERA].is_still


async def a_picture_that_is_gone_is_told(engine: Engine, watcher: Watcher, native: NativePeer, our_id: str) -> None:
    engine.post(SetSourceOn(Source.CAMERA, on=False))
    engine.post(ChooseLook(Look(still="file:/none such.png")))
    told = await asyncio.to_thread(watcher.wait_for, lambda m: m.look_problem is not None)
    assert told.look_problem is not None
    assert told.look_problem.code is ProblemCode.STILL_IMAGE
    await native.until(lambda s: bool(s.publication(our_id, "camera").get("muted")), timeout_s=WAIT_S)
    assert Source.CAMERA not in engine._capturing._captures
