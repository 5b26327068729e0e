"""The program's icon as Windows and macOS want it: several sizes, each a PNG, in one file."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from tools.shell import ROOT

SVG: Final = ROOT / "resources" / "desktop" / "visio-desktop.svg"
WINDOWS_PX: Final = (16, 20, 24, 32, 48, 64, 256)
MACOS: Final = {b"icp4": 16, b"icp5": 32, b"ic07": 128, b"ic08": 256, b"ic09": 512}
"""Names of Apple's icon format and their sizes."""


def png(size_px: int, svg: Path = SVG) -> bytes:
    """The icon in this size."""
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide6's stubs know the name as bytes only
    return bytes(data.data())


def ico() -> bytes:
    """For Windows: a header, a row for each size, the pictures."""
    pictures = {size: png(size) for size in WINDOWS_PX}
    at = 6 + 16 * len(pictures)
    rows = b""
    for size, picture in pictures.items():
        rows += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), at)
        at += len(picture)
    return struct.pack("<HHH", 0, 1, len(pictures)) + rows + b"".join(pictures.values())


def icns() -> bytes:
    """For macOS: name, length and picture, one after the other."""
    parts = b"".join(
        struct.pack(">4sI", name, 8 + len(picture)) + picture
        for name, picture in ((name, png(size)) for name, size in MACOS.items())
    )
    return struct.pack(">4sI", b"icns", 8 + len(parts)) + parts
