from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bench import measure
from bench.measure import calm, cpu_cores, machine_busy_s, tree_cpu_s, tree_pss_bytes

BUSY_CHILD = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "print('up', flush=True)\\nwhile True: pass"])
child.wait()
"""


async def test_a_busy_child_counts_for_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", BUSY_CHILD], stdout=subprocess.PIPE, process_group=0)
    try:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"up\n"
        assert len(tree_cpu_s(parent.pid)) == 2
        cores = await cpu_cores(0.6, tree=parent.pid)
        assert 0.1 < cores["tree"] < 1.3
        assert tree_pss_bytes(parent.pid) > tree_pss_bytes(max(tree_cpu_s(parent.pid))) > 1_000_000
    finally:
        os.killpg(parent.pid, 9)
        parent.communicate()


def test_a_process_that_is_gone_costs_nothing() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert tree_cpu_s(gone.pid) == {}
    assert tree_pss_bytes(gone.pid) == 0


def test_the_machine_only_gets_busier() -> None:
    first = machine_busy_s()
    assert machine_busy_s() >= first > 0


async def test_a_busy_machine_is_waited_for_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []

    async def busy() -> float:
        looks.append(1.0)
        return 0.2 if len(looks) == 3 else 1.5

    monkeypatch.setattr(measure, "busy_cores", busy)
    await calm(0.3)
    assert len(looks) == 3
    await calm(0.3)
    assert len(looks) < 30
