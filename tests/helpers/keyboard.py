"""Keys pressed on a virtual display, as if by a hand: X11's test extension."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

_MODIFIERS = {"Ctrl": "Control_L", "Shift": "Shift_L", "Alt": "Alt_L"}
_SIGNS = {" ": "space", "/": "slash", ".": "period", ",": "comma", ":": "colon"}
_ISOLATED_S = 0.02
_REVERT_TO_PARENT = 2
_MAP_STATE, _VIEWABLE = 23, 2
_CLIENT_MESSAGE = 33
# A window may be gone before it is asked for its name; Xlib would end the process for it.
_IGNORED = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda _display, _error: 0)


class _ClientMessage(ctypes.Structure):
    """Xlib.h: XClientMessageEvent, padded to the size of XEvent."""

    _fields_ = (
        ("kind", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("sent", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),
    )


class Keyboard:
    """`with Keyboard(display.name) as keyboard:` presses keys in the window that has the focus."""

    def __init__(self, display: str) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._test = ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        self._x.XInternAtom.restype = ctypes.c_ulong
        self._name = display
        self._display = ctypes.c_void_p()

    def __enter__(self) -> Self:
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(self._name.encode()))
        assert self._display.value, f"no display {self._name}"
        self._x.XSetErrorHandler(_IGNORED)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._x.XCloseDisplay(self._display)

    def enter(self, title: str) -> bool:
        """Give the focus to the window of this title, as a window manager would; False while there is none."""
        for window in self._named(title):
            self._x.XSetInputFocus(self._display, ctypes.c_ulong(window), _REVERT_TO_PARENT, ctypes.c_ulong(0))
            self._x.XSync(self._display, 0)
            return True
        return False

    def sees(self, title: str) -> bool:
        """Whether a window of this title is on the screen."""
        return any(self._is_mapped(window) for window in self._named(title))

    def _is_mapped(self, window: int) -> bool:
        told = (ctypes.c_int * 64)()  # Xlib.h: XWindowAttributes, with room to spare
        self._x.XGetWindowAttributes(self._display, ctypes.c_ulong(window), told)
        return bool(told[_MAP_STATE] == _VIEWABLE)

    def _named(self, title: str) -> Iterator[int]:
        for window in self._windows():
            name = ctypes.c_char_p()
            self._x.XFetchName(self._display, ctypes.c_ulong(window), ctypes.byref(name))
            if name.value is not None and title in name.value.decode(errors="replace"):
                yield window

    def close(self, title: str) -> None:
        """Press the cross of the window of this title, as a window manager would."""
        atoms = [self._x.XInternAtom(self._display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")]
        for window in self._named(title):
            if self._is_mapped(window):
                event = _ClientMessage(_CLIENT_MESSAGE, 0, 1, None, window, atoms[0], 32, (atoms[1], 0, 0, 0, 0))
                self._x.XSendEvent(self._display, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(event))
        self._x.XSync(self._display, 0)

    def press(self, keys: str) -> None:
        """One key with its modifiers, as in `Ctrl+Shift+M`, `Tab`, `Return`."""
        self.hold(keys)
        self.let_go(keys)

    def hold(self, keys: str) -> None:
        """A key with its modifiers goes down."""
        for code in self._codes(keys):
            self._test.XTestFakeKeyEvent(self._display, code, 1, ctypes.c_ulong(0))
        self._x.XSync(self._display, 0)

    def let_go(self, keys: str) -> None:
        """And up again."""
        for code in reversed(self._codes(keys)):
            self._test.XTestFakeKeyEvent(self._display, code, 0, ctypes.c_ulong(0))
        self._x.XSync(self._display, 0)
        time.sleep(_ISOLATED_S)

    def write(self, text: str) -> None:
        """Lower-case words."""
        for sign in text:
            self.press(_SIGNS.get(sign, sign))

    def _codes(self, keys: str) -> list[int]:
        *modifiers, key = keys.split("+")
        return [self._code(_MODIFIERS[modifier]) for modifier in modifiers] + [self._code(key)]

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
