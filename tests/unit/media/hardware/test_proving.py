"""Trials in real child processes, of encoders that stand in for those of a graphics processor."""

from __future__ import annotations

import sys

import pytest

from tests.helpers.odd_encoders import candidate
from visio_desktop.media.hardware.candidates import Candidate
from visio_desktop.media.hardware.proving import Verdict, prove
from visio_desktop.rtc.frames import Codec

CHILD = (sys.executable, "-m", "tests.helpers.odd_encoders")
NEVER_S = 300.0


def stand_in(name: str) -> Candidate:
    return Candidate(name, Codec.VP8, (sys.platform,))


def tried(name: str, longest_s: float = NEVER_S) -> Verdict:
    (verdict,) = prove([stand_in(name)], CHILD, longest_s)
    return verdict


def test_a_crash_costs_only_the_child_and_the_next_one_is_tried() -> None:
    crashed, held = prove([stand_in("crashing"), stand_in("swift"), stand_in("lying")], CHILD, NEVER_S)
    assert not crashed.holds
    assert crashed.problem.startswith("crashes: status -")
    assert held.holds
    assert 0 < held.hardware_ms <= 0.7 * held.software_ms


def test_who_hangs_is_ended() -> None:
    assert tried("hanging", 3.0).problem == "hangs: no answer within 3 s"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("babbling", "says nothing that makes sense"),
        ("nobody", "unknown"),
    ],
)
def test_what_a_child_says_is_only_its_word(name: str, problem: str) -> None:
    assert problem in tried(name).problem


def test_without_a_child_nothing_holds() -> None:
    (verdict,) = prove([stand_in("libx264")], ("/nowhere/python",), NEVER_S)
    assert verdict.problem.startswith("not tried")
    assert prove([], CHILD) == ()
    assert candidate("libx264").codec is Codec.H264
