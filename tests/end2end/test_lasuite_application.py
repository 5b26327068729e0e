"""The application as a person starts it, on a link of La Suite Meet, with the web client as the host."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

import cv2
import numpy as np
import pytest
from PySide6.QtGui import QColor

from bench.lasuite import run
from tests.helpers.application import Application
from tests.helpers.lasuite import ContractServer, Fault
from tests.helpers.lasuite.web_client import WebClient
from visio_desktop.ui import theme

MEDIA = ["--camera", "test", "--microphone", "test", "--speaker", "null"]


@pytest.mark.timeout(100)
async def test_a_guest_is_let_in_seen_and_heard() -> None:
    with ContractServer() as server:
        async with WebClient(server) as web:
            await web.log_in("owner")
            await web.enter("res-tric-aaa", "Odile")
            await web.camera(width=640, height=360, fps=15)
            await web.publish_tone(440)
            words = ["join", server.link("res-tric-aaa"), "--name", "Ada", "--no-prejoin", *MEDIA, "--duration", "14"]
            async with Application(*words) as app:
                knock = await web.wait(lambda s: s.raw["waiting"], "somebody waits", timeout_s=25)
                assert [k["username"] for k in knock.raw["waiting"]] == ["Ada"]
                await web.do("admit", knock.raw["waiting"][0]["id"], True)
                there = await web.wait(lambda s: s.named("Ada"), "Ada")
                ada = there.named("Ada")["identity"]
                await web.wait(lambda s: s.sees(ada, "camera", codes=20), "Ada's picture")
                await web.wait(lambda s: loud(s.publication(ada, "microphone")), "Ada's sound")
                await web.say("hello")
                await web.do("react", "party-popper")
                await web.do("startRecording", "screen_recording")
            state = await web.wait(lambda s: not s.named("Ada"), "Ada gone")
            assert state.raw["unreadable"] == []
            sent = [report for report in await web.do("sent") if report["active"]]
            assert {report["codec"] for report in sent} <= {"video/VP9"}
    assert app.status == 0, app.said
    assert app.report["errors"] == []
    cameras = [s for s in app.report["subscriptions"] if s["source"] == "camera"]
    assert [(c["codec"], c["participant"]) for c in cameras] == [("vp9", "Odile")]
    assert cameras[0]["frames_painted"] > 60
    assert app.report["first_remote_audio_frame"] is not None
    assert tells_of_recording(app.screenshot)


def tells_of_recording(screenshot: bytes) -> bool:
    """Whether the red sign stands in the room's upper margin."""
    shown = cv2.imdecode(np.frombuffer(screenshot, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    red = QColor(theme.LEAVE)
    margin = shown[: theme.GAP_PX, : shown.shape[1] // 2]
    return int((margin == (red.blue(), red.green(), red.red())).all(axis=2).sum()) > 1_000


def loud(publication: dict[str, Any] | None) -> bool:
    return publication is not None and publication.get("level_db", -127) > -50


async def said(*words: str, timeout_s: float = 40.0) -> tuple[int, str, str]:
    """What the program says in a terminal: status, output, error output."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "visio_desktop",
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    out, err = await asyncio.wait_for(process.communicate(), timeout_s)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_what_a_link_is_and_what_is_wrong_with_it() -> None:
    with ContractServer() as server:
        status, out, err = await said("check", server.link("pub-lica-aaa"), "--json")
        found = json.loads(out)
        assert (status, found["kind"]) == (0, "lasuite"), (found, err)
        states = {hop["name"]: hop["state"] for hop in found["hops"]}
        assert "failed" not in states.values(), found
        server.interfere("GET /config/", Fault(status=200, body="<!doctype html><h1>Welcome</h1>"))
        words = ["join", server.link("pub-lica-aaa"), "--name", "Ada", "--no-prejoin", *MEDIA]
        status, _, err = await said(*words)
        assert status == 3
        assert len(err.strip().splitlines()) == 1, err
        assert "Traceback" not in err


async def test_from_a_pasted_link_to_being_seen_in_two_seconds() -> None:
    (turn,) = await run(turns=1, look_s=0.5)
    assert turn.own_picture_ms < 2_000
    assert turn.prejoin_ms + turn.seen_ms < 2_000
