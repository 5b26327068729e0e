"""Whether less motion is wanted: by one's own choice, or because the system asks for it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from visio_desktop.ui.choices import Choices


def is_reduced(choices: Choices) -> bool:
    """Whether what moves should stand still."""
    if choices.get("reduce_motion") is True:
        return True
    hints = QGuiApplication.styleHints()  # to be held: PySide takes what hangs on it for gone with it
    accessibility = hints.accessibility()
    return accessibility.motionPreference() is Qt.MotionPreference.ReducedMotion
