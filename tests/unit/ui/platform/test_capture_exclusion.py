from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from visio_desktop.ui.platform.capture_exclusion import Exclusion, begin, exclude_on_macos, exclude_on_windows


def application() -> QApplication:
    found = QApplication.instance()
    assert isinstance(found, QApplication)
    return found


def test_every_window_is_kept_out_when_it_is_shown_and_no_part_of_one(qtbot: QtBot) -> None:
    kept: list[int] = []

    def keep_out(handle: int) -> bool:
        kept.append(handle)
        return True

    exclusion = Exclusion(application(), keep_out)
    window, dialog = QWidget(), QDialog()
    part = QWidget(window)
    for each in (window, dialog):
        qtbot.addWidget(each)
        with qtbot.waitExposed(each):
            each.show()
    assert part.isVisible()
    assert kept == [int(window.winId()), int(dialog.winId())]
    application().removeEventFilter(exclusion)


def test_what_did_not_work_is_told_once(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    exclusion = Exclusion(application(), lambda _handle: False)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            window = QWidget()
            qtbot.addWidget(window)
            with qtbot.waitExposed(window):
                window.show()
    assert [record.message for record in caplog.records].count("window_not_excluded") == 1
    application().removeEventFilter(exclusion)


def test_where_there_is_no_way_that_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert begin(application(), "linux") is None
    assert "capture_exclusion_unavailable" in caplog.text
    for platform in ("win32", "darwin"):
        exclusion = begin(application(), platform)
        assert exclusion is not None
        application().removeEventFilter(exclusion)


@pytest.mark.parametrize(("newest", "asked"), [(True, [0x11]), (False, [0x11, 0x1])])
def test_windows_leaves_it_out_or_shows_it_black(newest: bool, asked: list[int]) -> None:
    told: list[tuple[int, int]] = []

    def affinity(handle: int, wanted: int) -> int:
        told.append((handle, wanted))
        return int(newest or wanted == 1)

    assert exclude_on_windows(7, SimpleNamespace(user32=SimpleNamespace(SetWindowDisplayAffinity=affinity)))
    assert told == [(7, wanted) for wanted in asked]


def test_macos_takes_the_window_of_the_view_out_of_sharing() -> None:
    sent: list[tuple[object, ...]] = []
    names: dict[int, bytes] = {}

    def register(name: bytes) -> int:
        names[len(names) + 1] = name
        return len(names)

    def made(*kinds: object) -> object:
        def send(receiver: int, selector: int, *rest: int) -> int:
            sent.append((receiver, names[selector], *rest))
            return 99

        return lambda _where: send

    library = SimpleNamespace(sel_registerName=register)
    ctypes = SimpleNamespace(
        cdll=SimpleNamespace(LoadLibrary=lambda _path: library),
        c_void_p=object,
        c_char_p=object,
        c_ulong=object,
        CFUNCTYPE=made,
    )
    register.restype = None  # type: ignore[attr-defined] # ctypes' functions have it
    assert exclude_on_macos(42, ctypes)
    assert sent == [(42, b"window"), (99, b"setSharingType:", 0)]
