"""Does one see where the keyboard is? The picture of each control with and without it, held against each other."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from tests.helpers.fitting import visible
from visio_desktop.ui.widgets.video_tile import VideoTile

_LEAST_CONTRAST: Final = 3.0
"""EN 301 549, 11.1.4.11 (WCAG 2.1, 1.4.11)."""
_LEAST_SHARE: Final = 0.4
"""Of a line once around the control, one pixel wide: others may lie over some of it."""
_AROUND_PX: Final = 6
_WEIGHTS: Final = (0.0722, 0.7152, 0.2126)

type Pixels = np.ndarray[Any, Any]


def dim_rings(root: QWidget) -> list[str]:
    """The controls that hardly change when Tab comes to them, or do not take the keyboard at all.

    Texts that can be marked show a caret, which is enough, and pictures of people change by themselves.
    """
    stops = [w for w in visible(root) if w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    looked_at = [w for w in stops if not isinstance(w, QLabel | VideoTile)]
    return [fault for widget in looked_at if (fault := _fault(widget, stops))]


def _fault(widget: QWidget, stops: list[QWidget]) -> str:
    elsewhere = next((w for w in stops if w is not widget and not w.isAncestorOf(widget)), None)
    _focus(elsewhere, widget)
    before = _seen(widget)
    _focus(widget, widget)
    name = widget.accessibleName() or repr(widget)
    if not widget.hasFocus():
        return f"takes no keyboard: {name}"
    after = _seen(widget)
    if before.shape != after.shape:
        return ""  # it grows when it has the keyboard
    strong = int((_contrast(before, after) >= _LEAST_CONTRAST).sum())
    around_px = 2 * (widget.width() + widget.height())
    return "" if strong >= _LEAST_SHARE * around_px else f"ring not seen: {name}, {strong} of {around_px} px"


def _focus(widget: QWidget | None, looked_at: QWidget) -> None:
    if widget is not None:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
    above = looked_at.parentWidget()
    while above is not None:
        if isinstance(above, QScrollArea):
            above.ensureWidgetVisible(looked_at)
        above = above.parentWidget()
    QApplication.processEvents()


def _seen(widget: QWidget) -> Pixels:
    """The control and what lies around it, as lightness (WCAG's relative luminance)."""
    window, out = widget.window(), _AROUND_PX
    box = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(-out, -out, out, out)
    image = window.grab(box & window.rect()).toImage().convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    values = rows[:, : image.width(), :3].astype(np.float64) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array(_WEIGHTS))


def _contrast(one: Pixels, other: Pixels) -> Pixels:
    return np.asarray((np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05))
