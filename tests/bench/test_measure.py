from __future__ import annotations

import os
import subprocess
import sys

from bench.measure import cpu_cores, machine_busy_s, tree_cpu_s, tree_pss_bytes

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
