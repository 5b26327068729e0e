"""What happens to a meeting in `bench events`: each scene lets it happen to one client and says how that came through.

A figure is None where it never came to that; `_ms` figures are durations in milliseconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from enum import Enum
from statistics import median

from bench.ground import TONE_HZ, Ground, Observer
from bench.peers.port import Camera, Client
from bench.peers.wire import ClientError, ClientProcess
from bench.timeline import Tile
from bench.trial import CAMERA, TRACKS
from visio_desktop.system.clock import epoch_ms

type Figures = dict[str, float | None]

ROOM = "events"
DELAY_MS = 20.0
HD = Camera(1280, 720, 30, 1_700_000)
_STEADY_S = 4.0
_CUT_BPS, _CUT_S, _RECOVERY_S = 500_000, 20.0, 30.0
_BURST_MS = 150.0
_DELAY_MARGIN_MS = 20.0
_AFTER_S = 8.0
_RETURN_S = 20.0
_MOVED_TO = "10.9.0.3"


class Others(Enum):
    """What the others in the room do."""

    SEND = "send"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Stage:
    """One client and the others, on the ground. `stack` ends what a scene starts besides."""

    ground: Ground
    helper: ClientProcess
    client: Client
    stack: AsyncExitStack

    async def receiving(self) -> Observer:
        """Let the client join and receive until all runs steadily."""
        await self.client.join(self.ground.url, self.ground.token(ROOM))
        observer = Observer(self.client)
        if not await observer.until(lambda o: o.shows(TRACKS)):
            raise ClientError("no picture before anything happened")
        await observer.watch(_STEADY_S)
        observer.sounds.clear()
        return observer


async def uplink_cut(stage: Stage) -> Figures:
    """The uplink of somebody who sends 720p has 500 kbit/s for 20 s; seen and heard by the one who watches."""
    await stage.helper.told()
    await stage.client.join(stage.ground.url, stage.ground.token(ROOM), HD, TONE_HZ)
    observer = Observer(stage.helper)
    began_full = await observer.until(lambda o: o.shows(1) and _all(o)[0].painted[-1].height_px >= HD.height_px)
    if not observer.shows(1):
        raise ClientError("no picture before anything happened")
    await observer.watch(_STEADY_S)
    observer.sounds.clear()
    cut_ms = epoch_ms()
    stage.ground.link.change(sent_by=stage.ground.link.b, rate_bps=_CUT_BPS)
    await observer.watch(_CUT_S)
    back_ms = epoch_ms()
    stage.ground.link.change(sent_by=stage.ground.link.b, rate_bps=0)
    await observer.watch(_RECOVERY_S)
    tile = max(_all(observer), key=lambda t: len(t.painted))
    return {
        "longest freeze_ms": tile.longest_gap_ms(cut_ms, epoch_ms()),
        **_silence(observer),
        "back to 720p_ms": tile.settled_ms(back_ms, height_px=HD.height_px) if began_full else None,
    }


async def burst(stage: Stage) -> Figures:
    """Everything is lost for 150 ms."""
    observer = await stage.receiving()
    await observer.watch(1.0, every_s=0.1)
    usual_ms = _delay_ms(observer)
    lost_ms = epoch_ms()
    stage.ground.link.lose(_BURST_MS)
    await observer.watch(_AFTER_S, every_s=0.1)
    over_ms = lost_ms + _BURST_MS + DELAY_MS
    return {
        "picture back on every tile_ms": _gap_ms(observer, lost_ms, lost_ms + 4_000) - _BURST_MS,
        "sound delay back_ms": _delay_back_ms(observer, over_ms, usual_ms),
        **_silence(observer),
    }


async def signalling_killed(stage: Stage) -> Figures:
    """The signalling connection is reset; media's way stays."""
    observer = await stage.receiving()
    killed_ms = epoch_ms()
    assert stage.ground.relay is not None
    await stage.ground.relay.cut()
    await observer.watch(_AFTER_S)
    return {"media gap_ms": _gap_ms(observer, killed_ms, epoch_ms()), **_silence(observer)}


async def address_changed(stage: Stage) -> Figures:
    """The machine is on another network from one moment to the next."""
    observer = await stage.receiving()
    moved_ms = epoch_ms()
    await asyncio.to_thread(stage.ground.link.move, _MOVED_TO)
    await observer.watch(_RETURN_S)
    return {"media gap_ms": _gap_ms(observer, moved_ms, epoch_ms()), **_silence(observer)}


async def server_restarted(stage: Stage) -> Figures:
    """The server dies and is there again; the gap counts from when the others send again."""
    observer = await stage.receiving()
    helper = await stage.stack.enter_async_context(stage.ground.helper())
    await asyncio.to_thread(stage.ground.server.kill)
    await asyncio.to_thread(stage.ground.server.start)
    await stage.ground.people(helper, ROOM, TRACKS, CAMERA)
    open_ms = epoch_ms()
    await observer.watch(_RETURN_S)
    returns = [tile.first_after_ms(open_ms) for tile in _all(observer)]
    known = [back_ms for back_ms in returns if back_ms is not None]
    return {"media gap_ms": max(known) if len(known) == len(returns) == TRACKS else None}


async def udp_blocked(stage: Stage) -> Figures:
    """No UDP gets through from before the join."""
    stage.ground.link.change(block_udp=True)
    began_ms = epoch_ms()
    await stage.client.join(stage.ground.url, stage.ground.token(ROOM))
    observer = Observer(stage.client)
    shown = await observer.until(lambda o: o.shows(TRACKS))
    firsts = [tile.painted[0].at_ms - began_ms for tile in _all(observer)]
    return {"joined and seeing_ms": max(firsts) if shown else None}


SCENES: dict[str, tuple[Others, Callable[[Stage], Awaitable[Figures]]]] = {
    "uplink": (Others.WATCH, uplink_cut),
    "burst": (Others.SEND, burst),
    "signalling": (Others.SEND, signalling_killed),
    "address": (Others.SEND, address_changed),
    "restart": (Others.SEND, server_restarted),
    "udp": (Others.SEND, udp_blocked),
}


def _all(observer: Observer) -> list[Tile]:
    return [tile for tile in observer.tiles.values() if tile.painted]


def _gap_ms(observer: Observer, from_ms: float, until_ms: float) -> float:
    """The longest standstill of any tile."""
    return max(tile.longest_gap_ms(from_ms, until_ms) for tile in _all(observer))


def _silence(observer: Observer) -> Figures:
    """The longest silence heard while watching; no figure where silence is not counted."""
    known = [heard.silent_ms for _, heard in observer.sounds if heard.silent_ms is not None]
    return {"sound gap_ms": max(known)} if known else {}


def _delay_ms(observer: Observer) -> float:
    known = [heard.delay_ms for _, heard in observer.sounds if heard.delay_ms is not None]
    return median(known) if known else 0.0


def _delay_back_ms(observer: Observer, over_ms: float, usual_ms: float) -> float | None:
    """How long the sound's delay stayed above the usual one, from the end of the burst."""
    after = [(at_ms, h.delay_ms) for at_ms, h in observer.sounds if at_ms >= over_ms and h.delay_ms is not None]
    late = [at_ms for at_ms, delay_ms in after if delay_ms > usual_ms + _DELAY_MARGIN_MS]
    if not after or (late and late[-1] == after[-1][0]):
        return None
    return late[-1] - over_ms if late else 0.0
