"""What a sent stream asks of the network, and what it may use: for each of its layers, the lowest first.

Whoever knows the whole transport says it with `allot`; as long as nobody does, nothing limits the stream.
"""

from __future__ import annotations

from dataclasses import replace

from visio_desktop.rtc.congestion.demand import Demand, LayerDemand, Priority
from visio_desktop.rtc.frames import SendLayer
from visio_desktop.rtc.redundancy import HEADERS_BPS

_WORTH_SENDING = 1 / 3
_SMALLEST_PICTURE_BPS = 50_000
_LARGEST_PICTURE_BPS = 2_500_000
_SOUND = LayerDemand(HEADERS_BPS + 16_000, HEADERS_BPS + 2 * 32_000)  # Opus once at its least, and twice at its best


class Allotment:
    """One stream's share. `layers` are what it sends; a stream without simulcast has at most one.

    `targets_bps` is what each layer may use, 0 for none now; empty where each may use all it has.
    """

    def __init__(self, priority: Priority, layers: tuple[SendLayer, ...]) -> None:
        self._priority = priority
        self._begin((_sound(layers),) if priority is Priority.SOUND else _pictures(layers))

    def _begin(self, layers: tuple[LayerDemand, ...]) -> None:
        self._allotted: tuple[int, ...] | None = None
        self.demand = Demand(self._priority, layers)
        self.targets_bps: tuple[int, ...] = ()

    def narrow(self, layers: tuple[SendLayer, ...]) -> None:
        """These are the layers that the other side takes; what was said of others does not count."""
        if self._priority is not Priority.SOUND:
            self._begin(_pictures(layers))

    @property
    def limit_bps(self) -> int | None:
        """What all layers together may use; None where nothing limits them."""
        return None if self._allotted is None else sum(self._allotted)

    def want(self, wanted: tuple[bool, ...]) -> None:
        """Which layers anybody watches; those left out are not watched."""
        layers = self.demand.layers
        padded = wanted + (False,) * len(layers) if len(layers) > 1 else (any(wanted),)
        changed = tuple(replace(layer, wanted=on) for layer, on in zip(layers, padded, strict=False))
        self.demand = replace(self.demand, layers=changed)
        self._settle()

    def allot(self, targets_bps: tuple[int, ...]) -> None:
        """Take what the allocator gives, one number for each layer; nothing where it does not know."""
        self._allotted = targets_bps or None
        self._settle()

    def _settle(self) -> None:
        layers = self.demand.layers
        if self._allotted is not None:
            pairs = zip(self._allotted, layers, strict=False)
            self.targets_bps = tuple(bps if layer.wanted else 0 for bps, layer in pairs)
        elif all(layer.wanted for layer in layers):
            self.targets_bps = ()
        else:
            self.targets_bps = tuple(layer.highest_bps if layer.wanted else 0 for layer in layers)


def _sound(layers: tuple[SendLayer, ...]) -> LayerDemand:
    """A voice, or what is said to be more than that."""
    most_bps = HEADERS_BPS + max((layer.bitrate_bps for layer in layers), default=0)
    return replace(_SOUND, highest_bps=max(_SOUND.highest_bps, most_bps))


def _pictures(layers: tuple[SendLayer, ...]) -> tuple[LayerDemand, ...]:
    if len(layers) <= 1:
        highest_bps = layers[0].bitrate_bps if layers else _LARGEST_PICTURE_BPS
        return (LayerDemand(min(_SMALLEST_PICTURE_BPS, highest_bps), highest_bps),)
    return tuple(LayerDemand(int(layer.bitrate_bps * _WORTH_SENDING), layer.bitrate_bps) for layer in layers)
