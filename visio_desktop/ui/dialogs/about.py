"""What this program is: its version and licence, whether there is a newer one, and whose software it is made of."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QLineEdit, QListWidget, QListWidgetItem, QPlainTextEdit, QVBoxLayout, QWidget

from visio_desktop import __version__
from visio_desktop.net.updates import Looked, News
from visio_desktop.system import notices
from visio_desktop.system.notices import Notice
from visio_desktop.system.texts import tr
from visio_desktop.ui import brand
from visio_desktop.ui.announce import announce
from visio_desktop.ui.choices import NetworkChoices
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.later import in_thread, when_done
from visio_desktop.ui.widgets.controls import label, push_button

_LIST_PX: Final = 140
_TEXT_PX: Final = 150
_LONGEST_SEARCH: Final = 100
_NOTICE: Final = Qt.ItemDataRole.UserRole


class AboutDialog(LightDialog):
    """`path` is the file of licences beside an installed program, None in a checkout: then Python says what is there.

    Whoever opens this asks for a newer version where a channel is set, and only there.
    """

    def __init__(
        self,
        choices: NetworkChoices,
        parent: QWidget | None = None,
        *,
        path: Path | None = None,
        open_page: Callable[[QUrl], object] = QDesktopServices.openUrl,
    ) -> None:
        super().__init__(tr("about.title", product=brand.product()), parent)
        self._choices = choices
        self._installed = path is not None
        self._kept_up = bool(choices.policies().active) or (path is not None and not os.access(path.parent, os.W_OK))
        self._open_page = open_page
        self._page = ""
        self.update_line = _line(tr("about.update.managed" if self._kept_up else "about.update.nowhere"))
        self.page = push_button(tr("about.page"))
        self.search = QLineEdit()
        self.count = label("", "soft")
        self.parts = QListWidget()
        self.text = QPlainTextEdit()
        self._prepare()
        self._lay_out()
        self.resize(680, 800)
        when_done(in_thread(lambda: notices.read(path), "licences"), self, self._show_parts)
        self._look()

    def _look(self) -> None:
        if not self._choices.get("update_channel"):
            return
        self.update_line.setText(tr("about.update.looking"))
        coming: Future[News] = Future()
        when_done(coming, self, self._show_news)
        self._choices.look_for_update(coming.set_result)

    def _show_news(self, news: News) -> None:
        said = tr(f"about.update.{news.looked.value}", host=news.host, version=news.version)
        if news.looked is Looked.NEWER and self._kept_up:
            said = f"{said} {tr('about.update.managed')}"
        self.update_line.setText(said)
        self._page = news.page
        self.page.setVisible(bool(news.page))
        announce(self.update_line, said)

    def _show_parts(self, found: tuple[Notice, ...]) -> None:
        for notice in found:
            item = QListWidgetItem(" ".join(filter(None, (notice.name, notice.version, f"({notice.licence or '?'})"))))
            item.setData(_NOTICE, notice.text)
            self.parts.addItem(item)
        self._filter(self.search.text())

    def _filter(self, wanted: str) -> None:
        shown = [row for row in range(self.parts.count()) if self._fits(row, wanted)]
        for row in range(self.parts.count()):
            self.parts.item(row).setHidden(row not in shown)
        self.count.setText(tr("about.count", shown=len(shown), all=self.parts.count()))
        if self.parts.currentRow() not in shown:
            self.parts.setCurrentRow(shown[0] if shown else -1)

    def _fits(self, row: int, wanted: str) -> bool:
        return wanted.strip().casefold() in self.parts.item(row).text().casefold()

    def _show_text(self, item: QListWidgetItem | None) -> None:
        text = "" if item is None else str(item.data(_NOTICE) or "")
        self.text.setPlainText(text or ("" if item is None else tr("about.no_text")))

    def _prepare(self) -> None:
        self.page.setAutoDefault(False)
        self.page.setVisible(False)
        self.page.clicked.connect(lambda: self._open_page(QUrl(self._page)))
        self.search.setPlaceholderText(tr("about.search"))
        self.search.setAccessibleName(tr("about.search"))
        self.search.setMaxLength(_LONGEST_SEARCH)
        self.search.setClearButtonEnabled(False)
        self.search.textChanged.connect(self._filter)
        self.parts.setAccessibleName(tr("about.parts"))
        self.parts.setMinimumHeight(_LIST_PX)
        self.parts.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.parts.currentItemChanged.connect(lambda item, _before: self._show_text(item))
        self.text.setAccessibleName(tr("about.text"))
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(_TEXT_PX)
        self.count.setText(tr("about.reading"))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(8)
        column.addWidget(label(brand.product(), "subheading"))
        column.addWidget(_line(tr("about.version", version=__version__)))
        column.addWidget(_line(tr("about.licence_package" if self._installed else "about.licence_source")))
        column.addWidget(_line(tr("about.no_telemetry")))
        column.addWidget(self.update_line)
        column.addWidget(self.page, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(8)
        column.addWidget(label(tr("about.parts"), "subheading"))
        column.addWidget(self.search)
        column.addWidget(self.count)
        column.addWidget(self.parts, 1)
        column.addWidget(self.text, 1)


def _line(text: str) -> QLabel:
    """A sentence that the keyboard gets to, so that it can be read aloud."""
    made = label(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return made
