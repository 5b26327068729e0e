"""What a tree of processes costs: CPU time and proportional memory, from /proc."""

from __future__ import annotations

import asyncio
import os
import time
from collections import defaultdict
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_POLL_S = 0.5
_CALM_WITHIN_CORES = 0.1
_LOOKS = 20


def tree_cpu_s(root: int) -> dict[int, float]:
    """CPU seconds by process of `root` and all that descend from it."""
    stats = {int(p.name): stat for p in Path("/proc").iterdir() if p.name.isdigit() and (stat := _stat(p))}
    children = defaultdict(list)
    for pid, (parent, _) in stats.items():
        children[parent].append(pid)
    found: dict[int, float] = {}
    waiting = [root] if root in stats else []
    while waiting:
        pid = waiting.pop()
        found[pid] = stats[pid][1]
        waiting += children[pid]
    return found


def tree_pss_bytes(root: int) -> int:
    """Proportional set size of the tree: a page shared inside it counts once."""
    return sum(_pss_bytes(pid) for pid in tree_cpu_s(root))


def machine_busy_s() -> float:
    """CPU seconds the whole machine has spent."""
    fields = [int(f) for f in Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) * _TICK_S


async def calm(usual_cores: float) -> None:
    """Wait until the machine does no more than the publishers and the server cost."""
    for _ in range(_LOOKS):
        if await busy_cores() < usual_cores + _CALM_WITHIN_CORES:
            return


async def busy_cores() -> float:
    """How many cores were busy within the next half second."""
    before_s = machine_busy_s()
    await asyncio.sleep(_POLL_S)
    return (machine_busy_s() - before_s) / _POLL_S


async def cpu_cores(seconds: float, **roots: int) -> dict[str, float]:
    """The cores each tree kept busy over so many seconds, and the `machine` as a whole."""
    began_s, busy_s = time.monotonic(), machine_busy_s()
    first = {name: tree_cpu_s(root) for name, root in roots.items()}
    last = {name: dict(processes) for name, processes in first.items()}
    while (left_s := began_s + seconds - time.monotonic()) > 0:
        await asyncio.sleep(min(_POLL_S, left_s))
        for name, root in roots.items():
            last[name].update(tree_cpu_s(root))  # keeps what short-lived children had spent
    lasted_s = time.monotonic() - began_s
    spent_s = {name: sum(cpu - first[name].get(pid, 0.0) for pid, cpu in last[name].items()) for name in roots}
    cores = {name: round(cpu / lasted_s, 3) for name, cpu in spent_s.items()}
    return {**cores, "machine": round((machine_busy_s() - busy_s) / lasted_s, 3)}


def _stat(process: Path) -> tuple[int, float] | None:
    """Parent and CPU seconds of a process, None once it is gone."""
    try:
        fields = (process / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(fields[1]), (int(fields[11]) + int(fields[12])) * _TICK_S


def _pss_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
