"""A minute and more of the demo, with people coming and going: once warm, nothing grows."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
from pathlib import Path

from tests.helpers.program import ROOT
from tests.helpers.sampled import Sample, read_samples

LASTING_S, WARM_S, EVERY_S = 65, 20.0, 1.0
# Dmitri's leaving and coming again lies between the two: his picture's memory may be there or not.
MOST_GROWTH_BYTES = 25_000_000
# People who are there at one time and not at the other have a thread or two each, and a socket's file.
MOST_THREADS, MOST_FILES, MOST_TASKS = 4, 4, 2


def typical(samples: list[Sample], name: str) -> float:
    """The middle of a count; of memory the least: an encoder that comes and goes with the load is 40 MB at once."""
    values = [float(getattr(s, name)) for s in samples]
    return min(values) if name.endswith("bytes") else statistics.median(values)


async def test_the_demo_does_not_grow(tmp_path: Path) -> None:
    written = tmp_path / "samples.jsonl"
    homes = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"), str(tmp_path))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.helpers.sampled",
        str(written),
        str(EVERY_S),
        "demo",
        "--duration",
        str(LASTING_S),
        cwd=ROOT,
        env={**os.environ, **homes, "QT_QPA_PLATFORM": "offscreen"},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await asyncio.wait_for(process.communicate(), LASTING_S + 30)
    assert (process.returncode, said) == (0, b"")
    samples = read_samples(written)
    warm = [s for s in samples if WARM_S <= s.at_s < WARM_S + 12]
    late = [s for s in samples if LASTING_S - 8 <= s.at_s < LASTING_S]
    assert len(warm) > 5
    assert len(late) > 3
    growth = {name: typical(late, name) - typical(warm, name) for name in Sample.__slots__ if name != "at_s"}
    assert growth["rss_bytes"] <= MOST_GROWTH_BYTES, growth
    assert growth["child_rss_bytes"] <= MOST_GROWTH_BYTES, growth
    assert growth["threads"] <= MOST_THREADS, growth
    assert growth["child_threads"] <= MOST_THREADS, growth
    assert growth["files"] <= MOST_FILES, growth
    assert growth["child_files"] <= MOST_FILES, growth
    assert growth["tasks"] <= MOST_TASKS, growth
    assert typical(warm, "tasks") > 0
