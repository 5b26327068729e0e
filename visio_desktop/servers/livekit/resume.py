"""Coming back into a session that was interrupted, without anybody seeing us leave (client-sdk-js, `RTCEngine.ts`).

Signalling is opened anew for the same participant; the server then restarts ICE for what we receive, and we for what
we send. ICE is restarted each time, on both: a resume without it is silent for ever. What was asked of the server
meanwhile is said again at the end. Where the server knows us no more, or nothing helps for too long, the session is
over and another one has to be joined.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Protocol

from livekit.protocol.models import ReconnectReason
from livekit.protocol.rtc import DataChannelInfo, SignalTarget, SyncState, UpdateSubscription

from visio_desktop.meeting.events import Dropped, Restored, Restoring
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.rtc import PeerState, RtcError
from visio_desktop.servers.livekit.peers import Peer, relays
from visio_desktop.servers.livekit.publisher import CHANNELS, Publisher
from visio_desktop.servers.livekit.signal import ResumeRefused, Signal, SignalBroken
from visio_desktop.servers.livekit.subscriber import Subscriber
from visio_desktop.servers.livekit.watch import MediaWatch
from visio_desktop.servers.port import SessionClosed
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)

SIGNALLING, NETWORK, MEDIA, SERVER = "signalling", "network", "media", "server"
_REASONS = {
    SIGNALLING: ReconnectReason.RR_SIGNAL_DISCONNECTED,
    MEDIA: ReconnectReason.RR_SUBSCRIBER_FAILED,
}
_WINDOW_MS = 20_000.0
_ATTEMPT_S = 8.0
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 1.0
_SHOWN_AFTER_S = 0.7
_LOOK_EVERY_S = 0.02
_MEDIA_BACK_S = 1.0
_BACK_MS = 100.0


class Report(Protocol):
    """What a session hears of its resumption."""

    def on_restoring(self, event: Restoring | Restored) -> None:
        """It lasts long enough to be told, or it is over."""

    def on_resume_failed(self, dropped: Dropped) -> None:
        """The session is over."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a session takes part; no subscriber where one connection carries all media.

    `token` gives the newest; `say_again` repeats what was asked for.
    """

    signal: Signal
    publisher: Publisher
    subscriber: Subscriber | None
    watch: MediaWatch
    participant_sid: str
    host: str
    token: Callable[[], str]
    disabled: Callable[[], list[str]]
    say_again: Callable[[], Awaitable[None]]

    @property
    def peers(self) -> dict[SignalTarget, Peer]:
        """The connections."""
        sent = {SignalTarget.PUBLISHER: self.publisher.peer}
        return sent if self.subscriber is None else sent | {SignalTarget.SUBSCRIBER: self.subscriber.peer}

    @property
    def receiving(self) -> Publisher | Subscriber:
        """Whoever has the connection that brings media."""
        return self.subscriber or self.publisher


class Resumption:
    """At most one at a time; `begin` while one is under way changes nothing."""

    def __init__(self, session: Parts, report: Report, *, clock: Clock, random: Random, tasks: Tasks) -> None:
        self._session = session
        self._report = report
        self._clock = clock
        self._random = random
        self._tasks = tasks
        self._cause = ""
        self._limit: asyncio.Timeout | None = None
        self._hurry = asyncio.Event()
        self._is_opening = False
        self._telling: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the session is being brought back."""
        return bool(self._cause)

    def begin(self, cause: str) -> None:
        """Bring the session back."""
        if self._cause:
            return
        _log.info("resume_begins", cause=cause)
        self._cause = cause
        self._session.publisher.hold()
        self._session.receiving.peer.gap.begin()
        self._telling = self._tasks.start(self._tell_if_it_lasts(cause), name="tell")
        self._tasks.start(self._run(), name="resume")

    def signal_lost(self) -> None:
        """Signalling broke on the way back: the attempt has failed."""
        self._session.publisher.hold()
        self._cut_short()

    def hurry(self) -> None:
        """The network has changed: there is no reason to wait, and what is only being opened leads nowhere."""
        self._hurry.set()
        if self._is_opening:
            self._cut_short()
        else:
            self._session.signal.suspect()

    def _cut_short(self) -> None:
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time())

    async def _run(self) -> None:
        began_ms = self._clock()
        attempt = 0
        while not await self._attempt(attempt):
            if not self._cause:
                return
            if self._clock() - began_ms > _WINDOW_MS:
                self._fail(Dropped(Problem(ProblemCode.CONNECTION_LOST, self._session.host), True, self._cause))
                return
            await self._wait(attempt)
            attempt += 1
        await self._finish(self._clock() - began_ms)

    async def _attempt(self, number: int) -> bool:
        """Whether an attempt led back."""
        self._hurry.clear()
        try:
            async with asyncio.timeout(_ATTEMPT_S) as self._limit:
                await self._try()
        except ResumeRefused as refused:
            self._fail(replace(refused.dropped, cause=SERVER))
            return False
        except (SignalBroken, SessionClosed, RtcError, TimeoutError) as error:
            _log.info("resume_attempt_failed", attempt=number, error=str(error))
            return False
        finally:
            self._limit = None
        return True

    async def _try(self) -> None:
        """From signalling to media in both directions."""
        session = self._session
        peers = session.peers
        awaited = {
            target: peer.restarts
            for target, peer in peers.items()
            if session.watch.state(target) in {PeerState.CONNECTED, PeerState.DISCONNECTED}
        }
        reason = _REASONS.get(self._cause, ReconnectReason.RR_UNKNOWN)
        if session.subscriber is None and reason == ReconnectReason.RR_SUBSCRIBER_FAILED:
            reason = ReconnectReason.RR_PUBLISHER_FAILED
        self._is_opening = True
        try:
            response = await session.signal.reopen(session.token(), session.participant_sid, reason)
        finally:
            self._is_opening = False
        for peer in peers.values():
            peer.use_servers(relays(response.ice_servers))
        await session.signal.send(sync_state=self._state())
        await session.publisher.restart()
        while session.watch.is_silent or any(  # noqa: ASYNC110 - several conditions, bounded by the attempt
            peers[target].restarts == before for target, before in awaited.items()
        ):
            await asyncio.sleep(_LOOK_EVERY_S)
        await session.say_again()

    def _state(self) -> SyncState:
        session = self._session
        offer, answer = session.receiving.agreed()
        state = SyncState(
            subscription=UpdateSubscription(subscribe=False),
            publish_tracks=session.publisher.published(),
            data_channels=[DataChannelInfo(label=label, target=SignalTarget.PUBLISHER) for label in CHANNELS],
            track_sids_disabled=session.disabled(),
        )
        if offer is not None and answer is not None:
            state.offer.CopyFrom(offer)
            state.answer.CopyFrom(answer)
        return state

    async def _wait(self, attempt: int) -> None:
        wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2**attempt) * (0.75 + 0.5 * self._random.random())
        try:
            async with asyncio.timeout(wait_s):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _finish(self, lasted_ms: float) -> None:
        """Whole again. The gap is known once something comes in; meanwhile the next interruption may begin."""
        cause = self._end()
        gap = self._session.receiving.peer.gap
        looks = round(_MEDIA_BACK_S / _LOOK_EVERY_S)
        while gap.quiet_ms() > _BACK_MS and looks > 0 and not self._cause:
            await asyncio.sleep(_LOOK_EVERY_S)
            looks -= 1
        _log.info("resumed", cause=cause, lasted_ms=round(lasted_ms), gap_ms=round(gap.longest_ms()))
        self._report.on_restoring(Restored(cause, round(lasted_ms, 1), round(gap.longest_ms(), 1)))

    def _fail(self, dropped: Dropped) -> None:
        _log.info("resume_failed", cause=self._end(), problem=dropped.problem.code.value)
        self._report.on_resume_failed(dropped)

    def _end(self) -> str:
        cause, self._cause = self._cause, ""
        if self._telling is not None:
            self._telling.cancel()
        return cause

    async def _tell_if_it_lasts(self, cause: str) -> None:
        await asyncio.sleep(_SHOWN_AFTER_S)
        self._report.on_restoring(Restoring(cause))
