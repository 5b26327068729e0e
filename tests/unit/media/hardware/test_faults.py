"""The words for what is wrong with an encoder."""

from __future__ import annotations

import pytest

from visio_desktop.media.hardware.faults import Fault


@pytest.mark.parametrize("fault", Fault)
def test_a_problem_is_known_by_its_first_word(fault: Fault) -> None:
    assert Fault.of(fault.told("status: 3")) is fault


@pytest.mark.parametrize("problem", ["", "nonsense: 1", "crashed", "a crashes: 1"])
def test_what_begins_otherwise_is_unknown(problem: str) -> None:
    assert Fault.of(problem) is Fault.UNKNOWN
