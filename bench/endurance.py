"""`./dev bench endurance [--quick] [--json]`: ten minutes of the demo, and whether anything grows.

Memory, threads, asyncio tasks and open files of the program and of the practice meeting's process, every 5 s; slopes
are of everything after the first minute.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.helpers.sampled import Sample, read_samples, slope_per_minute
from tests.helpers.xvfb import Xvfb
from tools.shell import ARTIFACTS, ROOT

EVERY_S = 5.0
WARM_S = 60.0
FIGURES = tuple(name for name in Sample.__slots__ if name != "at_s")


def run_demo(folder: Path, seconds: float) -> list[Sample]:
    """A whole demo on a display and with settings of its own."""
    written = folder / "samples.jsonl"
    command = [sys.executable, "-m", "tests.helpers.sampled", str(written), str(EVERY_S), "demo"]
    own = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"), str(folder))
    with Xvfb() as display:
        env = {**os.environ, **own, **display.environment}
        subprocess.run([*command, "--duration", str(seconds)], cwd=ROOT, env=env, check=True)
    return read_samples(written)


def lines(samples: Sequence[Sample], warm_s: float = WARM_S) -> list[str]:
    """A row for each figure: at the end of the warm-up, at the end, the most, and how fast it grows."""
    warm = [s for s in samples if s.at_s >= warm_s]
    found = [f"{'':18}{'once warm':>14}{'at the end':>14}{'most':>14}{'per minute':>14}"]
    for name in FIGURES:
        values = [getattr(s, name) for s in warm]
        scale, digits = (1e6, 1) if name.endswith("bytes") else (1, 0)
        cells = [f"{v / scale:.{digits}f}" for v in (values[0], values[-1], max(values))]
        cells.append(f"{slope_per_minute(warm, name) / scale:+.3f}")
        found.append(f"{name.replace('_bytes', ', MB'):18}" + "".join(f"{cell:>14}" for cell in cells))
    return found


def main() -> int:
    """Run, print the table, and keep all samples as JSON."""
    parser = argparse.ArgumentParser(prog="./dev bench endurance", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three minutes: a first look")
    parser.add_argument("--json", action="store_true", help="print all samples instead of the table")
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="endurance-") as folder:
        samples = run_demo(Path(folder), 180.0 if chosen.quick else 600.0)
    text = json.dumps([asdict(s) for s in samples], indent=2)
    ARTIFACTS.mkdir(exist_ok=True)
    (ARTIFACTS / "bench-endurance.json").write_text(text + "\n", encoding="utf-8")
    print(text if chosen.json else "\n".join(lines(samples)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
