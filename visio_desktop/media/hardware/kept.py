"""What came of trials, kept for this machine: tried anew when the driver, the library or the device is another.

The file belongs to one person on one machine. What it says is only ever a name that `candidates` knows.
"""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from visio_desktop.media.hardware.candidates import Candidate, named
from visio_desktop.media.hardware.faults import Fault
from visio_desktop.media.hardware.proving import Verdict
from visio_desktop.system.log import get_logger

FILE: Final = "encoders.json"
_MOST_BYTES: Final = 16_384
_TELLING: Final = (
    "dev/nvidiactl",
    "dev/dri/renderD*",
    "dev/video1?",
    "proc/driver/nvidia/version",
    "sys/module/nvidia/version",
    "sys/class/drm/renderD*/device/uevent",
)
_DRIVERS: Final = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"
_MOST_ADAPTERS: Final = 8
_log = get_logger(__name__)


def fingerprint(root: Path = Path("/")) -> str:
    """Stands for this machine's system, graphics devices, their drivers, and the library that carries the encoders."""
    library = find_spec("av")
    origin = Path(library.origin) if library is not None and library.origin is not None else None
    about = [platform.platform(), platform.machine(), str(origin), *_library(origin)]
    about += _adapters() if sys.platform == "win32" else _devices(root)
    return sha256("\n".join(about).encode()).hexdigest()


def _library(origin: Path | None) -> list[str]:
    try:
        return [] if origin is None else [str(origin.stat().st_size), str(int(origin.stat().st_mtime))]
    except OSError:
        return []


def _devices(root: Path) -> list[str]:
    about: list[str] = []
    for pattern in _TELLING:
        for path in sorted(root.glob(pattern)):
            about.append(str(path.relative_to(root)))
            if not pattern.startswith("dev"):
                try:
                    about.append(path.read_text(encoding="utf-8", errors="replace")[:_MOST_BYTES])
                except OSError:
                    continue
    return about


def _adapters() -> list[str]:
    """Windows's names and versions of graphics drivers."""
    about: list[str] = []
    if sys.platform == "win32":
        import winreg  # noqa: PLC0415 - there is none elsewhere

        for number in range(_MOST_ADAPTERS):
            for value in ("DriverDesc", "DriverVersion"):
                try:
                    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, rf"{_DRIVERS}\{number:04}") as key:
                        about.append(str(winreg.QueryValueEx(key, value)[0]))
                except OSError:
                    continue
    return about


class Proven:
    """An encoder that has shown that it is worth it. `failed` may be called on any thread: then it is no more."""

    def __init__(self, candidate: Candidate, on_failed: Callable[[str], None]) -> None:
        self.candidate = candidate
        self.is_good = True
        self._on_failed = on_failed

    def failed(self, reason: str) -> None:
        """It did not do in a meeting what it did in its trial."""
        if self.is_good:
            self.is_good = False
            _log.warning("hardware_encoder_given_up", name=self.candidate.name, reason=reason)
            self._on_failed(reason)


class Kept:
    """The verdicts of one machine, in a folder."""

    def __init__(self, folder: Path, stands_for: Callable[[], str] = fingerprint) -> None:
        self._path = folder / FILE
        self._stands_for = stands_for

    def verdicts(self) -> tuple[Verdict, ...] | None:
        """What came of the trials here; None where there were none, or of a machine as it is no more."""
        try:
            with self._path.open("rb") as file:
                told: Any = json.loads(file.read(_MOST_BYTES))
        except (OSError, ValueError):
            return None
        match told:
            case {"machine": str(machine), "tried": [*tried]} if machine == self._stands_for():
                return tuple(verdict for each in tried if (verdict := _verdict(each)) is not None)
            case _:
                return None

    def keep(self, verdicts: Iterable[Verdict]) -> None:
        """Remember; where that cannot be written, it is tried again another time."""
        told = {"machine": self._stands_for(), "tried": [asdict(each) for each in verdicts]}
        try:
            self._path.write_text(json.dumps(told, indent=1), encoding="utf-8")
        except OSError as error:
            _log.info("verdicts_not_kept", error=str(error))

    def best(self) -> Proven | None:
        """The encoder to use, None where there is none."""
        held = next((each for each in self.verdicts() or () if each.holds), None)
        candidate = None if held is None else named(held.name)
        return None if candidate is None else Proven(candidate, lambda reason: self._give_up(candidate.name, reason))

    def _give_up(self, name: str, reason: str) -> None:
        others = [each for each in self.verdicts() or () if each.name != name]
        self.keep([Verdict(name, Fault.FAILED.told(f"in a meeting, {reason}")), *others])


def _verdict(told: object) -> Verdict | None:
    match told:
        case {"name": str(name), "problem": str(problem), "hardware_ms": float(own), "software_ms": float(ours)}:
            return Verdict(name, problem, own, ours)
        case _:
            return None
