"""Before the meeting: one's own picture, the devices, the name, and what the others will see and hear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QStyle, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import GoHome, Join, SetName, SetPassphrase
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.texts import tr
from visio_desktop.ui.pages.light import LightPage
from visio_desktop.ui.widgets.besides_field import BesidesField
from visio_desktop.ui.widgets.browser_login_box import BrowserLoginBox
from visio_desktop.ui.widgets.buttons import restyle
from visio_desktop.ui.widgets.connection_check import ConnectionCheck
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.decided import show_decided
from visio_desktop.ui.widgets.device_picker import DevicePicker
from visio_desktop.ui.widgets.joining_as import JoiningAs
from visio_desktop.ui.widgets.level_meter import LevelMeter
from visio_desktop.ui.widgets.login_fields import LoginFields
from visio_desktop.ui.widgets.look_picker import BackgroundPicker
from visio_desktop.ui.widgets.preview import Preview
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.recents import title
from visio_desktop.ui.widgets.stage import Pictures
from visio_desktop.ui.widgets.token_field import TokenField

LONGEST_NAME: Final = 80
LONGEST_PASSPHRASE: Final = 1_000
_WIDE_PX: Final = 900
_GAP_PX: Final = 36
_FORM_PX: Final = 300
_SMALL_FORM_PX: Final = 250
_SMALLEST_PREVIEW_PX: Final = 280
_PICKERS_ACROSS_PX: Final = 560
_MARGIN_PX: Final = 24
_WIDEST_PX: Final = 1280
_AROUND_PREVIEW_PX: Final = 310
_KINDS: Final = (DeviceKind.MICROPHONE, DeviceKind.SPEAKER, DeviceKind.CAMERA)


class PrejoinPage(LightPage):
    """`Join` is the default button; nothing has been sent until it is pressed."""

    devices_asked = Signal()

    def __init__(self, pictures: Pictures, level_db: Callable[[], float]) -> None:
        super().__init__()
        self.preview = Preview(pictures)
        self.pickers = {kind: DevicePicker(kind) for kind in _KINDS}
        self.background = BackgroundPicker()
        self.level = LevelMeter(level_db)
        self.problem = ProblemBox()
        self.check = ConnectionCheck()
        self.where = label("", "soft")
        self.promise = label("", "soft")
        self.name = QLineEdit()
        self.name_fixed = label("", "soft")
        self.passphrase = QLineEdit()
        self.encryption = label(tr("pages.passphrase"))
        self.token = TokenField()
        self.login = LoginFields()
        self.browser_login = BrowserLoginBox()
        self.besides = BesidesField()
        self.joining_as = JoiningAs()
        self.join = push_button(tr("pages.join"), primary=True)
        self.back = push_button(tr("pages.back"))
        self._shown_name: str | None = None
        self._prepare_form()
        self._lay_out()
        self.preview.intent.connect(self.intent)
        self.joining_as.intent.connect(self.intent)
        self.browser_login.intent.connect(self.intent)
        self.check.intent.connect(self.intent)
        self.check.details_asked.connect(self.details_asked)
        self.check.changed.connect(lambda: QTimer.singleShot(0, self, self._follow_check))
        self.background.intent.connect(self.intent)
        for picker in self.pickers.values():
            picker.intent.connect(self.intent)
            picker.opening.connect(self.devices_asked)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot; a name being typed is left alone."""
        self.preview.show_meeting(meeting)
        for picker in self.pickers.values():
            picker.show_meeting(meeting)
        self.background.show_meeting(meeting)
        self.level.setVisible(meeting.microphone_on)
        self.check.show_meeting(meeting)
        self.problem.show_problems(*(meeting.device(kind).problem for kind in _KINDS), meeting.look_problem)
        self.promise.setText(promise(meeting))
        self.joining_as.show_meeting(meeting)
        for kind, picker in self.pickers.items():
            picker.setVisible(kind is DeviceKind.SPEAKER or meeting.link is None or meeting.link.sends)
        self._show_passphrase(meeting)
        self.token.show_meeting(meeting)
        self.login.show_meeting(meeting)
        self.browser_login.show_meeting(meeting)
        self.besides.show_meeting(meeting)
        self.where.setText("" if meeting.link is None else title(meeting.link))
        self._show_name(meeting)

    def take_focus(self) -> None:
        """The keyboard starts in the name when it is missing, else on Join."""
        missing = not self.name.text().strip()
        (self.name if missing else self.join).setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The picture takes the room there is beside the form; under a small one the pickers stand in a column.

        Then the form stands at the top: Join has to be seen without scrolling.
        """
        super().resizeEvent(event)
        wide = self.width() >= _WIDE_PX
        form_px = _FORM_PX if wide else _SMALL_FORM_PX
        bar_px = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        room_px = self.width() - bar_px - 2 * _MARGIN_PX - form_px - _GAP_PX - (30 if wide else 0)
        tall_px = (self.height() - _AROUND_PREVIEW_PX) * 16 // 9
        width_px = max(_SMALLEST_PREVIEW_PX, min(_WIDEST_PX, room_px, tall_px))
        self.preview.set_width(width_px)
        self._picture_column.setFixedWidth(width_px)
        self._form.setFixedWidth(form_px)
        place = Qt.AlignmentFlag.AlignVCenter if wide else Qt.AlignmentFlag.AlignTop
        self._beside.setAlignment(self._form, place)
        self._place_pickers(across=width_px >= _PICKERS_ACROSS_PX)

    def _prepare_form(self) -> None:
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setPlaceholderText(tr("pages.name_hint"))
        self.name.setAccessibleName(tr("pages.name"))
        self.name.setMinimumHeight(40)
        self.name.textChanged.connect(self._name_changed)
        self.name.returnPressed.connect(self._join)
        self.name.editingFinished.connect(self._set_name)
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setMaxLength(LONGEST_PASSPHRASE)
        self.passphrase.setPlaceholderText(tr("pages.passphrase_hint"))
        self.passphrase.setAccessibleName(tr("pages.passphrase"))
        self.passphrase.setMinimumHeight(40)
        self.passphrase.returnPressed.connect(self._join)
        self.passphrase.editingFinished.connect(self._set_passphrase)
        for given in (self.token, self.login, self.besides):
            given.intent.connect(self.intent)
            given.confirmed.connect(self._join)
        self.join.setDefault(True)
        self.join.clicked.connect(self._join)
        self.back.clicked.connect(lambda: self.intent.emit(GoHome()))

    def _follow_check(self) -> None:
        """Whoever pressed the button at the lower edge sees what came of it."""
        if self.check.begin.hasFocus():
            self._scroll.ensureWidgetVisible(self.check)

    def _show_name(self, meeting: Meeting) -> None:
        """Whom the server calls as it will says nothing here; the name one usually has comes back elsewhere."""
        fixed, shown = meeting.fixed_name, meeting.name_there
        if shown != self._shown_name and (fixed or self.name.isReadOnly() or not self.name.hasFocus()):
            self.name.setText(shown)
        self._shown_name = shown
        if self.name.isReadOnly() is not bool(fixed):
            self.name.setReadOnly(bool(fixed))
            restyle(self.name)
        told = tr("account.name_fixed", host=meeting.at.host) if fixed and meeting.at is not None else ""
        self.name_fixed.setText(told)
        self.name_fixed.setVisible(bool(told))
        self.name.setAccessibleDescription(told)
        show_decided(meeting, "name", self.name)
        self._name_changed()

    def _name_changed(self) -> None:
        missing = not self.name.text().strip()
        self.join.setEnabled(not missing)
        self.join.setToolTip(tr("pages.name_missing") if missing else "")

    def _set_name(self) -> None:
        name = self.name.text().strip()
        if name != (self._shown_name or "") and not self.name.isReadOnly():
            self._shown_name = name
            self.intent.emit(SetName(name))

    def _show_passphrase(self, meeting: Meeting) -> None:
        """What one types unseen: what encrypts a meeting, or a room's PIN; no kind of server has both."""
        link = meeting.link
        for part in (self.encryption, self.passphrase):
            part.setVisible(link is not None and (link.takes_passphrase or link.takes_pin))
        said = tr("links.pin" if link is not None and link.takes_pin else "pages.passphrase")
        self.encryption.setText(said)
        self.passphrase.setAccessibleName(said)

    def _set_passphrase(self) -> None:
        if self.passphrase.isModified():
            self.passphrase.setModified(False)
            self.intent.emit(SetPassphrase(self.passphrase.text()))

    def _join(self) -> None:
        if not self.join.isEnabled():
            return
        self._set_name()
        self._set_passphrase()
        self.token.tell()
        self.login.tell()
        self.besides.finish()
        self.intent.emit(Join())

    def _lay_out(self) -> None:
        self._form = QWidget()
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        name = label(tr("pages.name"))
        name.setBuddy(self.name)
        form.addWidget(label(tr("pages.join_heading"), "subheading"))
        form.addWidget(self.where)
        form.addSpacing(8)
        form.addWidget(name)
        form.addWidget(self.name)
        form.addWidget(self.name_fixed)
        self.encryption.setBuddy(self.passphrase)
        form.addWidget(self.encryption)
        form.addWidget(self.passphrase)
        form.addWidget(self.token)
        form.addWidget(self.login)
        form.addWidget(self.browser_login)
        form.addWidget(self.besides)
        form.addSpacing(4)
        form.addWidget(self.promise)
        form.addSpacing(4)
        form.addWidget(self.joining_as)
        form.addWidget(self.join)
        form.addWidget(self.back)
        self._beside = across = QHBoxLayout()
        across.setSpacing(0)
        across.addStretch(1)
        across.addWidget(self._make_picture_column())
        across.addSpacing(_GAP_PX)
        across.addWidget(self._form)
        across.addStretch(1)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(_MARGIN_PX, 0, _MARGIN_PX, 24)
        outer.addStretch(1)
        outer.addLayout(across)
        outer.addStretch(1)

    def _make_picture_column(self) -> QWidget:
        self._picture_column = QWidget()
        self._pickers = QGridLayout()
        self._pickers.setSpacing(12)
        column = QVBoxLayout(self._picture_column)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self.preview)
        column.addLayout(self._pickers)
        column.addWidget(self.problem)
        column.addWidget(self.check)
        return self._picture_column

    def _place_pickers(self, *, across: bool) -> None:
        parts: list[QWidget] = [*self.pickers.values(), self.level, self.background]
        across_at, column_at = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 2)), ((0, 0), (2, 0), (3, 0), (1, 0), (4, 0))
        places = across_at if across else column_at
        for part, (row, column) in zip(parts, places, strict=True):
            self._pickers.addWidget(part, row, column)
        self.check.set_across(across=across)


def promise(meeting: Meeting) -> str:
    """What the others get when one joins now, in one sentence; a device that does not work sends nothing."""
    heard = meeting.microphone_on and meeting.microphone.problem is None
    seen = meeting.camera_on and meeting.camera.problem is None
    if meeting.link is not None and meeting.link.is_one_way:
        return tr("links.promise_sent" if meeting.link.sends else "links.promise_watched", where=title(meeting.link))
    match heard, seen:
        case True, True:
            return tr("pages.promise_both")
        case True, False:
            return tr("pages.promise_sound")
        case False, True:
            return tr("pages.promise_picture")
        case _:
            return tr("pages.promise_nothing")
