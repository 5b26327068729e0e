from __future__ import annotations

from typing import Any, Self, cast

import pytest

from bench.cells import CENTRAL
from bench.ground import Ground, Observer
from bench.peers.port import Client
from bench.peers.wire import ClientError, ClientProcess
from bench.timeline import Painted, Tile
from bench.trial import Role, Trial


class Link:
    def __init__(self) -> None:
        self.changes: list[dict[str, Any]] = []

    def change(self, **conditions: Any) -> None:
        self.changes.append(conditions)


class Refusing:
    """A client that cannot join."""

    async def join(self, *_: Any) -> None:
        raise ClientError("no way in")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


class FakeGround:
    url = "ws://127.0.0.1:1"

    def __init__(self) -> None:
        self.link = Link()

    def client(self, _name: str) -> Refusing:
        return Refusing()

    def token(self, _room: str) -> str:
        return "token"


def trial(ground: FakeGround) -> Trial:
    helper = cast("ClientProcess", Refusing())
    return Trial(cast("Ground", ground), helper, "room", Role.SUBSCRIBER, "ours", CENTRAL, 10.0)


def tile(every_ms: float, until_ms: float = 10_000) -> Tile:
    made = Tile()
    made.add([Painted(n * every_ms, n, 360) for n in range(int(until_ms / every_ms))])
    return made


async def test_what_fails_is_an_outcome_and_the_network_is_good_again() -> None:
    ground = FakeGround()
    outcome = await trial(ground).run()
    assert (outcome.error, outcome.tracks, outcome.frozen_s) == ("no way in", 2, None)
    assert ground.link.changes[0]["loss"] == 0
    assert ground.link.changes[0]["delay_ms"] == 20
    assert ground.link.changes[-1] == {"loss": 0, "delay_ms": 0, "jitter_ms": 0, "rate_bps": 0}


@pytest.mark.parametrize(("tiles", "frozen_s"), [((), 20.0), ((33.0,), 10.0), ((33.0, 33.0), 0.0)])
def test_a_tile_that_never_showed_is_frozen_all_the_time(tiles: tuple[float, ...], frozen_s: float) -> None:
    observer = Observer(cast("Client", Refusing()), {str(n): tile(every) for n, every in enumerate(tiles)})
    outcome = trial(FakeGround())._outcome(observer, 2, 0.0, 10_000.0, None)
    assert outcome.frozen_s == pytest.approx(frozen_s, abs=0.1)


def test_the_liveliest_tiles_are_those_received() -> None:
    observer = Observer(cast("Client", Refusing()), {"a": tile(33), "gone": tile(33, 3_000), "b": tile(40)})
    outcome = trial(FakeGround())._outcome(observer, 2, 0.0, 9_900.0, 0.5)
    assert (outcome.frozen_s, outcome.concealed) == (0.0, 0.5)
