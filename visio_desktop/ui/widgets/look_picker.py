"""What to put behind oneself: a drop-down, and the same as a part of the camera's menu in the meeting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from visio_desktop.meeting.intents import ChooseLook
from visio_desktop.meeting.look import BACKGROUNDS, OWN_IMAGE, Look, PictureQuality, is_image
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.drop_down import ICON_PX, DropDown

_OWN: Final = "own"
_LONGEST_NAME: Final = 40

type Emit = Callable[[object], None]


def background_choices(look: Look, *, images: bool = True) -> list[tuple[str, str]]:
    """The backgrounds and their names: what there is, the file chosen, and the way to another file.

    Without `images` only what is no picture, and the one that was decided.
    """
    choices = [(each, tr(f"picture.background.{each}")) for each in BACKGROUNDS if images or not is_image(each)]
    if look.background not in [each for each, _ in choices]:
        named = look.background in BACKGROUNDS
        name = PurePath(look.background.removeprefix(OWN_IMAGE)).name[:_LONGEST_NAME]
        choices.append((look.background, tr(f"picture.background.{look.background}") if named else name))
    return choices if not images else [*choices, (_OWN, tr("picture.background.own"))]


def choose_background(background: str, look: Callable[[], Look], parent: QWidget, emit: Emit) -> None:
    """Take what was chosen, after asking for a file where that was it; the meeting goes on meanwhile."""
    if background != _OWN:
        emit(ChooseLook(replace(look(), background=background)))
        return
    ask_for_picture(
        parent, tr("picture.open"), lambda path: emit(ChooseLook(replace(look(), background=f"{OWN_IMAGE}{path}")))
    )


def ask_for_picture(parent: QWidget, title: str, chosen: Callable[[str], None]) -> None:
    """Ask for a file with a picture, and call `chosen` with its path."""
    dialog = QFileDialog(parent, title, "", f"{tr('picture.files')} (*.jpg *.jpeg *.png *.webp)")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(chosen)
    dialog.open()


class BackgroundPicker(DropDown):
    """Emits `ChooseLook`."""

    intent = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = Look()
        self._shown: list[tuple[str, str]] = []
        self.setAccessibleName(tr("settings.camera_background"))
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.activated.connect(self._choose)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the background of a snapshot."""
        self._look = meeting.look
        choices = background_choices(meeting.look, images=not meeting.images_off)
        if choices != self._shown:
            self._shown = choices
            self.clear()
            for background, name in choices:
                self.addItem(icons.icon("wallpaper", theme.INK, size_px=ICON_PX), name, background)
        self._show_chosen()

    def _show_chosen(self) -> None:
        self.setCurrentIndex(self.findData(self._look.background))
        self.setToolTip(self.currentText())

    def _choose(self, index: int) -> None:
        chosen = str(self.itemData(index))
        self._show_chosen()  # it changes once the snapshot says so
        choose_background(chosen, lambda: self._look, self.window(), self.intent.emit)


class QualityPicker(DropDown):
    """How large the picture is that is sent; emits `ChooseLook`."""

    intent = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = Look()
        self.setAccessibleName(tr("settings.camera_quality"))
        for quality in PictureQuality:
            self.addItem(tr(f"settings.camera_quality.{quality.value}"), quality.value)
        self.activated.connect(self._choose)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the quality of a snapshot."""
        self._look = meeting.look
        self.setCurrentIndex(self.findData(meeting.look.quality.value))

    def _choose(self, index: int) -> None:
        self.intent.emit(ChooseLook(replace(self._look, quality=PictureQuality(self.itemData(index)))))


def fill_look_menu(
    menu: QMenu,
    look: Callable[[], Look],
    parent: QWidget,
    emit: Emit,
    locked: frozenset[str] = frozenset(),
    *,
    images: bool = True,
) -> None:
    """Background, quality and light, each with its present choice marked; what is `locked` cannot be chosen."""
    now = look()
    menu.addSection(tr("settings.camera_background"))
    group = QActionGroup(menu)
    for background, name in background_choices(now, images=images):
        action = menu.addAction(name.replace("&", "&&"))
        action.setCheckable(background != _OWN)
        action.setChecked(background == now.background)
        action.setEnabled("camera_background" not in locked)
        action.triggered.connect(lambda _=False, b=background: choose_background(b, look, parent, emit))
        group.addAction(action)
    qualities = menu.addMenu(tr("settings.camera_quality"))
    qualities.setEnabled("camera_quality" not in locked)
    group = QActionGroup(qualities)
    for quality in PictureQuality:
        action = qualities.addAction(tr(f"settings.camera_quality.{quality.value}"))
        action.setCheckable(True)
        action.setChecked(quality is now.quality)
        action.triggered.connect(lambda _=False, q=quality: emit(ChooseLook(replace(look(), quality=q))))
        group.addAction(action)
    brighten = menu.addAction(tr("settings.camera_brighten"))
    brighten.setCheckable(True)
    brighten.setChecked(now.brighten)
    brighten.setEnabled("camera_brighten" not in locked)
    brighten.triggered.connect(lambda on: emit(ChooseLook(replace(look(), brighten=on))))
