"""How good the way to a LiveKit server is, measured in a room of one's own: round trip, loss, and what it carries.

Something that looks like pictures is sent for a few seconds, as fast as the way takes it up to a bound; the server's
reports say what of it arrived. Nobody is there to see it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from visio_desktop.meeting.events import ServerEvent
from visio_desktop.meeting.values import Problem, ProblemCode, Source
from visio_desktop.rtc.frames import Codec, EncodedFrame, Feedback, InboundStream, OutboundStream
from visio_desktop.servers.port import JoinError, PublishRequest, ServersError, Session, SessionListener
from visio_desktop.system.clock import Clock
from visio_desktop.system.texts import tr

LASTS_S: Final = 3.0
MOST_BPS: Final = 4_000_000
_FIRST_BPS: Final = 500_000
_FPS: Final = 30
_SIZE_PX: Final = (1280, 720)
_JOIN_S: Final = 10.0
_VP8_CLOCK_HZ: Final = 90_000
# RFC 6386, section 9.1: a frame tag, then for key frames the start code, width and height.
_KEY: Final = b"\x10\x02\x00\x9d\x01\x2a" + b"".join(side.to_bytes(2, "little") for side in _SIZE_PX)
_DELTA: Final = b"\x11\x02\x00"


@dataclass(frozen=True, slots=True)
class Quality:
    """From us to the server. `rtt_ms` is None where nothing was said; `carries_bps` is what it carries at least."""

    rtt_ms: float | None
    loss_fraction: float
    carries_bps: int


type Enter = Callable[[SessionListener], Awaitable[Session]]
"""Enters a room in which nobody else is. Raises `JoinError`."""


class Nobody:
    """Hears nothing of what the server says."""

    def on_event(self, event: ServerEvent) -> None:
        """See `SessionListener`."""

    def on_stream(self, publication_id: str, stream: InboundStream) -> None:
        """See `SessionListener`."""

    def on_stream_ended(self, publication_id: str) -> None:
        """See `SessionListener`."""

    def on_mark(self, name: str) -> None:
        """See `SessionListener`."""


class Sender:
    """Sends at the rate it is told, or at the bound."""

    def __init__(self, stream: OutboundStream, clock: Clock) -> None:
        self._stream = stream
        self._clock = clock
        self._target_bps = _FIRST_BPS
        self._key_wanted = True
        self._losses: list[float] = []
        stream.on_feedback(self._take_in)

    @property
    def loss_fraction(self) -> float:
        """What was lost, on the average of all reports."""
        return sum(self._losses) / len(self._losses) if self._losses else 0.0

    async def run(self, lasts_s: float) -> None:
        """Send for so long."""
        began_ms = self._clock()
        while (at_ms := self._clock() - began_ms) < lasts_s * 1000:
            size = min(self._target_bps, MOST_BPS) // 8 // _FPS
            head = _KEY if self._key_wanted else _DELTA
            frame = EncodedFrame(
                Codec.VP8, head + bytes(max(0, size - len(head))), int(at_ms * _VP8_CLOCK_HZ / 1000), self._key_wanted
            )
            self._key_wanted = False
            self._stream.send(frame)
            await asyncio.sleep(1 / _FPS)

    def _take_in(self, feedback: Feedback) -> None:
        self._key_wanted = self._key_wanted or feedback.key_frame_wanted
        if feedback.loss_fraction is not None:
            self._losses.append(feedback.loss_fraction)
        if feedback.target_bps:
            self._target_bps = feedback.target_bps


async def measure(enter: Enter, host: str, clock: Clock, *, lasts_s: float = LASTS_S) -> Quality:
    """Enter the room, send, leave again. Raises `JoinError`."""
    session: Session | None = None
    try:
        async with asyncio.timeout(_JOIN_S + lasts_s):
            session = await enter(Nobody())
            width_px, height_px = _SIZE_PX
            stream = await session.publish(
                PublishRequest(Source.CAMERA, (Codec.VP8,), False, width_px, height_px, _FPS, MOST_BPS)
            )
            sender = Sender(stream, clock)
            await sender.run(lasts_s)
            carries_bps = min(MOST_BPS, session.capacity_bps() or 0)
            return Quality(stream.statistics().rtt_ms, sender.loss_fraction, carries_bps)
    except JoinError:
        raise
    except (ServersError, TimeoutError) as error:
        raise JoinError(Problem(ProblemCode.MEDIA_UNREACHABLE, host)) from error
    finally:
        if session is not None:
            await session.leave()


def told(quality: Quality) -> str:
    """One line for people."""
    rtt = "?" if quality.rtt_ms is None else f"{quality.rtt_ms:.0f}"
    loss, rate = f"{100 * quality.loss_fraction:.1f}", f"{quality.carries_bps / 1e6:.1f}"
    return tr("check.measured", rtt=rtt, loss=loss, rate=rate)


def figures(quality: Quality) -> tuple[tuple[str, float], ...]:
    """The same for programs."""
    rtt = () if quality.rtt_ms is None else (("rtt_ms", round(quality.rtt_ms, 1)),)
    return (*rtt, ("loss_fraction", round(quality.loss_fraction, 4)), ("uplink_bps", quality.carries_bps))
