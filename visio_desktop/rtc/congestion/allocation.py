"""Who gets what of a transport's target.

Sound has all it wants, then every picture its lowest layer, screens before cameras. What is left goes to one stream
after the other, screens first: as many of its layers as can have their lowest rate, then more for each, the lowest
layer first. A layer whose lowest rate does not fit is paused (0), with all above it. One that is paused comes back only
once everything would fit with room to spare: servers take long to show a layer again, so it should then stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from visio_desktop.rtc.congestion.demand import Demand, LayerDemand, Priority

_ROOM_TO_RETURN = 1.25

type Targets = tuple[int, ...]


def wanted_bps(demands: Sequence[Demand]) -> int:
    """What all of them could use."""
    return sum(layer.highest_bps for demand in demands for layer in demand.layers if layer.wanted)


def allocate(
    total_bps: float,
    demands: Sequence[Demand],
    before: Sequence[Targets] = (),
    held: Sequence[frozenset[int]] = (),
) -> list[Targets]:
    """The rate of each layer of each stream.

    `before` is what this gave the same streams last time, if it did; `held` are layers that stay paused now, but for a
    stream's only one.
    """
    purse = _Purse(int(total_bps))
    shares = [_Share(demand, purse) for demand in demands]
    for share, targets in zip(shares, before, strict=False):
        share.paused = {n for n, bps in enumerate(targets) if bps == 0}
    for share, layers in zip(shares, held, strict=False):
        share.held = layers
    order = sorted(shares, key=lambda share: share.priority)
    pictures = [share for share in order if share.priority is not Priority.SOUND]
    for share in order:
        if share.priority is Priority.SOUND:
            share.fill_all()
    for share in pictures:
        share.open(first=True)
    for share in pictures:
        share.open(first=False)
        share.fill()
    return [tuple(share.targets_bps) for share in shares]


class _Purse:
    """What is left."""

    def __init__(self, total_bps: int) -> None:
        self.left_bps = total_bps
        self._reserve_bps = int(total_bps * (1 - 1 / _ROOM_TO_RETURN))

    def fits(self, bps: int, *, with_room: bool) -> bool:
        """Whether there is this much."""
        return bps <= self.left_bps - (self._reserve_bps if with_room else 0)

    def take(self, most_bps: int) -> int:
        """So much, or what there is."""
        taken = max(0, min(most_bps, self.left_bps))
        self.left_bps -= taken
        return taken


class _Share:
    """What one stream has got so far."""

    def __init__(self, demand: Demand, purse: _Purse) -> None:
        self.paused: set[int] = set()
        self.held: frozenset[int] = frozenset()
        self.priority = demand.priority
        self.targets_bps = [0] * len(demand.layers)
        self._purse = purse
        self._wanted = [(n, layer) for n, layer in enumerate(demand.layers) if layer.wanted]

    def fill_all(self) -> None:
        """Everything, and the lowest rates even where there is not so much: sound is never paused."""
        for n, layer in self._wanted:
            self.targets_bps[n] = max(layer.lowest_bps, self._purse.take(layer.highest_bps))

    def open(self, *, first: bool) -> None:
        """The lowest rate of the lowest layer, or of those above it, as far as they fit."""
        for at, (n, layer) in enumerate(self._wanted):
            if self.targets_bps[n] == 0 and (at == 0) is first:
                if (at and (n in self.held or not self._is_open(at - 1))) or not self._fits(n, layer):
                    return
                self.targets_bps[n] = self._purse.take(layer.lowest_bps)

    def fill(self) -> None:
        """As much more as there is for those that have their lowest rate."""
        for n, layer in self._wanted:
            if self.targets_bps[n]:
                self.targets_bps[n] += self._purse.take(layer.highest_bps - self.targets_bps[n])

    def _is_open(self, at: int) -> bool:
        return self.targets_bps[self._wanted[at][0]] > 0

    def _fits(self, n: int, layer: LayerDemand) -> bool:
        return self._purse.fits(layer.lowest_bps, with_room=n in self.paused)
