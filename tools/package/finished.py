"""What stands beside every file that is made here: a statement of what it was built from, when and by whom.

Who builds is told by the environment: `VISIO_DESKTOP_BUILDER`, a URI by which the builder is known, and
`VISIO_DESKTOP_BUILD_RUN`, the builder's name for this run. Without them nobody vouches for the file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tools.package.base import epoch_s
from tools.shell import say
from tools.supply.provenance import LOCAL, PROVENANCE, Build, statement
from tools.supply.writing import write_json

BUILDER: Final = "VISIO_DESKTOP_BUILDER"
RUN: Final = "VISIO_DESKTOP_BUILD_RUN"


def now() -> str:
    """The time as statements have it (RFC 3339)."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def finished(made: Path, kind: str, started: str, environment: Mapping[str, str] = os.environ) -> Path:
    """Write the statement about a file that is done, beside it, and tell of both; answers where it is."""
    build = Build(
        kind,
        environment.get(BUILDER) or LOCAL,
        run=environment.get(RUN, ""),
        started=started,
        finished=now(),
        epoch_s=epoch_s(),
    )
    stated = write_json(made.with_name(f"{made.name}.{PROVENANCE}"), statement((made,), build))
    say(f"dist/{made.name}: {made.stat().st_size / 1e6:.0f} MB; where it comes from: dist/{stated.name}")
    return stated
