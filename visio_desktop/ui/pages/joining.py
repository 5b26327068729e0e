"""While the server is being joined, and while one waits to be let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import Leave
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.announce import announce
from visio_desktop.ui.pages.light import LightPage
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.joining_as import JoiningAs
from visio_desktop.ui.widgets.recents import title
from visio_desktop.ui.widgets.spinner import Spinner

if TYPE_CHECKING:
    from visio_desktop.ui.widgets.preview import Preview
    from visio_desktop.ui.widgets.stage import Pictures

_PREVIEW_PX: Final = 340
_TEXT_PX: Final = 560
_OFFER_PX: Final = 340
_MIDDLE: Final = Qt.AlignmentFlag.AlignHCenter


class JoiningPage(LightPage):
    """What is going on, and the way out; who waits sees their own picture and can still turn things off.

    Who waits as a guest can log in meanwhile, and need not wait then where the server knows them.
    """

    def __init__(self, pictures: Pictures) -> None:
        super().__init__()
        self._pictures = pictures
        self._waits = False
        self.heading = label(tr("pages.joining"), "large")
        self.where = label("", "soft")
        self.preview: Preview | None = None
        self.joining_as = JoiningAs()
        self.joining_as.setFixedWidth(_OFFER_PX)
        self.joining_as.intent.connect(self.intent)
        self.cancel = push_button(tr("pages.cancel"))
        self.cancel.clicked.connect(lambda: self.intent.emit(Leave()))
        self._column = QVBoxLayout(self.body)
        self._lay_out()

    def show_meeting(self, meeting: Meeting) -> None:
        """Say where one is going, or whom one waits for."""
        waits = meeting.in_lobby
        heading, where = _told(meeting)
        self.heading.setText(heading)
        self.where.setText(where)
        self._show_preview(meeting)
        if waits:
            self.joining_as.show_meeting(meeting)
        else:
            self.joining_as.hide()
        if waits and not self._waits:
            announce(self, self.heading.text())
        self._waits = waits

    def take_focus(self) -> None:
        """The keyboard starts on the way out."""
        self.cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_preview(self, meeting: Meeting) -> None:
        """One's own picture, made when one waits for the first time: most who join never see this."""
        shown = meeting.in_lobby and not _only_watches(meeting)
        if shown and self.preview is None:
            from visio_desktop.ui.widgets.preview import Preview  # noqa: PLC0415 - brings the video tile

            self.preview = Preview(self._pictures)
            self.preview.intent.connect(self.intent)
            self.preview.set_width(_PREVIEW_PX)
            self._column.insertWidget(self._column.indexOf(self.cancel) + 1, self.preview, 0, _MIDDLE)
        if self.preview is not None:
            self.preview.show_meeting(meeting)
            self.preview.setVisible(shown)

    def _lay_out(self) -> None:
        self._column.setContentsMargins(24, 12, 24, 24)
        self._column.setSpacing(16)
        self._column.addStretch(1)
        self.heading.setAlignment(_MIDDLE)
        self.where.setAlignment(_MIDDLE)
        self.where.setFixedWidth(_TEXT_PX)
        self._column.addWidget(self.heading)
        self._column.addLayout(_in_the_middle(self.where))
        self._column.addWidget(Spinner(), 0, _MIDDLE)
        self._column.addWidget(self.cancel, 0, _MIDDLE)
        self._column.addLayout(_in_the_middle(self.joining_as))
        self._column.addStretch(3)


def _told(meeting: Meeting) -> tuple[str, str]:
    """The heading, and whom or what one waits for."""
    where = "" if meeting.link is None else title(meeting.link)
    if not meeting.in_lobby:
        heading, more = tr("pages.joining"), tr("pages.joining_where", meeting=where)
    elif _only_watches(meeting):
        heading, more = tr("links.not_begun"), tr("links.not_begun_more", meeting=where)
    else:
        heading, more = tr("lobby.waiting"), tr("lobby.waiting_for", meeting=where)
    return heading, more if where else ""


def _only_watches(meeting: Meeting) -> bool:
    return meeting.link is not None and not meeting.link.sends


def _in_the_middle(part: QWidget) -> QHBoxLayout:
    """No alignment: a text has to get the height it needs at its width."""
    around = QHBoxLayout()
    around.addStretch(1)
    around.addWidget(part)
    around.addStretch(1)
    return around
