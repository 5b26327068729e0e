"""A camera encoded in hardware, which fails in the middle of a meeting; `libx264` stands in for the hardware."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.helpers.engines import running_engine
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer
from tests.helpers.odd_encoders import candidate
from visio_desktop.diagnostics.report import Marks, Report
from visio_desktop.engine.engine import Engine
from visio_desktop.engine.hardware import HardwareCare
from visio_desktop.media.encoders import EncodedPicture
from visio_desktop.media.errors import CodecError
from visio_desktop.media.hardware import falling
from visio_desktop.media.hardware.encoder import HardwareEncoder
from visio_desktop.media.hardware.kept import Kept, Proven
from visio_desktop.media.hardware.proving import Verdict
from visio_desktop.media.raw import RawFrame
from visio_desktop.meeting.intents import Join, OpenLink
from visio_desktop.meeting.look import Look, PictureQuality
from visio_desktop.meeting.state import Page
from visio_desktop.net import Web
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials

PATIENCE_S = 60.0
ROOM = "hardware"


class Card:
    """What the encoders of the hardware do, in whatever thread they are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_lost = threading.Event()
        self.pictures = 0
        encode = HardwareEncoder.encode

        def encoded(encoder: HardwareEncoder, frame: RawFrame, *, key: bool) -> EncodedPicture | None:
            if self.is_lost.is_set():
                raise CodecError("h264_nvenc", "device lost")
            self.pictures += 1
            return encode(encoder, frame, key=key)

        monkeypatch.setattr(HardwareEncoder, "encode", encoded)


def codec_of_camera(engine: Engine) -> str:
    report = Report(Marks())
    engine.fill(report)
    return next((each.codec for each in report.publications if each.source == "camera"), "")


async def test_hardware_that_fails_costs_nobody_the_picture(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.keep([Verdict("h264_nvenc", "", 1.0, 4.0)])
    proven = Proven(candidate("libx264"), lambda reason: kept.keep([Verdict("h264_nvenc", reason)]))
    monkeypatch.setattr(HardwareCare, "best", lambda _care: proven)
    # On a machine that is busy with tests software is late, too; late hardware is tried in the unit tests.
    monkeypatch.setattr(falling, "PATIENCE_S", PATIENCE_S)
    card = Card(monkeypatch)
    with (
        LiveKitServer("1.13.5") as server,
        running_engine(
            adapters=[LiveKitAdapter(Web())],
            look=Look(quality=PictureQuality.SMALL),
            credentials=Credentials(token=server.token(ROOM, "ada", name="Ada")),
        ) as (engine, watcher),
    ):
        async with NativePeer() as native:
            await native.join(server.url, server.token(ROOM, "bob", name="Bob"))
            engine.post(OpenLink(server.link(ROOM)))
            watcher.wait_for(lambda m: m.page is Page.PREJOIN, PATIENCE_S)
            engine.post(Join())
            watcher.wait_for(lambda m: m.page is Page.ROOM, PATIENCE_S)
            await native.until(lambda s: s.sees("ada", "camera", codes=10) and card.pictures > 10, timeout_s=PATIENCE_S)
            assert codec_of_camera(engine) == "h264"
            card.is_lost.set()
            seen = native.state.publication("ada", "camera")["codes"]
            await native.until(
                lambda s: not proven.is_good and s.sees("ada", "camera", codes=seen + 10), timeout_s=PATIENCE_S
            )
            assert codec_of_camera(engine) == "h264", "nothing was agreed on anew"
            assert kept.best() is None, "it is remembered"
