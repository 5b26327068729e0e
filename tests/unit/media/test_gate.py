"""The mute gate, over any order of what may happen around it."""

from __future__ import annotations

from threading import Thread

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from visio_desktop.media.gate import Gate


def test_closed_at_first() -> None:
    gate = Gate()
    assert gate.opening is None
    assert not gate.pass_through(0, lambda: None)


def test_a_frame_on_its_way_is_stopped_and_stays_stopped() -> None:
    gate, sent = Gate(), [0]
    gate.set_open(True)
    opening = gate.opening
    assert opening is not None
    gate.set_open(False)
    assert not gate.pass_through(opening, lambda: sent.append(1))
    gate.set_open(True)
    assert not gate.pass_through(opening, lambda: sent.append(1))
    assert sent == [0]
    assert gate.opening is not None
    assert gate.pass_through(gate.opening, lambda: sent.append(1))


def test_opening_twice_is_one_opening() -> None:
    gate = Gate()
    gate.set_open(True)
    opening = gate.opening
    gate.set_open(True)
    assert gate.opening == opening


def test_closing_waits_for_a_frame_that_is_leaving() -> None:
    gate, order = Gate(), [""]
    gate.set_open(True)
    opening = gate.opening
    assert opening is not None

    def close() -> None:
        gate.set_open(False)
        order.append("closed")

    def leave() -> None:
        closer = Thread(target=close)
        closer.start()
        closer.join(0.05)
        order.append("sent")

    gate.pass_through(opening, leave)
    gate.set_open(False)
    assert order[1] == "sent"


class GateMachine(RuleBasedStateMachine):
    """Frames are recorded, wait, and arrive while the gate moves: what was recorded in another opening never leaves."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = Gate()
        self.now = 0
        self.closings: list[int] = []
        self.open = False
        self.waiting: list[tuple[int, int]] = []

    @rule(open_=st.booleans())
    def move(self, open_: bool) -> None:
        self.now += 1
        self.gate.set_open(open_)
        if self.open and not open_:
            self.closings.append(self.now)
        self.open = open_

    @rule()
    def record(self) -> None:
        self.now += 1
        opening = self.gate.opening
        assert (opening is not None) == self.open
        if opening is not None:
            self.waiting.append((opening, self.now))

    @rule(count=st.integers(1, 5))
    def arrive(self, count: int) -> None:
        for _ in range(min(count, len(self.waiting))):
            opening, recorded = self.waiting.pop(0)
            left = self.gate.pass_through(opening, lambda: None)
            closed_since = any(closing > recorded for closing in self.closings)
            assert left == (self.open and not closed_since)


TestGateMachine = GateMachine.TestCase
