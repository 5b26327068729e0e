"""Writes the file of compiled modules (`system/packed`) for the next start."""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.machinery import SourceFileLoader
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from visio_desktop.system import lean, packed

if TYPE_CHECKING:
    from visio_desktop.system.packed import Entry

MOST_MODULES: Final = 3_000
LEAST_NEW: Final = 20
"""So many modules that are not in the file as they are now are worth writing it anew."""

_MOVED_ABOUT: Final = ("PySide6.support", "shibokensupport", "signature_bootstrap")  # named otherwise once loaded


def sources() -> dict[str, str]:
    """The sources of the modules that are loaded, by name, in their order; what has none is not packed."""
    found: dict[str, str] = {}
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        is_usual = isinstance(getattr(spec, "loader", None), SourceFileLoader) and not lean.is_put_off(module)
        if spec is not None and is_usual and spec.name == name and spec.origin and not name.startswith(_MOVED_ABOUT):
            found[name] = spec.origin
    return found


def keep(named: Mapping[str, str], name: str) -> set[str]:
    """See to it that most of these modules, by name and source, are in the file; the names of all that are.

    May take 0.3 s: for a thread.
    """
    known = _known(name)
    new = named.keys() - known
    if known and len(new) < LEAST_NEW:
        return set(known)
    return _write({**named, **known}, name) or set(known)


def _known(name: str) -> dict[str, str]:
    file, _, index = packed.opened(name)
    if file >= 0:
        os.close(file)
    places = {module: (packed.place_of(entry[0]), entry[1:3]) for module, entry in index.items()}
    return {module: source for module, (source, state) in places.items() if packed.state(source) == state}


def _write(named: Mapping[str, str], file: str) -> set[str]:
    """Write these modules, by name and source, in their order; the names of those it was possible with."""
    if sys.dont_write_bytecode:
        return set()
    index: dict[str, Entry] = {}
    codes: list[bytes] = []
    end = 0
    for name, source in islice(named.items(), MOST_MODULES):
        found = _code(name, source)
        if found is not None:
            code, changed_ns, size = found
            index[name] = (source, changed_ns, size, end, len(code))
            codes.append(code)
            end += len(code)
    listed = marshal.dumps((packed.stamp(), index))
    part = Path(f"{file}.{os.getpid()}")
    try:
        with part.open("wb") as content:
            content.writelines((len(listed).to_bytes(packed.LENGTH_BYTES), listed, *codes))
        part.replace(file)
    except OSError:
        with suppress(OSError):
            part.unlink()
        return set()
    return set(index)


def _code(name: str, source: str) -> tuple[bytes, int, int] | None:
    """The module compiled, as Python does it or has done it, with the time of change and the size of its source."""
    state = packed.state(source)
    try:
        code = SourceFileLoader(name, source).get_code(name)
    except (OSError, ImportError, SyntaxError, ValueError):
        return None
    return (marshal.dumps(code), *state) if code is not None and state is not None else None
