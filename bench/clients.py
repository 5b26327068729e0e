"""One run of one client: start it cold, let it join, settle, measure, end it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from bench.measure import cpu_cores, tree_pss_bytes
from tests.helpers.application import Application
from tests.helpers.chromium_peer import ChromiumPeer
from tests.helpers.livekit_server import LiveKitServer
from visio_desktop.system.clock import epoch_ms

SETTLE_S = 6.0


@dataclass(frozen=True, slots=True)
class Run:
    """What one run cost; times in milliseconds."""

    client: str
    streams: int
    cpu_cores: float
    machine_cores: float
    pss_bytes: int
    start_to_first_frame_ms: float | None
    join_to_first_frame_ms: float | None
    slowest_fps: float | None
    pictures: int


async def run_chromium(server: LiveKitServer, room: str, streams: int, seconds: float) -> Run:
    """livekit-client in Chromium, joining as soon as the page is loaded."""
    tile = "480x270" if streams <= 4 else "420x236"
    token = server.token(room, "viewer")
    page: dict[str, str | int] = {"url": server.url, "token": token, "tile": tile, "read_every": 0, "listen": 0}
    async with ChromiumPeer(page, quiet_s=SETTLE_S) as chromium:
        before = _frames((await chromium.state()).raw)
        began_ms = epoch_ms()
        cores = await cpu_cores(seconds, client=chromium.pid)
        raw = (await chromium.state()).raw
        lasted_s = (epoch_ms() - began_ms) / 1000
        rates = [(n - before.get(sid, 0)) / lasted_s for sid, n in _frames(raw).items()]
        started, first_ms = raw["started"], raw["started"]["firstVideoFrame"]
        return Run(
            "chromium",
            streams,
            cores["client"],
            cores["machine"],
            tree_pss_bytes(chromium.pid),
            first_ms and first_ms - chromium.started_epoch_ms,
            first_ms and first_ms - started["joinClicked"],
            round(min(rates), 1) if rates else None,
            len(rates),
        )


async def run_ours(server: LiveKitServer, room: str, streams: int, seconds: float) -> Run:
    """Our client, joining without the pre-join page."""
    words = ["join", server.link(room), "--name", "viewer", "--no-prejoin", "--duration", str(SETTLE_S + seconds + 4)]
    words += ["--camera", "none", "--microphone", "none", "--speaker", "null"]
    async with Application(*words, env=server.environment) as application:
        await asyncio.sleep(SETTLE_S)
        cores = await cpu_cores(seconds, client=application.pid)
        pss_bytes = tree_pss_bytes(application.pid)
    if application.status != 0:
        raise RuntimeError(f"our client ended with status {application.status}: {application.said}")
    return _from_report(application.report, streams, cores, pss_bytes, application.started_epoch_ms)


def _from_report(report: dict[str, Any], streams: int, cores: dict[str, float], pss_bytes: int, at_ms: float) -> Run:
    first_ms, ended_ms = report["first_remote_video_frame"], epoch_ms() - report["process_start_epoch"]
    painted = [s["frames_painted"] for s in report["subscriptions"] if s["source"] in ("camera", "screen")]
    slowest = min(painted) / (ended_ms - first_ms) * 1000 if painted and first_ms else None
    return Run(
        "ours",
        streams,
        cores["client"],
        cores["machine"],
        pss_bytes,
        first_ms and first_ms + report["process_start_epoch"] - at_ms,
        first_ms and first_ms - report["join_clicked"],
        slowest and round(slowest, 1),
        len(painted),
    )


def _frames(raw: dict[str, Any]) -> dict[str, int]:
    publications = (q for p in raw["participants"] for q in p["publications"])
    return {q["sid"]: q["frames"] for q in publications if "frames" in q}
