"""What a first start would write down for the next one, written when the bundle is built (decision 13).

The modules of a start in one file, and what dataclasses and regular expressions are compiled to. Which modules: those
of the program, and what they load; a Python on the bundle's library finds that out (`prepare_inside`).
"""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.package.base import epoch_s
from tools.shell import ROOT, SetUpError
from visio_desktop.system.packed import HERE, LENGTH_BYTES

if TYPE_CHECKING:
    from visio_desktop.system.packed import Entry

_INSIDE: Final = ROOT / "tools" / "package" / "prepare_inside.py"
_PYC_HEAD: Final = 16
_NS: Final = 1_000_000_000


def prepare(bundle: Path, interpreter: Path, home: Path) -> None:
    """Write both files into a bundle whose modules are compiled. Raises `SetUpError`."""
    kept = bundle / "lib" / "python3.13" / "site-packages" / "visio_desktop" / "system" / "__pycache__"
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    # Without `-E`, which would leave sets in another order each time; libraries make regular expressions of some.
    told = subprocess.run(
        [interpreter, "-S", "-s", "-B", _INSIDE, bundle, kept],
        check=False,
        capture_output=True,
        env={**ours, "PYTHONHOME": str(home), "PYTHONHASHSEED": "0", "QT_QPA_PLATFORM": "offscreen"},
    )
    if told.returncode != 0:
        raise SetUpError(f"the bundle's modules cannot be loaded: {told.stderr.decode(errors='replace')[-2000:]}")
    found = json.loads(told.stdout)
    content = packed(bundle, found["modules"], bytes.fromhex(found["stamp"]), epoch_s())
    (kept / f"modules.{found['tag']}.marshal").write_bytes(content)


def packed(bundle: Path, modules: Mapping[str, str], stamp: bytes, at_s: int) -> bytes:
    """The file of these modules, by name and source, whose sources will bear this time (`system/packed`)."""
    index: dict[str, Entry] = {}
    codes: list[bytes] = []
    end = 0
    for name, place in modules.items():
        source = Path(place)
        code = compiled(source).read_bytes()[_PYC_HEAD:]
        within = f"{HERE}/{source.relative_to(bundle).as_posix()}"
        index[name] = (within, at_s * _NS, source.stat().st_size, end, len(code))
        codes.append(code)
        end += len(code)
    listed = marshal.dumps((stamp, index))
    return b"".join((len(listed).to_bytes(LENGTH_BYTES), listed, *codes))


def compiled(source: Path) -> Path:
    """Where Python keeps a module compiled (PEP 3147); this Python and the bundle's are of the same minor version."""
    return source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc"
