"""A transport's rate handed out to its streams, again and again, layers neither flapping nor left half sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from aiortc.rtp import RtpPacket

from visio_desktop.rtc.congestion.allocation import Targets, allocate, wanted_bps
from visio_desktop.rtc.congestion.demand import Demand, Priority
from visio_desktop.rtc.congestion.patience import Patience

PAYLOAD_SHARE = 0.94
"""What is left of a picture's rate once headers are taken off."""

_SHRUNK_MOST = 0.3
_QUIET_MS = 250.0
_QUIET_EVERY_MS = 1_000.0


class Stream(Protocol):
    """What congestion control needs of a sent stream."""

    @property
    def is_agreed(self) -> bool:
        """Whether the other side takes it."""

    @property
    def is_numbered(self) -> bool:
        """Whether its packets carry transport-wide numbers."""

    @property
    def is_quiet(self) -> bool:
        """Whether it was hushed."""

    def demand(self) -> Demand:
        """What it would like."""

    def allot(self, targets_bps: Targets) -> None:
        """Take what there is for it, nothing where that is not known."""

    def ssrcs_of(self, layer: int) -> frozenset[int]:
        """The SSRCs of a layer, that of its retransmissions too."""

    def retransmittable(self, size_bytes: int) -> list[RtpPacket]:
        """Packets to probe with."""

    def padding(self, size_bytes: int) -> list[RtpPacket]:
        """One that carries nothing."""

    def lost(self, ssrc: int, sequences: Sequence[int], now_ms: float) -> None:
        """These, if the SSRC is one of its own, never arrived."""

    def double(self, times: int) -> None:
        """Send each picture so many times more from now on."""

    def hush(self, quiet: bool) -> None:
        """Send nothing, and begin anew afterwards."""


class Sharing:
    """Hands out. `forget` is told the SSRCs whose packets shall not leave any more."""

    def __init__(self, forget: Callable[[frozenset[int]], None]) -> None:
        self.streams: tuple[Stream, ...] = ()
        self.wanted_bps = 0.0
        self._forget = forget
        self._demands: list[Demand] = []
        self._sound_bps = self._beside_bps = 0
        self._given: dict[Stream, Targets] = {}
        self._patience: dict[Stream, Patience] = {}
        self._times = 1
        self._hushed: dict[Stream, float] = {}

    def ask(self, streams: Iterable[Stream]) -> None:
        """Learn what all streams would like; `wanted_bps`, with headers, is 0 where there are no pictures.

        What is not numbered the other side tells nothing of: unless nothing is, it goes beside
        the target, not out of it.
        """
        self.streams = tuple(stream for stream in streams if stream.is_agreed)
        self._demands = [stream.demand() for stream in self.streams]
        self._sound_bps = self._beside_bps = pictures_bps = 0
        is_told = any(stream.is_numbered for stream in self.streams)
        for stream, demand in zip(self.streams, self._demands, strict=True):
            if demand.priority is not Priority.SOUND:
                pictures_bps += wanted_bps([demand])
            elif stream.is_numbered or not is_told:
                self._sound_bps += wanted_bps([demand])
            else:
                self._beside_bps += wanted_bps([demand])
        part = PAYLOAD_SHARE / self._times
        self.wanted_bps = self._sound_bps + pictures_bps / part if pictures_bps else 0.0

    @property
    def least_bps(self) -> float:
        """All sound, and one picture at its least."""
        pictures = [demand for demand in self._demands if demand.priority is not Priority.SOUND]
        lowest = [layer.lowest_bps for demand in pictures for layer in demand.layers if layer.wanted]
        return self._sound_bps + min(lowest, default=0) / PAYLOAD_SHARE + 1

    @property
    def has_sound(self) -> bool:
        """Whether anybody speaks besides showing."""
        return self._sound_bps + self._beside_bps > 0

    @property
    def is_paused(self) -> bool:
        """Whether there is nothing for any picture."""
        pairs = zip(self.streams, self._demands, strict=True)
        return not any(any(self._given.get(s, ())) for s, demand in pairs if demand.priority is not Priority.SOUND)

    def room(self, capacity_bps: float) -> float:
        """How often the pictures that are sent now would fit, each layer at its lowest rate."""
        pairs = [
            (given, demand)
            for stream, demand in zip(self.streams, self._demands, strict=True)
            if demand.priority is not Priority.SOUND and (given := self._given.get(stream))
        ]
        least_bps = sum(
            layer.lowest_bps for given, demand in pairs for bps, layer in zip(given, demand.layers, strict=False) if bps
        )
        return max(0.0, capacity_bps - self._sound_bps) * PAYLOAD_SHARE / least_bps if least_bps else 0.0

    def double(self, times: int) -> None:
        """Let pictures be sent so many times more from now on."""
        self._times = 1 + times
        for stream in self.streams:
            stream.double(times)

    def rest(self, now_ms: float) -> None:
        """Time has passed: who was quiet long enough goes on."""
        for stream, since_ms in list(self._hushed.items()):
            if stream.is_quiet and now_ms - since_ms >= _QUIET_MS:
                stream.hush(quiet=False)
            elif now_ms - since_ms >= _QUIET_EVERY_MS:
                del self._hushed[stream]

    def hand_out(
        self, capacity_bps: float, target_bps: float, repair_bps: float, now_ms: float, *, is_full: bool = False
    ) -> None:
        """Give each stream its part.

        The capacity says which layers are sent. A queue that drains, or packets sent again, make them smaller for a
        moment but pause none. Where one is paused although others go on, and `is_full`, a queue of what nobody can show
        any more stands before them: all are quiet until it is gone.
        """
        pictures_bps = max(0.0, capacity_bps - self._sound_bps)
        total_bps = pictures_bps * PAYLOAD_SHARE / self._times + self._sound_bps + self._beside_bps
        before = [self._given.get(stream, ()) for stream in self.streams]
        self._patience = {stream: self._patience.get(stream) or Patience() for stream in self.streams}
        held = [patience.held(now_ms) for patience in self._patience.values()]
        given = allocate(total_bps, self._demands, before, held)
        self._given = dict(zip(self.streams, given, strict=True))
        now_bps = target_bps - self._sound_bps - repair_bps
        part = max(_SHRUNK_MOST, now_bps / pictures_bps) if pictures_bps else 1.0
        for stream, demand, had, has in zip(self.streams, self._demands, before, given, strict=True):
            # What nobody watches any more was not paused, and comes back as soon as somebody does.
            was_wanted = tuple([bps if layer.wanted else 0 for bps, layer in zip(had, demand.layers, strict=False)])
            self._patience[stream].note(was_wanted, has, now_ms)
            stream.allot(has if demand.priority is Priority.SOUND else tuple([int(bps * min(part, 1)) for bps in has]))
            paused = [n for n, (was_bps, is_bps) in enumerate(zip(had, has, strict=False)) if was_bps and not is_bps]
            for layer in paused:
                self._forget(stream.ssrcs_of(layer))
            if is_full and paused and any(has) and any(was_wanted[n] for n in paused) and stream not in self._hushed:
                self._hush(stream, len(has), now_ms)

    def _hush(self, stream: Stream, layers: int, now_ms: float) -> None:
        self._hushed[stream] = now_ms
        for layer in range(layers):
            self._forget(stream.ssrcs_of(layer))
        stream.hush(quiet=True)

    def release(self) -> None:
        """Leave all streams to themselves."""
        for stream in self._given:
            stream.allot(())
        self._given = {}
