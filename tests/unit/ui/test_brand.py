from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.helpers.organisation import decided
from visio_desktop.system.texts import tr
from visio_desktop.ui import brand
from visio_desktop.ui.brand import LOGO_PX, MOST_BYTES, Logo, decoded, product, read_bounded
from visio_desktop.ui.widgets.sign import Sign


def png(width: int, height: int) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0x204080)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload] # the stubs want bytes, Qt a text
    return bytes(buffer.data().data())


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return head + chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + chunk(b"IEND", b"")


def test_the_program_is_called_as_decided() -> None:
    assert product() == tr("pages.product")
    with decided(brand_name=" Town hall "):
        assert product() == "Town hall"


def test_a_logo_is_read_made_small_and_shown(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(png(1200, 300))
    sign = Sign()
    qtbot.addWidget(sign)
    own = sign.pixmap().toImage()
    with qtbot.waitSignal(brand.LOGO.changed, timeout=10_000), decided(brand_logo=str(file)):
        qtbot.waitUntil(lambda: brand.LOGO.image is not None, timeout=10_000)
        shown = sign.pixmap()
        assert shown.toImage() != own
        assert shown.deviceIndependentSize().width() <= LOGO_PX.width()
        assert shown.deviceIndependentSize().height() <= LOGO_PX.height()


@pytest.mark.parametrize(
    "content",
    [b"", b"no picture", bomb(60_000, 60_000), bomb(2_049, 1), bomb(500, 500)[:60], b"<svg xmlns='http://w3.org'/>"],
    ids=["empty", "words", "bomb", "too wide", "cut off", "svg"],
)
def test_what_is_no_logo_is_passed_over(content: bytes) -> None:
    assert decoded(QByteArray(content)) is None


@given(st.binary(max_size=200))
def test_any_bytes_end_well(content: bytes) -> None:
    decoded(QByteArray(b"\x89PNG\r\n\x1a\n" + content))


def test_a_file_that_is_too_large_or_not_there_changes_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(b"\0" * (MOST_BYTES + 1))
    with pytest.raises(ValueError, match="large"):
        read_bounded(large)
    logo, tried = Logo(), list[Path]()

    def read(path: Path) -> bytes:
        tried.append(path)
        return read_bounded(path)

    for path in (large, tmp_path / "none.png"):
        logo.read(str(path), read)
    qtbot.waitUntil(lambda: len(tried) == 2, timeout=10_000)
    assert logo.image is None
