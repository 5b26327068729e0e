from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.rtc.frames import EncodedFrame, Feedback, OutboundStatistics
from visio_desktop.servers.livekit.quality import MOST_BPS, Nobody, Quality, figures, measure, told
from visio_desktop.servers.port import JoinError, PublishRequest, RequestFailed, SessionListener
from visio_desktop.system.clock import monotonic_ms
from visio_desktop.system.texts import tr


class Room:
    """A session and the stream it gives; feeds back once, and says what it carried."""

    def __init__(self, error: Exception | None = None) -> None:
        self.sent: list[EncodedFrame] = []
        self.left = 0
        self._error = error
        self._listener: Callable[[Feedback], None] | None = None

    async def enter(self, listener: SessionListener) -> Any:
        assert isinstance(listener, Nobody)
        if isinstance(self._error, JoinError):
            raise self._error
        return self

    async def publish(self, _request: PublishRequest) -> Any:
        if self._error is not None:
            raise self._error
        return self

    def on_feedback(self, listener: Callable[[Feedback], None] | None) -> None:
        self._listener = listener

    def send(self, frame: EncodedFrame) -> None:
        self.sent.append(frame)
        assert self._listener is not None
        if len(self.sent) == 1:
            self._listener(Feedback(target_bps=2 * MOST_BPS, loss_fraction=0.1))
        if len(self.sent) == 2:
            self._listener(Feedback(key_frame_wanted=True, loss_fraction=0.2))

    def statistics(self) -> OutboundStatistics:
        return OutboundStatistics(rtt_ms=12.34)

    def capacity_bps(self) -> int | None:
        return 2 * MOST_BPS

    async def leave(self) -> None:
        self.left += 1


async def test_it_sends_as_fast_as_it_may_and_tells_what_came_of_it() -> None:
    room = Room()
    quality = await measure(room.enter, "h", monotonic_ms, lasts_s=0.3)
    assert (quality.rtt_ms, round(quality.loss_fraction, 3), quality.carries_bps) == (12.34, 0.15, MOST_BPS)
    assert [frame.key for frame in room.sent[:3]] == [True, False, True]
    assert len(room.sent[1].payload) == MOST_BPS // 8 // 30
    assert room.left == 1


@pytest.mark.parametrize("error", [RequestFailed("no"), JoinError(Problem(ProblemCode.ROOM_FULL, "h"))])
async def test_where_it_cannot_it_leaves_nothing_behind(error: Exception) -> None:
    room = Room(error)
    with pytest.raises(JoinError):
        await measure(room.enter, "h", monotonic_ms, lasts_s=0.1)
    assert room.left == (0 if isinstance(error, JoinError) else 1)


def test_what_is_told() -> None:
    assert told(Quality(12.34, 0.153, 1_230_000)) == tr("check.measured", rtt="12", loss="15.3", rate="1.2")
    assert told(Quality(None, 0.0, 0)) == tr("check.measured", rtt="?", loss="0.0", rate="0.0")
    assert figures(Quality(12.34, 0.15301, 5)) == (("rtt_ms", 12.3), ("loss_fraction", 0.153), ("uplink_bps", 5))
    assert figures(Quality(None, 0.0, 5)) == (("loss_fraction", 0.0), ("uplink_bps", 5))
