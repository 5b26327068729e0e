"""Keeps windows out of what other programs record of the screen, where the system can do that.

Windows: `SetWindowDisplayAffinity` (10 version 2004 has WDA_EXCLUDEFROMCAPTURE; before, the window is black). macOS:
`NSWindow.sharingType`. Neither X11 nor Wayland has such a thing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from visio_desktop.system.log import get_logger

_EXCLUDE_FROM_CAPTURE: Final = 0x11
_MONITOR: Final = 0x1
_SHARING_NONE: Final = 0
_log = get_logger(__name__)

type Exclude = Callable[[int], bool]
"""Keeps the window of this native handle out; whether that worked."""


class Exclusion(QObject):
    """Keeps every window of the application out, each when it is shown."""

    def __init__(self, application: QApplication, exclude: Exclude) -> None:
        super().__init__(application)
        self._exclude = exclude
        self._told = False
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window is shown."""
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self._keep_out(watched)
        return super().eventFilter(watched, event)

    def _keep_out(self, window: QWidget) -> None:
        if not self._exclude(int(window.winId())) and not self._told:
            self._told = True
            _log.warning("window_not_excluded", kind=type(window).__name__)


def begin(application: QApplication, platform: str = sys.platform) -> Exclusion | None:
    """Keep windows out from now on; None, with a line in the log, where the system has no way to."""
    match platform:
        case "win32":
            return Exclusion(application, lambda handle: exclude_on_windows(handle, import_module("ctypes").windll))
        case "darwin":
            return Exclusion(application, lambda handle: exclude_on_macos(handle, import_module("ctypes")))
        case _:
            _log.warning("capture_exclusion_unavailable", system=platform)
            return None


def exclude_on_windows(handle: int, windll: Any) -> bool:
    """Leave the window out of captures, or have it black in them on an older system."""
    affinity = windll.user32.SetWindowDisplayAffinity
    return bool(affinity(handle, _EXCLUDE_FROM_CAPTURE)) or bool(affinity(handle, _MONITOR))


def exclude_on_macos(view: int, ctypes: Any) -> bool:
    """`[[view window] setSharingType:NSWindowSharingNone]` through the Objective-C runtime."""
    objc = ctypes.cdll.LoadLibrary("/usr/lib/libobjc.A.dylib")
    objc.sel_registerName.restype = ctypes.c_void_p
    objc.sel_registerName.argtypes = [ctypes.c_char_p]
    pointer, number = ctypes.c_void_p, ctypes.c_ulong
    ask = ctypes.CFUNCTYPE(pointer, pointer, pointer)(("objc_msgSend", objc))
    tell = ctypes.CFUNCTYPE(None, pointer, pointer, number)(("objc_msgSend", objc))
    window = ask(view, objc.sel_registerName(b"window"))
    if not window:
        return False
    tell(window, objc.sel_registerName(b"setSharingType:"), _SHARING_NONE)
    return True
