"""What the meeting is called and how others come in: link, telephone, a text to send."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.copy_button import CopyButton
from visio_desktop.ui.widgets.invitation import encryption_text, invitation_text, link_of, shown_pin, title_of
from visio_desktop.ui.widgets.side_panel import SidePanel

_SELECTABLE: Final = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class InfoPanel(SidePanel):
    """Only what there is: nothing empty is shown."""

    def __init__(self) -> None:
        super().__init__("room.info")
        self._meeting = Meeting()
        self._texts = self._scrolled()
        self.title = self._text("section")
        self._link_heading = self._text("note", tr("invitation.link"))
        self.link = self._text("link", named=tr("invitation.link"))
        self.copy_link = CopyButton(tr("invitation.copy_link"), lambda: link_of(self._meeting))
        self._texts.addWidget(self.copy_link, alignment=Qt.AlignmentFlag.AlignLeft)
        self._texts.addSpacing(8)
        self._phone_heading = self._text("note", tr("invitation.phone"))
        self.phone = self._text("link")
        self.pin = self._text("link")
        self.copy_text = CopyButton(tr("invitation.copy_text"), lambda: invitation_text(self._meeting))
        self._texts.addWidget(self.copy_text, alignment=Qt.AlignmentFlag.AlignLeft)
        self._texts.addSpacing(8)
        self.encryption = self._text("note")
        self._texts.addStretch(1)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show what is known."""
        self._meeting = meeting
        invitation, link = meeting.room.invitation, link_of(meeting)
        _show(self.title, title_of(meeting))
        _show(self.link, link)
        number, pin = invitation.phone, shown_pin(invitation.pin)
        by_phone = bool(number and pin)
        _show(self.phone, tr("invitation.number", number=number) if by_phone else "")
        _show(self.pin, tr("invitation.pin", pin=pin) if by_phone else "")
        _show(self.encryption, encryption_text(meeting))
        for part in (self._link_heading, self.copy_link, self.copy_text):
            part.setVisible(bool(link))
        self._phone_heading.setVisible(by_phone)

    def take_focus(self) -> None:
        """To what most people come for."""
        if self.copy_link.isVisible():
            self.copy_link.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().take_focus()

    def _scrolled(self) -> QVBoxLayout:
        """Where the texts stand, which scrolls where the window is low."""
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 4, 0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        self._column.addWidget(scroll, 1)
        return column

    def _text(self, role: str, text: str = "", *, named: str = "") -> QLabel:
        label = QLabel(text)
        label.setObjectName(role)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        if not text:
            label.setTextInteractionFlags(_SELECTABLE)
            label.setAccessibleName(named)
        self._texts.addWidget(label)
        return label


def _show(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
