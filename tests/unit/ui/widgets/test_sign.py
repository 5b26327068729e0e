from __future__ import annotations

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from visio_desktop.ui import brand
from visio_desktop.ui.widgets.sign import Sign


def test_it_changes_when_the_logo_is_there(qtbot: QtBot) -> None:
    sign = Sign()
    qtbot.addWidget(sign)
    own = sign.pixmap().toImage()
    assert not own.isNull()
    brand.LOGO.image = QImage(360, 40, QImage.Format.Format_RGB32)
    brand.LOGO.image.fill(0xFF0000)
    brand.LOGO.changed.emit()
    assert sign.pixmap().toImage() != own
    assert (sign.pixmap().deviceIndependentSize().width(), sign.pixmap().deviceIndependentSize().height()) == (180, 20)
    brand.LOGO.image = None
    brand.LOGO.changed.emit()
    assert sign.pixmap().toImage() == own
