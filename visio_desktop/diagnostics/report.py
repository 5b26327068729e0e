"""The report of a meeting: what happened when, what was sent and what arrived.

All times are milliseconds since the process started, except `process_start_epoch`. A value that was never reached is
null. The file is replaced in one step, so that a reader never sees half of it.
"""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms

MARKS = (
    "window_shown",
    "join_clicked",
    "signalling_open",
    "first_ice_connected",
    "first_audio_sent",
    "first_remote_video_frame",
    "first_remote_audio_frame",
)


def process_start_epoch_ms() -> float:
    """When this process started, as epoch milliseconds; on systems without /proc the moment of the first call."""
    try:
        started_ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
        up_ms = time.clock_gettime(time.CLOCK_BOOTTIME) * 1000
    except OSError:
        return epoch_ms()
    return epoch_ms() - up_ms + started_ticks / os.sysconf("SC_CLK_TCK") * 1000


class Marks:
    """The first moment of each named thing. Any thread may mark; only the first time of a name counts."""

    def __init__(
        self, start_epoch_ms: float | None = None, *, clock: Clock = monotonic_ms, now: Clock = epoch_ms
    ) -> None:
        self.start_epoch_ms = process_start_epoch_ms() if start_epoch_ms is None else start_epoch_ms
        self._clock = clock
        self._started_ms = clock() - (now() - self.start_epoch_ms)
        self._at_ms: dict[str, float] = {}
        self._lock = threading.Lock()

    def mark(self, name: str, at_ms: float | None = None) -> None:
        """Keep the moment of `name`: now, or the monotonic time `at_ms`."""
        since_start_ms = self.since_start_ms(at_ms)
        with self._lock:
            self._at_ms.setdefault(name, since_start_ms)

    def since_start_ms(self, at_ms: float | None = None) -> float:
        """Milliseconds since process start: of now, or of the monotonic time `at_ms`."""
        return round((self._clock() if at_ms is None else at_ms) - self._started_ms, 1)

    def get(self, name: str) -> float | None:
        """The moment of `name` in milliseconds since process start, None if it has not come."""
        return self._at_ms.get(name)


@dataclass(frozen=True, slots=True)
class Reconnect:
    """One return into the meeting; `media_gap_ms` is null while no media came back."""

    at: float
    cause: str
    media_gap_ms: float | None = None


@dataclass(frozen=True, slots=True)
class LayerReport:
    """One sent layer."""

    width: int
    height: int
    fps: float
    bitrate_bps: int


@dataclass(frozen=True, slots=True)
class PublicationReport:
    """One thing sent."""

    source: str
    codec: str
    layers: tuple[LayerReport, ...] = ()
    key_frames: int = 0


@dataclass(frozen=True, slots=True)
class SubscriptionReport:
    """One thing received; what a kind of media does not have is null.

    `fps` and `bitrate_bps` are averages over its whole time; `recovered_fec_ms` is sound got out of the next packet.
    """

    participant: str
    source: str
    codec: str = ""
    width: int | None = None
    height: int | None = None
    frames_decoded: int | None = None
    frames_painted: int | None = None
    frozen_ms: float | None = None
    freeze_count: int | None = None
    playout_delay_ms: float | None = None
    concealed_ratio: float | None = None
    av_skew_ms: float | None = None
    packets_lost: int = 0
    packets_recovered: int = 0
    bitrate_bps: int | None = None
    fps: float | None = None
    frames_dropped: int | None = None
    decode_ms: float | None = None
    key_frames: int | None = None
    key_frames_asked: int | None = None
    recovered_fec_ms: float | None = None
    jitter_ms: float | None = None
    rtt_ms: float | None = None


@dataclass(slots=True)
class Report:
    """The gathering place: the engine and the window fill it, `write` closes it."""

    marks: Marks
    reconnects: list[Reconnect] = field(default_factory=list)
    publications: list[PublicationReport] = field(default_factory=list)
    subscriptions: list[SubscriptionReport] = field(default_factory=list)
    path: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    ui_timer_late_p99_ms: float | None = None

    def as_dict(self) -> dict[str, object]:
        """The report's JSON value."""
        cpu_seconds, rss_peak_bytes = _resources()
        return {
            "process_start_epoch": round(self.marks.start_epoch_ms, 1),
            **{name: self.marks.get(name) for name in MARKS},
            "reconnects": [asdict(r) for r in self.reconnects],
            "cpu_seconds": cpu_seconds,
            "rss_peak_bytes": rss_peak_bytes,
            "ui_timer_late_p99_ms": self.ui_timer_late_p99_ms,
            "publications": [asdict(p) for p in self.publications],
            "subscriptions": [asdict(s) for s in self.subscriptions],
            "path": {key: self.path.get(key, "") for key in ("protocol", "candidate", "proxy")},
            "errors": list(self.errors),
        }

    def write(self, path: Path) -> None:
        """Write the report; raises `OSError`."""
        part = path.with_name(path.name + ".part")
        part.write_text(json.dumps(self.as_dict(), indent=2) + "\n", encoding="utf-8")
        part.replace(path)


def _resources() -> tuple[float, int | None]:
    """CPU seconds of this process, and the most memory it held; the latter is not known on Windows."""
    times = os.times()
    cpu_seconds = round(times.user + times.system, 3)
    try:
        import resource  # noqa: PLC0415 - does not exist on Windows
    except ImportError:
        return cpu_seconds, None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return cpu_seconds, peak if os.uname().sysname == "Darwin" else peak * 1024
