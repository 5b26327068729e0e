"""PortAudio through sounddevice: loaded late, since that is slow and fails where the library is missing."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from visio_desktop.media.errors import DeviceError
from visio_desktop.media.samples import RATE_HZ
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import Device, DeviceKind, Problem, ProblemCode
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

_MISSING: Final = {
    DeviceKind.MICROPHONE: ProblemCode.MICROPHONE_MISSING,
    DeviceKind.SPEAKER: ProblemCode.SPEAKER_MISSING,
}
_FAILED: Final = {
    DeviceKind.MICROPHONE: ProblemCode.MICROPHONE_FAILED,
    DeviceKind.SPEAKER: ProblemCode.SPEAKER_FAILED,
}
_BUSY: Final = {
    DeviceKind.MICROPHONE: ProblemCode.MICROPHONE_BUSY,
    DeviceKind.SPEAKER: ProblemCode.SPEAKER_BUSY,
}
_UNAVAILABLE: Final = -9985
"""PortAudio's number of a device that somebody has for themselves."""
_CHANNELS: Final = {DeviceKind.MICROPHONE: "max_input_channels", DeviceKind.SPEAKER: "max_output_channels"}
_DIRECTION: Final = {DeviceKind.MICROPHONE: "input", DeviceKind.SPEAKER: "output"}
_BEST_APIS: Final = ("Windows WASAPI", "Core Audio")
_PATIENCE_S: Final = 2.0


class _Use:
    """Who uses PortAudio: it wants one call at a time, and looks for devices only when nobody plays or records."""

    def __init__(self) -> None:
        self.streams = 0
        self._lock = Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One at a time; but a device that hangs keeps its turn for ever, so nobody waits longer than bearable."""
        has_turn = self._lock.acquire(timeout=_PATIENCE_S)
        try:
            yield
        finally:
            if has_turn:
                self._lock.release()


_use: Final = _Use()


@dataclass(frozen=True, slots=True)
class Format:
    """A rate and number of channels to try; samples are 16 bit."""

    rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True)
class Found:
    """A device of PortAudio's list."""

    index: int
    device: Device
    formats: tuple[Format, ...]


def missing(kind: DeviceKind, subject: str = "", detail: str = "") -> DeviceError:
    """There is no such device."""
    return DeviceError(Problem(_MISSING[kind], subject), detail)


def failed(kind: DeviceKind, subject: str = "", detail: str = "") -> DeviceError:
    """The device is there and does not work."""
    return DeviceError(Problem(_FAILED[kind], subject), detail)


def load(kind: DeviceKind) -> Any:
    """The sounddevice module. Raises `DeviceError` where PortAudio is not there."""
    try:
        return importlib.import_module("sounddevice")
    except (ImportError, OSError) as error:
        raise missing(kind, detail=f"PortAudio: {error}") from error


def devices(kind: DeviceKind) -> Iterator[Found]:
    """The devices of this kind through the machine's best sound interface."""
    library = load(kind)
    try:
        with _use.turn():
            rows, apis = library.query_devices(), library.query_hostapis()
    except library.PortAudioError as error:
        raise missing(kind, detail=str(error)) from error
    wanted = _api(apis)
    seen: dict[str, int] = {}
    for row in rows:
        if row[_CHANNELS[kind]] < 1 or row["hostapi"] != wanted:
            continue
        seen[row["name"]] = number = seen.get(row["name"], 0) + 1
        key = f"{apis[wanted]['name']}/{row['name']}" + (f"#{number}" if number > 1 else "")
        yield Found(row["index"], Device(kind, key, row["name"]), _formats(row, kind))


def refresh(kind: DeviceKind) -> None:
    """Look for devices that came or went, unless one is in use; the system's sound server shows them even then."""
    library = load(kind)
    with _use.turn():
        if _use.streams == 0:
            # PortAudio's list is made once; sounddevice has no public way to make it anew.
            library._terminate()  # noqa: SLF001 - as said
            library._initialize()  # noqa: SLF001 - as said


def _api(apis: Any) -> int:
    """The interface to use: a name we prefer, else the first with devices."""
    names = [api["name"] for api in apis]
    best = next((names.index(name) for name in _BEST_APIS if name in names), None)
    if best is not None:
        return best
    return next((index for index, api in enumerate(apis) if api["devices"]), 0)


def _formats(row: Any, kind: DeviceKind) -> tuple[Format, ...]:
    most = min(int(row[_CHANNELS[kind]]), 2)
    channels = (1, most) if kind is DeviceKind.MICROPHONE else (most, 1)
    own_hz = int(row["default_samplerate"])
    tried = [Format(rate, count) for rate in (RATE_HZ, own_hz) for count in channels]
    return tuple(dict.fromkeys(tried))


def find(spec: Spec, kind: DeviceKind) -> Found:
    """The device a spec speaks of. Raises `DeviceError`."""
    chosen = _choose(spec, kind)
    if chosen is None:
        refresh(kind)
        chosen = _choose(spec, kind)
    if chosen is None:
        raise missing(kind, spec.value)
    return chosen


def _choose(spec: Spec, kind: DeviceKind) -> Found | None:
    found = list(devices(kind))
    if spec.kind is not SpecKind.DEFAULT:
        return next((one for one in found if spec.value in (one.device.key, one.device.name)), None)
    default = _default_index(kind)
    return next((one for one in found if one.index == default), None) or next(iter(found), None)


def _default_index(kind: DeviceKind) -> int | None:
    library = load(kind)
    try:
        row = library.query_devices(kind=_DIRECTION[kind])
    except (library.PortAudioError, ValueError):
        return None
    return int(row["index"])


def open_stream(
    found: Found, kind: DeviceKind, make: Callable[[Any, Format], Any], formats: Iterable[Format] | None = None
) -> Any:
    """Try the device's formats, or these, with `make(library, format)` and start the first that opens.

    Raises `DeviceError`.
    """
    library = load(kind)
    _use.streams += 1
    try:
        with _use.turn():
            return _try_formats(library, found, kind, make, found.formats if formats is None else formats)
    except DeviceError:
        _use.streams -= 1
        raise


def _try_formats(
    library: Any, found: Found, kind: DeviceKind, make: Callable[[Any, Format], Any], formats: Iterable[Format]
) -> Any:
    last = ""
    for format_ in formats:
        stream = None
        try:
            stream = make(library, format_)
            stream.start()
        except library.PortAudioError as error:
            last = str(error)
            if stream is not None:
                stream.close()
            if _UNAVAILABLE in error.args:
                raise DeviceError(Problem(_BUSY[kind], found.device.name), last) from error
            continue
        return stream
    raise failed(kind, found.device.name, last)


def close_stream(stream: Any, library: Any) -> None:
    """Close whatever state the stream is in."""
    try:
        stream.close(ignore_errors=True)
    except library.PortAudioError as error:
        _log.warning("sound_device_not_closed", error=str(error))
    _use.streams -= 1
