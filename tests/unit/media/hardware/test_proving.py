"""Trials in real child processes, of encoders that stand in for those of a graphics processor."""

from __future__ import annotations

import sys

import pytest

from tests.helpers.odd_encoders import candidate
from visio_desktop.media.hardware.candidates import Candidate
from visio_desktop.media.hardware.proving import Verdict, _read, prove
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


def test_every_one_is_tried_where_that_is_asked_for() -> None:
    held, lied = prove([stand_in("swift"), stand_in("lying")], CHILD, NEVER_S, every=True)
    assert held.holds
    assert held.share is not None
    assert 0 < held.share <= 0.7
    assert lied.problem.startswith("wrong: another picture")
    assert lied.share is None


@pytest.mark.parametrize("figures", ["NaN, 2.0", "1.0, Infinity", "-1.0, 2.0", "1e5, 2.0", '"1", 2.0'])
def test_figures_that_make_no_sense_are_none(figures: str) -> None:
    own, ours = figures.split(", ")
    told = f'{{"problem": "", "hardware_ms": {own}, "software_ms": {ours}}}'.encode()
    assert _read("x", told) == Verdict("x", "unknown: says nothing that makes sense")


def test_who_hangs_is_ended() -> None:
    assert tried("hanging", 3.0).problem == "hangs: no answer within 3 s"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("babbling", "unknown: says nothing that makes sense"),
        ("nobody", "closed: "),
    ],
)
def test_what_a_child_says_is_only_its_word(name: str, problem: str) -> None:
    assert problem in tried(name).problem


def test_without_a_child_nothing_holds() -> None:
    (verdict,) = prove([stand_in("libx264")], ("/nowhere/python",), NEVER_S)
    assert verdict.problem.startswith("unknown: not tried")
    assert prove([], CHILD) == ()
    assert candidate("libx264").codec is Codec.H264
