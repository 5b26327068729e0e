"""Walks a window's widgets: is anything cut, does anything overlap, can everything be reached and named?"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPushButton, QScrollArea, QWidget

SMALLEST_TARGET_PX = 24


def visible(root: QWidget, kind: type[QWidget] = QWidget) -> list[QWidget]:
    return [w for w in root.findChildren(kind) if w.isVisibleTo(root) and w.window() is root.window()]


def controls(root: QWidget) -> list[QWidget]:
    kinds = (QAbstractButton, QComboBox, QLineEdit)
    return [w for w in visible(root) if isinstance(w, kinds) and w.focusPolicy() != Qt.FocusPolicy.NoFocus]


def cut_texts(root: QWidget) -> list[str]:
    """The texts that do not fit into their labels and buttons."""
    cut = []
    for widget in visible(root):
        match widget:
            case QLabel() if widget.text() and not widget.text().isspace():
                needed = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
                narrow = not widget.wordWrap() and widget.width() < widget.sizeHint().width()
                if narrow or widget.height() < needed:
                    cut.append(widget.text())
            case QPushButton() if widget.text():
                if widget.fontMetrics().horizontalAdvance(widget.text()) > widget.width() - 8:
                    cut.append(widget.text())
    return cut


def overlaps(root: QWidget) -> list[str]:
    """Controls and labels that lie over each other."""
    parts = [w for w in visible(root) if isinstance(w, QLabel | QAbstractButton | QComboBox | QLineEdit)]
    parts = [w for w in parts if not (isinstance(w.parent(), QComboBox | QLineEdit))]
    boxes = [(w, _seen(w, root)) for w in parts]
    return [
        f"{_name(one)} / {_name(other)}"
        for place, (one, box) in enumerate(boxes)
        for other, other_box in boxes[place + 1 :]
        if box.intersects(other_box)
    ]


def outside(root: QWidget) -> list[str]:
    """Controls that stick out of the page sideways: scrolling down is fine, scrolling aside is not."""
    areas = [area for area in root.findChildren(QScrollArea) if area.isVisibleTo(root)]
    widths = [(body.width(), area.viewport().width()) for area in areas if (body := area.widget()) is not None]
    return [f"{body_px} > {seen_px}" for body_px, seen_px in widths if body_px > seen_px]


def nameless(root: QWidget) -> list[str]:
    """What the keyboard can go to and a screen reader has no name for: controls, lists, tables, whatever it is."""
    reached = [w for w in visible(root) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    return [repr(w) for w in {*controls(root), *reached} if not _told_name(w)]


def too_small(root: QWidget) -> list[str]:
    return [_name(w) for w in controls(root) if min(w.width(), w.height()) < SMALLEST_TARGET_PX]


def out_of_tab_order(root: QWidget) -> list[str]:
    """Enabled controls the Tab key does not come by."""
    seen: set[QWidget] = set()
    at: QWidget | None = root.window()
    while at is not None and at not in seen:
        seen.add(at)
        at = at.nextInFocusChain()
    return [
        _name(w)
        for w in controls(root)
        if w.isEnabled() and (w not in seen or not w.focusPolicy() & Qt.FocusPolicy.TabFocus)
    ]


def _told_name(widget: QWidget) -> str:
    told = QAccessible.queryAccessibleInterface(widget)
    return "" if told is None else told.text(QAccessible.Text.Name).strip()


def _seen(widget: QWidget, root: QWidget) -> QRect:
    """Where it is on the page, as far as it is not scrolled away."""
    box = QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())
    above = widget.parentWidget()
    while above is not None and above is not root:
        box &= QRect(above.mapTo(root, QPoint(0, 0)), above.size())
        above = above.parentWidget()
    return box


def _name(widget: QWidget) -> str:
    return widget.accessibleName() or str(getattr(widget, "text", lambda: "")()) or widget.objectName() or repr(widget)
