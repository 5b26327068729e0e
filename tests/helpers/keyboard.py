"""Keys pressed on a virtual display, as if by a hand: X11's test extension."""

from __future__ import annotations

import ctypes
import time
from types import TracebackType
from typing import Self

_MODIFIERS = {"Ctrl": "Control_L", "Shift": "Shift_L"}
_SIGNS = {" ": "space", "/": "slash", ".": "period", ",": "comma", ":": "colon"}
_ISOLATED_S = 0.02
_REVERT_TO_PARENT = 2


class Keyboard:
    """`with Keyboard(display.name) as keyboard:` presses keys in the window that has the focus."""

    def __init__(self, display: str) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._test = ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        self._name = display
        self._display = ctypes.c_void_p()

    def __enter__(self) -> Self:
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(self._name.encode()))
        assert self._display.value, f"no display {self._name}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._x.XCloseDisplay(self._display)

    def enter(self, title: str) -> bool:
        """Give the focus to the window of this title, as a window manager would; False while there is none."""
        for window in self._windows():
            name = ctypes.c_char_p()
            self._x.XFetchName(self._display, ctypes.c_ulong(window), ctypes.byref(name))
            if name.value is not None and title in name.value.decode(errors="replace"):
                self._x.XSetInputFocus(self._display, ctypes.c_ulong(window), _REVERT_TO_PARENT, ctypes.c_ulong(0))
                self._x.XSync(self._display, 0)
                return True
        return False

    def press(self, keys: str) -> None:
        """One key with its modifiers, as in `Ctrl+Shift+M`, `Tab`, `Return`."""
        *modifiers, key = keys.split("+")
        codes = [self._code(_MODIFIERS[modifier]) for modifier in modifiers] + [self._code(key)]
        for code in codes:
            self._test.XTestFakeKeyEvent(self._display, code, 1, ctypes.c_ulong(0))
        for code in reversed(codes):
            self._test.XTestFakeKeyEvent(self._display, code, 0, ctypes.c_ulong(0))
        self._x.XSync(self._display, 0)
        time.sleep(_ISOLATED_S)

    def write(self, text: str) -> None:
        """Lower-case words."""
        for sign in text:
            self.press(_SIGNS.get(sign, sign))

    def _code(self, name: str) -> int:
        sign = self._x.XStringToKeysym((name if len(name) > 1 else name.lower()).encode())
        return int(self._x.XKeysymToKeycode(self._display, ctypes.c_ulong(sign)))

    def _windows(self) -> list[int]:
        root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))
        found, count, above = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint(), ctypes.c_ulong()
        places = (ctypes.byref(above), ctypes.byref(above), ctypes.byref(found), ctypes.byref(count))
        self._x.XQueryTree(self._display, root, *places)
        windows = [int(found[index]) for index in range(count.value)]
        if found:
            self._x.XFree(found)
        return windows
