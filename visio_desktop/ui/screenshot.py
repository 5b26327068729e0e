"""The window as a picture file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from visio_desktop.system.log import get_logger

_log = get_logger(__name__)


def save(widget: QWidget, path: Path) -> bool:
    """Save what the widget shows now, as the file's ending says; answers whether it could be written."""
    saved = widget.grab().save(str(path))
    if not saved:
        _log.warning("screenshot_not_saved", name=path.name)
    return saved
