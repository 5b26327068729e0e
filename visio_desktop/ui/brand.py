"""What the program is called here, and its logo: its own, or the organisation's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader

from visio_desktop.system.log import get_logger
from visio_desktop.system.texts import tr

MOST_BYTES: Final = 1_000_000
MOST_PX: Final = 2_048
LOGO_PX: Final = QSize(180, 40)
_SHARPNESS: Final = 2
_FORMATS: Final = (b"png", b"jpeg")
_log = get_logger(__name__)
_name = [""]


def use_name(name: str) -> None:
    """Call the program this from now on; nothing: as it is called by itself."""
    _name[0] = name.strip()


def product() -> str:
    """What the program is called."""
    return _name[0] or tr("pages.product")


class Logo(QObject):
    """The organisation's logo, once it was read; `changed` when it is there."""

    changed = Signal()
    _read = Signal(QByteArray)

    def __init__(self) -> None:
        super().__init__()
        self.image: QImage | None = None
        self._read.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def read(self, path: str, content: Callable[[Path], bytes] | None = None) -> None:
        """Read a file, in a thread of its own: it may lie on a slow network."""
        wanted, read = Path(path), content or read_bounded

        def run() -> None:
            try:
                found = read(wanted)
            except (OSError, ValueError) as error:
                _log.warning("logo_not_read", error=str(error))
                return
            self._read.emit(QByteArray(found))

        threading.Thread(target=run, name="logo", daemon=True).start()

    def _take(self, content: QByteArray) -> None:
        self.image = decoded(content)
        if self.image is not None:
            self.changed.emit()


LOGO: Final = Logo()


def read_bounded(path: Path) -> bytes:
    """The bytes of a file of a logo's size. Raises `OSError`, `ValueError` for one that is larger."""
    with path.open("rb") as file:
        found = file.read(MOST_BYTES + 1)
    if len(found) > MOST_BYTES:
        raise ValueError("too large")
    return found


def decoded(content: QByteArray) -> QImage | None:
    """The picture in these bytes, no larger than it is shown; None for what is none, or would take too much memory."""
    buffer = QBuffer(content)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setDecideFormatFromContent(True)
    size = reader.size()
    bounded = size.isValid() and max(size.width(), size.height()) <= MOST_PX
    kind = bytes(reader.format().data())
    if kind not in _FORMATS or not bounded:
        _log.warning("logo_refused", kind=kind.decode("ascii", "replace"), width=size.width(), height=size.height())
        return None
    image = reader.read()
    if image.isNull():
        _log.warning("logo_refused", error=reader.errorString())
        return None
    room = LOGO_PX * _SHARPNESS
    if image.width() <= room.width() and image.height() <= room.height():
        return image
    return image.scaled(room, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
