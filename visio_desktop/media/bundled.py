"""Finds the codec libraries that lie inside the PyAV wheel, so that their public C interface can be called."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def find_library(stem: str) -> Path | None:
    """The shared library whose file begins with `stem` ("libopus", "libvpx"), None where the wheel has none.

    PyAV is not imported for this. Wheels keep libraries in `av.libs` (Linux, Windows) or `av/.dylibs` (macOS).
    """
    spec = find_spec("av")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    folders = (package.parent / "av.libs", package / ".dylibs")
    found = (path for folder in folders for path in sorted(folder.glob(f"{stem}*")))
    return next((path for path in found if _is_library(path, stem)), None)


def _is_library(path: Path, stem: str) -> bool:
    rest = path.name.removeprefix(stem)
    return rest[:1] in {".", "-"} and any(mark in rest for mark in (".so", ".dylib", ".dll"))
