"""A narrow way on a virtual clock: several senders with our congestion control share one queue that overflows."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensions, HeaderExtensionsMap, RtpPacket

from visio_desktop.rtc.congestion import twcc
from visio_desktop.rtc.congestion.arrivals import Arrivals
from visio_desktop.rtc.congestion.demand import Demand, LayerDemand, Priority
from visio_desktop.rtc.congestion.governor import Governor
from visio_desktop.rtc.congestion.writer import PACKET_OVERHEAD_BYTES, PacketKind
from visio_desktop.rtc.formats import TRANSPORT_CC
from visio_desktop.rtc.sequence import Unwrapper

FRAME_MS = 1000 / 30
PAYLOAD_BYTES = 1_200
SOUND_BYTES = 90
LAYERS = (LayerDemand(50_000, 150_000), LayerDemand(150_000, 500_000), LayerDemand(600_000, 1_700_000))


def numbered() -> HeaderExtensionsMap:
    """Header extensions with the transport-wide number alone."""
    made = HeaderExtensionsMap()
    made.configure(RTCRtpParameters(headerExtensions=[RTCRtpHeaderExtensionParameters(id=6, uri=TRANSPORT_CC)]))
    return made


def packet(size_bytes: int, ssrc: int = 1) -> RtpPacket:
    """A packet to be numbered."""
    made = RtpPacket(96, 0, 0, 0, ssrc, bytes(size_bytes))
    made.extensions = HeaderExtensions(transport_sequence_number=0)
    return made


@dataclass
class Way:
    """The bottleneck's conditions; `queue_ms` is what fits into its queue at its rate.

    With `in_bytes` a packet has to fit as a whole, so that what is small finds room longer.
    """

    rate_bps: float = 1e6
    queue_ms: float = 300.0
    delay_ms: float = 20.0
    loss: float = 0.0
    jitter_ms: float = 0.0
    in_bytes: bool = False


@dataclass
class Second:
    """What a sender saw in one second."""

    delivered_bps: float = 0.0
    capacity_bps: float = 0.0
    target_bps: float = 0.0


class Stream:
    """Pictures or sound that obey at once."""

    is_agreed = True
    is_numbered = True

    def __init__(self, priority: Priority, *layers: LayerDemand) -> None:
        self.targets_bps = (0,) * len(layers)
        self.changes = 0
        self.has_sent = False
        self.paddings = 0
        self.times = 1
        self.is_quiet = False
        self.hushes = 0
        self.mended: list[tuple[int, int]] = []
        self._demand = Demand(priority, layers)

    def demand(self) -> Demand:
        """All of it."""
        return self._demand

    def want(self, wanted: tuple[bool, ...]) -> None:
        """These layers are watched."""
        layers = tuple(replace(layer, wanted=on) for layer, on in zip(self._demand.layers, wanted, strict=True))
        self._demand = replace(self._demand, layers=layers)

    def allot(self, targets_bps: tuple[int, ...]) -> None:
        """Obey."""
        on, before = [bps > 0 for bps in targets_bps], [bps > 0 for bps in self.targets_bps]
        self.changes += on != before
        self.targets_bps = targets_bps

    def ssrcs_of(self, layer: int) -> frozenset[int]:
        """A number for each layer."""
        return frozenset({1_000 + layer})

    def retransmittable(self, size_bytes: int) -> list[RtpPacket]:
        """As if there was a history."""
        return [packet(size_bytes)] if self.has_sent else []

    def padding(self, size_bytes: int) -> list[RtpPacket]:
        """A packet of nothing."""
        self.paddings += 1
        return [packet(size_bytes, 9)]

    def lost(self, ssrc: int, sequences: Sequence[int], now_ms: float) -> None:
        """Note it."""
        self.mended += [(ssrc, sequence) for sequence in sequences]

    def double(self, times: int) -> None:
        """Obey."""
        self.times = 1 + times

    def hush(self, quiet: bool) -> None:
        """Obey."""
        self.is_quiet = quiet
        self.hushes += quiet


class ToldByTwenty:
    """Feedback as LiveKit gives it (`pkg/twcc` of its mediatransportutil): no less than 21 packets at once."""

    def __init__(self, clock: Callable[[], float], tell: Callable[[bytes], None]) -> None:
        self._clock, self._tell = clock, tell
        self._held: dict[int, float] = {}
        self._unwrapper = Unwrapper(16)
        self._next: int | None = None
        self._told_ms = 0.0

    def add(self, number: int, *, ends_a_frame: bool) -> None:
        """A packet came."""
        now_ms = self._clock()
        self._held = {n: ms for n, ms in self._held.items() if now_ms - ms < 4_000}  # one packet cannot tell of more
        self._held.setdefault(self._unwrapper.unwrap(number), now_ms)
        since_ms = now_ms - self._told_ms
        if len(self._held) > 20 and (since_ms >= 100 or (ends_a_frame and since_ms >= 50) or len(self._held) > 100):
            first, end = min(self._held), max(self._held) + 1
            span = range(first if self._next is None else min(first, self._next), end)
            times = tuple(self._held.get(each) for each in span)
            self._tell(twcc.build(1, 1, twcc.TransportFeedback(span.start & 0xFFFF, 0, times)))
            self._next, self._told_ms = end, now_ms
            self._held.clear()


class Timer:
    """One that can be cancelled."""

    def __init__(self, what: Callable[[], None]) -> None:
        self._what: Callable[[], None] | None = what

    def ring(self) -> None:
        """It is time."""
        if self._what is not None:
            self._what()

    def cancel(self) -> None:
        """It shall not ring."""
        self._what = None


class Sender:
    """A camera in three layers and sound, both ends of its transport included.

    With `livekit` the other end tells as LiveKit does: seldom where few packets come, and nothing of sound. With
    `plain` it tells of no packet, but reports each second what part was lost and the round trip.
    """

    def __init__(
        self,
        net: Net,
        *,
        layers: tuple[LayerDemand, ...] = LAYERS,
        key_frames_every_s: float = 0.0,
        needs: float = 1.0,
        livekit: bool = False,
        plain: bool = False,
    ) -> None:
        self.camera, self.sound = Stream(Priority.CAMERA, *layers), Stream(Priority.SOUND, LayerDemand(40_000, 60_000))
        self.seconds: list[Second] = []
        self.needs = needs
        self.sound_waits_ms: list[float] = []
        self.sound_came_ms: list[float] = []
        self.sound.is_numbered = not livekit and not plain
        self.camera.is_numbered = not plain
        self.sent = self.lost = 0
        self._net = net
        self._map = numbered()
        self.governor = Governor(
            self._map, self._leave, clock=net.clock, wall_clock=net.clock, call_later=net.call_later
        )
        self.control = self.governor.control
        self._arrivals = Arrivals()
        self._by_twenty = ToldByTwenty(net.clock, self._tell_later) if livekit else None
        self._frames = itertools.count(1)
        self._key_frames_every = round(key_frames_every_s * 30)
        self.camera.targets_bps = (150_000, 500_000, 0)[: len(layers)]
        net.every(FRAME_MS, self._frame)
        net.every(20.0, self._speak)
        net.every(20.0, self._tick)
        if plain:
            net.every(1_000.0, self._report)

    def _frame(self) -> None:
        is_key = self._key_frames_every and next(self._frames) % self._key_frames_every == 0
        for bps in () if self.camera.is_quiet else self.camera.targets_bps:
            size = int(bps * self.needs * FRAME_MS / 8000 * self._net.random.uniform(0.7, 1.3) * (6 if is_key else 1))
            sizes = [PAYLOAD_BYTES] * (size // PAYLOAD_BYTES) + [size % PAYLOAD_BYTES]
            made = [packet(each) for _ in range(self.camera.times) for each in sizes if each]
            for each in made[-1:]:
                each.marker = 1
            if not self.camera.is_numbered:
                for each in made:
                    each.extensions = HeaderExtensions()
            self.governor.writer.write(made, PacketKind.VIDEO)
            self.camera.has_sent |= size > 0

    def _speak(self) -> None:
        word = packet(SOUND_BYTES, 2)
        if not self.sound.is_numbered:
            word.extensions = HeaderExtensions()
        self.governor.writer.write([word], PacketKind.SOUND)

    def _leave(self, data: bytes) -> None:
        self.sent += 1
        sent_ms = self._net.clock()
        if not self._net.carry(len(data) + PACKET_OVERHEAD_BYTES, lambda: self._arrive(data, sent_ms)):
            self.lost += 1

    def _arrive(self, data: bytes, sent_ms: float) -> None:
        came = RtpPacket.parse(data, self._map)
        number = came.extensions.transport_sequence_number
        if number is not None and self._by_twenty is None:
            self._arrivals.add(number, came.ssrc, self._net.now_ms)
        elif number is not None and self._by_twenty is not None:
            self._by_twenty.add(number, ends_a_frame=bool(came.marker))
        self._second().delivered_bps += (len(data) + PACKET_OVERHEAD_BYTES) * 8
        if came.ssrc != 1:
            self.sound_waits_ms.append(self._net.now_ms - sent_ms)
            self.sound_came_ms.append(self._net.now_ms)

    def _second(self) -> Second:
        while len(self.seconds) <= self._net.now_ms / 1000:
            self.seconds.append(Second())
        return self.seconds[-1]

    def _tick(self) -> None:
        now_ms = self._net.now_ms
        self._second().target_bps = self.control.target_bps
        self._second().capacity_bps = self.control.capacity_bps
        for data in self._arrivals.due(1, now_ms):
            self._tell_later(data)
        self.governor.tick(now_ms, (self.camera, self.sound))

    def _report(self) -> None:
        loss, rtt_ms = self.lost / max(1, self.sent), self._net.wait_ms + 2 * self._net.way.delay_ms
        self._net.after(self._net.way.delay_ms, lambda sent=self.sent: self.governor.reported(loss, sent, rtt_ms))  # type: ignore[misc]
        self.sent = self.lost = 0

    def _tell_later(self, data: bytes) -> None:
        self._net.after(self._net.way.delay_ms, lambda: self._told(data))

    def _told(self, data: bytes) -> None:
        _, (body,) = twcc.split(data)
        self.governor.feedback(twcc.parse(body), self._net.now_ms)

    def mean_bps(self, first_s: int, end_s: int) -> float:
        """What arrived per second in these seconds."""
        return sum(s.delivered_bps for s in self.seconds[first_s:end_s]) / (end_s - first_s)


@dataclass
class Net:
    """The way and its clock."""

    way: Way = field(default_factory=Way)
    seed: int = 1

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.now_ms = 0.0
        self.queues_ms: list[tuple[float, float]] = []
        self._free_ms = 0.0
        self._last_ms = 0.0
        self._numbers = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []

    def clock(self) -> float:
        """The time now."""
        return self.now_ms

    def call_later(self, wait_s: float, what: Callable[[], None]) -> Timer:
        """As a loop has it."""
        timer = Timer(what)
        self.after(wait_s * 1000, timer.ring)
        return timer

    def after(self, wait_ms: float, what: Callable[[], None]) -> None:
        """Do this later."""
        heapq.heappush(self._events, (self.now_ms + wait_ms, next(self._numbers), what))

    def every(self, every_ms: float, what: Callable[[], None]) -> None:
        """Do this again and again, beginning somewhere within the first time."""

        def again() -> None:
            what()
            self.after(every_ms, again)

        self.after(self.random.uniform(0, every_ms), again)

    def carry(self, size_bytes: int, arrive: Callable[[], None]) -> bool:
        """Take a packet: it stands in the queue and arrives; False where it is lost."""
        waits_ms = self.wait_ms
        self.queues_ms.append((self.now_ms, waits_ms))
        takes_ms = size_bytes * 8000 / self.way.rate_bps
        if waits_ms + (takes_ms if self.way.in_bytes else 0.0) > self.way.queue_ms:
            return False
        self._free_ms = max(self._free_ms, self.now_ms) + takes_ms
        if self.random.random() < self.way.loss:
            return False
        arrival_ms = self._free_ms + self.way.delay_ms + self.random.uniform(0, self.way.jitter_ms)
        self._last_ms = max(self._last_ms, arrival_ms)
        self.after(self._last_ms - self.now_ms, arrive)
        return True

    @property
    def wait_ms(self) -> float:
        """How long a packet would wait now."""
        return max(0.0, self._free_ms - self.now_ms)

    def pause(self, for_ms: float) -> None:
        """Hold everything back for so long, then let it go."""
        self._free_ms = max(self._free_ms, self.now_ms) + for_ms

    def run(self, seconds: float) -> None:
        """Let this time pass."""
        end_ms = self.now_ms + seconds * 1000
        while self._events and self._events[0][0] <= end_ms:
            self.now_ms, _, what = heapq.heappop(self._events)
            what()
        self.now_ms = end_ms

    def queue_ms(self, quantile: float, since_s: float = 0.0, until_s: float = 1e9) -> float:
        """The queue that packets met in this time."""
        met = sorted(waits for at, waits in self.queues_ms if since_s * 1000 <= at < until_s * 1000)
        return met[min(int(quantile * len(met)), len(met) - 1)]
