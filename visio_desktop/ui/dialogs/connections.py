"""Connections: every server this program talked to since it started, what for and how much, and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem, QWidget

from visio_desktop.net.ledger import Contact, as_csv, as_text
from visio_desktop.system.texts import tr
from visio_desktop.ui.dialogs.watching import WatchingDialog, ask_where
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.copy_button import CopyButton
from visio_desktop.ui.widgets.stream_table import DASH

FILE_NAME: Final = "visio-desktop-connections.csv"
COLUMNS: Final = ("server", "purpose", "protocol", "via", "sent", "received", "first", "last")


class ConnectionsDialog(WatchingDialog):
    """Lines stay where they are; new ones come below."""

    def __init__(self, contacts: Callable[[], tuple[Contact, ...]], parent: QWidget | None = None) -> None:
        self.table = QTableWidget(0, len(COLUMNS))
        super().__init__(tr("connections.title"), self.table, parent)
        self._contacts = contacts
        self.said = label("", "soft")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.copy = CopyButton(tr("connections.copy"), lambda: as_csv(self._contacts()))
        self.save = push_button(tr("connections.save"))
        self.save.setAutoDefault(False)
        self.save.clicked.connect(self._ask_where)
        self.table.setHorizontalHeaderLabels([tr(f"connections.column_{name}") for name in COLUMNS])
        self.table.verticalHeader().setVisible(False)
        self._lay_out(label(tr("connections.intro"), "soft"), (self.said,), (self.copy, self.save))

    def look(self) -> None:
        """Show the lines as they are now."""
        contacts = self._contacts()
        self.table.setRowCount(len(contacts))
        for row, contact in enumerate(contacts):
            for column, text in enumerate(cells(contact)):
                item = self.table.item(row, column)
                if item is None:
                    self.table.setItem(row, column, QTableWidgetItem(text))
                elif item.text() != text:
                    item.setText(text)
        self.said.setText(tr("connections.none") if not contacts else "")
        self.said.setVisible(not contacts)

    def write(self, path: Path) -> None:
        """Write a file, as its name ends; a reason why that failed stands in the dialog."""
        try:
            path.write_text(as_text(self._contacts(), path), encoding="utf-8")
        except OSError as error:
            self.said.setText(tr("connections.not_saved", detail=error.strerror or type(error).__name__))
            self.said.setVisible(True)

    def _ask_where(self) -> None:
        ask_where(self, tr("connections.save_to"), FILE_NAME, "CSV (*.csv);;JSON (*.json)", self.write)


def cells(contact: Contact) -> tuple[str, ...]:
    """The texts of a line."""
    host = f"[{contact.host}]" if ":" in contact.host else contact.host
    return (
        f"{host}:{contact.port}" if contact.port else host,
        tr(f"connections.purpose_{contact.purpose.value}"),
        contact.protocol.upper(),
        contact.via or DASH,
        _size(contact.sent_bytes),
        _size(contact.received_bytes),
        _time(contact.first_ms),
        _time(contact.last_ms),
    )


def _size(count: int) -> str:
    return QLocale().formattedDataSize(count, 1)


def _time(at_ms: float) -> str:
    return QLocale().toString(QDateTime.fromMSecsSinceEpoch(round(at_ms)).time(), "HH:mm:ss")
