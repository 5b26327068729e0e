"""What is known of each stream, as a table: streams down, figures across; what is unknown is a dash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from visio_desktop.diagnostics.streams import Direction, StreamStatistics
from visio_desktop.system.texts import decimal, tr

DASH: Final = "—"
_ROOT: Final = QModelIndex()
type Index = QModelIndex | QPersistentModelIndex


def size_of(stream: StreamStatistics) -> str | None:
    """The size of the pictures, of all layers where several are sent."""
    sizes = stream.layers or ((stream.width_px or 0, stream.height_px or 0),)
    shown = (tr("statistics.size", width=width, height=height) for width, height in sizes)
    return ", ".join(shown) if sizes[0][0] else None


def bitrate(bps: int | None) -> str | None:
    """A bitrate in the unit people use for it."""
    return None if bps is None else tr("statistics.kbps", number=decimal(bps / 1000, 0))


def recovered(stream: StreamStatistics) -> str | None:
    """What was lost and came again, by the ways it came; nothing where no way is known."""
    ways = ((stream.recovered_rtx, "rtx"), (stream.recovered_red, "red"))
    parts = [tr(f"statistics.by_{way}", count=count) for count, way in ways if count is not None]
    if stream.recovered_fec_ms is not None:
        parts.append(tr("statistics.by_fec", number=decimal(stream.recovered_fec_ms, 0)))
    return ", ".join(parts) or None


def frozen(stream: StreamStatistics) -> str | None:
    """For how long pictures stood still, and how often."""
    if stream.frozen_ms is None:
        return None
    return tr("statistics.frozen", number=decimal(stream.frozen_ms / 1000, 1), count=stream.freeze_count or 0)


def speed(stream: StreamStatistics) -> str | None:
    """How fast a voice is played, and how often it jumped because that was not enough."""
    if stream.speed is None:
        return None
    return tr("statistics.speed", number=decimal(stream.speed * 100, 2), count=stream.stretched or 0)


def _percent(share: float | None) -> str | None:
    return None if share is None else tr("statistics.percent", number=decimal(share * 100, 1))


def _ms(value: float | None) -> str | None:
    return None if value is None else tr("statistics.ms", number=decimal(value, 0))


def _number(value: float | None) -> str | None:
    return None if value is None else decimal(value)


COLUMNS: Final[dict[str, Callable[[StreamStatistics], str | None]]] = {
    "direction": lambda s: tr(f"statistics.{s.direction.value}"),
    "bitrate": lambda s: bitrate(s.bitrate_bps),
    "fps": lambda s: _number(s.fps),
    "size": size_of,
    "codec": lambda s: s.codec.upper() if s.codec else None,
    "layer": lambda s: _number(s.layer),
    "loss": lambda s: _percent(s.loss_fraction),
    "lost": lambda s: _number(s.packets_lost),
    "recovered": recovered,
    "frozen": frozen,
    "concealed": lambda s: _percent(s.concealed_ratio),
    "buffer": lambda s: _ms(s.buffer_ms),
    "speed": speed,
    "jitter": lambda s: _ms(s.jitter_ms),
    "rtt": lambda s: _ms(s.rtt_ms),
    "target": lambda s: bitrate(s.target_bps),
    "look": lambda s: None if s.look_ms is None else tr("statistics.ms", number=decimal(s.look_ms, 1)),
    "skew": lambda s: _ms(s.av_skew_ms),
    "encrypted": lambda s: None if s.encrypted is None else tr(f"statistics.{'yes' if s.encrypted else 'no'}"),
}
"""What each column shows; its heading is the text `statistics.column_<key>`."""


def stream_name(stream: StreamStatistics) -> str:
    """Whose stream it is and of which source."""
    who = tr("pages.you") if stream.direction is Direction.SENT else stream.participant or DASH
    source = tr(f"statistics.source_{stream.source}") if stream.source else DASH
    return tr("statistics.stream", who=who, source=source)


class StreamTable(QAbstractTableModel):
    """The model of the table."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._streams: tuple[StreamStatistics, ...] = ()

    def show_streams(self, streams: Sequence[StreamStatistics]) -> None:
        """Show these; rows that go on stay where they are, so that whoever reads one is not thrown out of it."""
        known = {stream.publication_id: stream for stream in streams}
        for row in reversed(range(len(self._streams))):
            if self._streams[row].publication_id not in known:
                self.beginRemoveRows(_ROOT, row, row)
                self._streams = (*self._streams[:row], *self._streams[row + 1 :])
                self.endRemoveRows()
        there = [known.pop(stream.publication_id) for stream in self._streams]
        self._streams = tuple(there)
        if there:
            self.dataChanged.emit(self.index(0, 0), self.index(len(there) - 1, len(COLUMNS) - 1))
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(there) - 1)
        if known:
            self.beginInsertRows(_ROOT, len(there), len(there) + len(known) - 1)
            self._streams = (*there, *known.values())
            self.endInsertRows()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """One row a stream."""
        return 0 if parent.isValid() else len(self._streams)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """One column a figure."""
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A figure."""
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self.figure(index.row(), index.column())
            case _:
                return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a figure means, or whose stream it is."""
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        if orientation is Qt.Orientation.Horizontal:
            return tr(f"statistics.column_{tuple(COLUMNS)[section]}")
        return stream_name(self._streams[section])

    def figure(self, row: int, column: int) -> str:
        """The text of a cell."""
        return tuple(COLUMNS.values())[column](self._streams[row]) or DASH

    def text(self) -> str:
        """Everything as lines of fields with tabs between them, to be pasted into a sheet."""
        headings = [tr(f"statistics.column_{key}") for key in COLUMNS]
        rows = [[stream_name(s), *(show(s) or DASH for show in COLUMNS.values())] for s in self._streams]
        return "\n".join("\t".join(row) for row in [["", *headings], *rows])
