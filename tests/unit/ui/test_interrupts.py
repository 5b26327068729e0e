"""Signals reach the window's loop."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from visio_desktop.ui.interrupts import Interrupts


class Bench:
    def __init__(self) -> None:
        self.told = 0
        self.interrupts = Interrupts(self.tell)

    def tell(self) -> None:
        self.told += 1


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    made = Bench()
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    made.interrupts.begin()
    yield made
    made.interrupts.end()
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_wakes_the_loop_even_where_no_python_runs(bench: Bench, qtbot: QtBot, number: signal.Signals) -> None:
    os.kill(os.getpid(), number)
    assert bench.told == 0
    qtbot.waitUntil(lambda: bench.told == 1)


def test_each_signal_is_told(bench: Bench, qtbot: QtBot) -> None:
    for count in (1, 2):
        os.kill(os.getpid(), signal.SIGTERM)
        qtbot.waitUntil(lambda count=count: bench.told == count)  # type: ignore[misc] # bound in the loop


def test_other_bytes_are_no_signal_of_ours(bench: Bench, qtbot: QtBot) -> None:
    bench.interrupts._write.send(bytes([signal.SIGCHLD]))
    qtbot.wait(20)
    assert bench.told == 0


def test_afterwards_nothing_is_told(qtbot: QtBot) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    bench = Bench()
    bench.interrupts.begin()
    bench.interrupts.end()
    os.kill(os.getpid(), signal.SIGTERM)
    qtbot.wait(20)
    assert bench.told == 0
    signal.signal(signal.SIGTERM, before)
