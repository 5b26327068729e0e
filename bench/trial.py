"""One client in one condition of the network, as subscriber or as publisher, and what came of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from statistics import mean

from bench.cells import Cell
from bench.ground import TONE_HZ, Ground, Observer
from bench.peers.port import Camera
from bench.peers.wire import ClientError, ClientProcess
from bench.timeline import concealed_ratio, percentile
from visio_desktop.system.clock import epoch_ms

TRACKS = 2
CAMERA = Camera(width_px=640, height_px=360, fps=30, bitrate_bps=500_000)
_QUIET_S = 1.5
_SETTLE_S = 2.5
_LIMITED_SETTLE_S = 6.0
_ASK_S = 1.0


class Role(Enum):
    """What the client under test does."""

    SUBSCRIBER = "subscriber"
    PUBLISHER = "publisher"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the receiving side saw and heard; None where it could not be measured. Frozen of so many track-seconds."""

    client: str
    role: str
    cell: str
    seconds: float
    tracks: int
    frozen_s: float | None = None
    concealed: float | None = None
    fps: float | None = None
    height_px: int = 0
    age_p50_ms: float | None = None
    age_p95_ms: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One client, one role, one cell. The helper plays the other people and is in the room already."""

    ground: Ground
    helper: ClientProcess
    room: str
    role: Role
    client: str
    cell: Cell
    seconds: float

    async def run(self) -> Outcome:
        """Join over the bare delay, then make the network poor, let it settle, and measure."""
        tracks = self.cell.tracks if self.role is Role.SUBSCRIBER else 1
        self.ground.link.change(**Cell(0, self.cell.rtt_ms).conditions)
        try:
            async with asyncio.timeout(self.seconds + 90), self.ground.client(self.client) as client:
                observer = Observer(client if self.role is Role.SUBSCRIBER else self.helper)
                if self.role is Role.PUBLISHER:
                    await self.helper.told()  # what is left of the client before
                camera = CAMERA if self.role is Role.PUBLISHER else None
                await client.join(self.ground.url, self.ground.token(self.room), camera, TONE_HZ if camera else 0.0)
                if not await observer.until(lambda o: o.shows(tracks)):
                    return self._failed(tracks, "no picture on a good network")
                await asyncio.sleep(_QUIET_S)
                outcome = await self._measure(observer, tracks)
                self.ground.link.change(**Cell(0, 0).conditions)
                await client.leave()
                return outcome
        except (ClientError, TimeoutError, RuntimeError) as error:
            return self._failed(tracks, str(error) or type(error).__name__)
        finally:
            self.ground.link.change(**Cell(0, 0).conditions)

    async def _measure(self, observer: Observer, tracks: int) -> Outcome:
        self.ground.link.change(**self.cell.conditions)
        await asyncio.sleep(_LIMITED_SETTLE_S if self.cell.rate_bps else _SETTLE_S)
        await observer.ask()
        before, from_ms = observer.heard, epoch_ms()
        await observer.watch(self.seconds, every_s=_ASK_S)
        until_ms = epoch_ms()
        return self._outcome(observer, tracks, from_ms, until_ms, concealed_ratio(before, observer.heard))

    def _outcome(
        self, observer: Observer, tracks: int, from_ms: float, until_ms: float, concealed: float | None
    ) -> Outcome:
        shown = (tile for tile in observer.tiles.values() if tile.painted)
        # A window may show a picture in another tile than before, and one's own besides.
        seen = sorted(shown, key=lambda tile: tile.fps(from_ms, until_ms), reverse=True)[:tracks]
        missing = max(0, tracks - len(seen))
        ages = [age for tile in seen for age in tile.ages_ms(from_ms, until_ms)]
        frozen_ms = sum(tile.frozen_ms(from_ms, until_ms) for tile in seen) + missing * (until_ms - from_ms)
        return Outcome(
            self.client,
            self.role.value,
            self.cell.name,
            round((until_ms - from_ms) / 1000, 1),
            tracks,
            frozen_s=round(frozen_ms / 1000, 2),
            concealed=None if concealed is None else round(concealed, 4),
            fps=round(mean(tile.fps(from_ms, until_ms) for tile in seen), 1) if seen else 0.0,
            height_px=min((tile.painted[-1].height_px for tile in seen), default=0),
            age_p50_ms=percentile(ages, 50),
            age_p95_ms=percentile(ages, 95),
        )

    def _failed(self, tracks: int, why: str) -> Outcome:
        return Outcome(self.client, self.role.value, self.cell.name, self.seconds, tracks, error=why[:300])
