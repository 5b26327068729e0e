"""`python -m visio_desktop.media.hardware.probe NAME`: one trial, in a process that a driver may take down with it.

The last line it writes is what came of it, as JSON. Nobody waits for it who cannot do without.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial

from visio_desktop.media.encoders import EncodeSettings, VideoEncoder, open_software
from visio_desktop.media.errors import CodecError
from visio_desktop.media.hardware.candidates import Candidate, named
from visio_desktop.media.hardware.encoder import HardwareEncoder
from visio_desktop.media.hardware.faults import Fault
from visio_desktop.media.hardware.trial import tried
from visio_desktop.rtc.frames import Codec

_LOW = 15


def find(name: str) -> Candidate:
    """The candidate of this name. Raises `CodecError`."""
    found = named(name)
    if found is None:
        raise CodecError(name, "unknown")
    return found


def main(
    arguments: Sequence[str],
    candidate: Callable[[str], Candidate] = find,
    opened: Callable[[Candidate, EncodeSettings], VideoEncoder] = HardwareEncoder,
    wall: Callable[[], float] = time.monotonic,
    software: Callable[[Codec, EncodeSettings], VideoEncoder] = open_software,
) -> int:
    """Try one encoder and say what came of it."""
    with suppress(AttributeError, OSError):  # not on Windows
        os.nice(_LOW)
    try:
        chosen = candidate(arguments[0])
    except (CodecError, IndexError) as error:
        cost, problem = None, Fault.CLOSED.told(str(error))
    else:
        cost, problem = tried(chosen.codec, partial(opened, chosen), partial(software, Codec.VP8), wall)
    sys.stdout.write(json.dumps({"problem": problem} | ({} if cost is None else asdict(cost))) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
