"""Call statistics: what is sent and received now, stream by stream, and the way it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from visio_desktop.diagnostics.streams import Direction, StreamStatistics
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Source
from visio_desktop.system.texts import tr
from visio_desktop.ui.dialogs.watching import WatchingDialog
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.copy_button import CopyButton
from visio_desktop.ui.widgets.stream_table import DASH, StreamTable, bitrate

_CANDIDATES: Final = ("host", "srflx", "prflx", "relay")


class Inside(Protocol):
    """Where the figures come from: the engine."""

    def streams(self) -> tuple[StreamStatistics, ...]:
        """All streams as they were within the last second."""

    def capacity_bps(self) -> int | None:
        """What the way from us is thought to carry now; None while nothing is known of it."""

    def path(self) -> Mapping[str, str]:
        """How media goes now: `protocol`, `candidate` and `proxy`."""


class StatisticsDialog(WatchingDialog):
    """`connections_asked`: show whom this program talked to."""

    connections_asked = Signal()

    def __init__(self, inside: Inside, parent: QWidget | None = None) -> None:
        super().__init__(tr("statistics.title"), QTableView(), parent)
        self._inside = inside
        self._meeting = Meeting()
        self.table = StreamTable(self)
        self.way = label("", "soft")
        self.copy = CopyButton(tr("statistics.copy"), lambda: f"{self.way.text()}\n{self.table.text()}\n")
        self.connections = push_button(tr("connections.open"))
        self.connections.clicked.connect(self.connections_asked)
        self.view.setModel(self.table)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._lay_out(self.way, (), (self.copy, self.connections))

    def show_meeting(self, meeting: Meeting) -> None:
        """Know whose streams are encrypted."""
        self._meeting = meeting

    def look(self) -> None:
        """Show the figures of now."""
        streams = self._inside.streams()
        self.table.show_streams([replace(each, encrypted=_is_encrypted(self._meeting, each)) for each in streams])
        capacity = bitrate(self._inside.capacity_bps())
        way = way_text(self._inside.path())
        self.way.setText(way if capacity is None else tr("statistics.way_capacity", way=way, capacity=capacity))


def _is_encrypted(meeting: Meeting, stream: StreamStatistics) -> bool | None:
    if stream.direction is Direction.RECEIVED:
        publication = meeting.publication(stream.publication_id)
    else:
        publication = None if meeting.me is None else meeting.me.publication(Source(stream.source))
    return None if publication is None else publication.encrypted


def way_text(path: Mapping[str, str]) -> str:
    """The way media takes, in words; the network's own names stand behind them for those who know them."""
    protocol, candidate = path.get("protocol", ""), path.get("candidate", "")
    if not protocol and not candidate:
        return tr("statistics.way_unknown")
    kind = tr(f"statistics.candidate_{candidate}") if candidate in _CANDIDATES else candidate or DASH
    way = tr("statistics.way", protocol=protocol.upper() or DASH, candidate=kind)
    proxy = path.get("proxy", "")
    return tr("statistics.way_proxy", way=way, proxy=proxy) if proxy else way
