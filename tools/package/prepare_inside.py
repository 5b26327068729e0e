"""Run by the bundle's own Python, see `prepare`: loads what the program loads, and says what that was as JSON.

    python -S -s -B prepare_inside.py BUNDLE FOLDER

FOLDER is where compiled dataclasses and regular expressions are written.
"""

from __future__ import annotations

import json
import marshal
import os
import sys
from importlib import import_module
from importlib.util import MAGIC_NUMBER
from pathlib import Path

LATER = ("livekit.rtc.apm", "livekit.rtc.audio_frame", "sounddevice", "cv2_enumerate_cameras", "runpy", "tempfile")
"""What is imported within functions, and needed in every meeting."""

_NOT_HERE = {"login"}


def names(package: Path) -> list[str]:
    """The program's modules in their order, but those of its login."""
    found = []
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        if not _NOT_HERE.intersection(parts):
            found.append(".".join(part for part in parts if part != "__init__"))
    return found


def placed(source: str, library: Path) -> str:
    """The same source in the bundle's library: some were loaded before we could say where that is."""
    own = f"{Path(os.__file__).parent}/"
    return f"{library}/{source.removeprefix(own)}" if source.startswith(own) else source


def main() -> None:
    """Load and tell."""
    bundle, folder = Path(sys.argv[1]), Path(sys.argv[2])
    library = bundle / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    sys.prefix = sys.exec_prefix = sys.base_prefix = str(bundle)
    sys.path[:] = [str(library), str(library / "lib-dynload"), str(library / "site-packages")]

    from visio_desktop.system.compiled import Compiled  # noqa: PLC0415 - found on the path above

    kept = Compiled(str(folder / f"dataclasses.{sys.implementation.cache_tag}.marshal"))
    kept.begin()
    for name in ("visio_desktop.cli", "visio_desktop.app", *names(library / "site-packages" / "visio_desktop"), *LATER):
        try:
            import_module(name)
        except (ImportError, AttributeError, OSError) as error:  # modules for other systems
            sys.stderr.write(f"{name}: {error}\n")

    from visio_desktop.system import packed, packing  # noqa: PLC0415 - as above

    sources = {name: placed(place, library) for name, place in packing.sources().items()}
    sources = {name: place for name, place in sources.items() if place.startswith(f"{library}/")}
    sys.dont_write_bytecode = False
    kept.keep()
    in_order(folder / f"dataclasses.{sys.implementation.cache_tag}.marshal")
    json.dump({"tag": sys.implementation.cache_tag, "stamp": packed.stamp().hex(), "modules": sources}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # Qt without an application ends as it likes


def in_order(path: Path) -> None:
    """The same content, whichever order it came in."""
    content = marshal.loads(path.read_bytes()[len(MAGIC_NUMBER) :])  # noqa: S302 - just written
    path.write_bytes(MAGIC_NUMBER + marshal.dumps(dict(sorted(content.items()))))


if __name__ == "__main__":
    main()
