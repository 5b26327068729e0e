"""System-wide shortcuts on X11: keys grabbed on the root window, through the libraries Qt's own X11 side needs.

Xcb answers a refused grab with an error to whoever asked; Xlib would end the process. Every call here is quick: the
display is on this machine, or as near as the one the window is shown on.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any, Final

from visio_desktop.system.dbus import KeysRefused
from visio_desktop.system.keys import Keys
from visio_desktop.system.log import get_logger

_PRESS, _RELEASE = 2, 3
_ASYNCHRONOUS: Final = 1
_LOCKS: Final = (0, 2, 16, 18)  # caps lock and num lock change nothing
_CORE_KEYBOARD, _DETECTABLE = 0x100, 1
_ANY_MODIFIER: Final = 0x8000
_LIBRARIES: Final = ("libxcb.so.1", "libxcb-keysyms.so.1", "libxcb-xkb.so.1")
_log = get_logger(__name__)


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _KeyEvent(ctypes.Structure):
    """xproto.h: xcb_key_press_event_t, as far as it is read."""

    _fields_ = (
        ("kind", ctypes.c_uint8),
        ("code", ctypes.c_uint8),
        ("sequence", ctypes.c_uint16),
        ("time", ctypes.c_uint32),
        ("windows", ctypes.c_uint32 * 3),
        ("places", ctypes.c_int16 * 4),
        ("state", ctypes.c_uint16),
    )


class X11Keys:
    """The keys of a display, until `close`. `read` is called whenever `fileno` has something."""

    def __init__(self, wanted: Mapping[str, Keys], on_key: Callable[[str, bool], None]) -> None:
        """Grab keys by name. Raises `KeysRefused`, naming the keys another program has."""
        self._xcb, self._symbols, self._xkb = (_library(name) for name in _LIBRARIES)
        self._c: Any = ctypes.CDLL(None)
        _declare(self._xcb, self._symbols, self._xkb)
        self._c.free.argtypes = (ctypes.c_void_p,)
        self._on_key = on_key
        self._names: dict[int, dict[int, str]] = {}
        self._held: dict[int, str] = {}
        self._root = 0
        self._display = self._xcb.xcb_connect(None, None)
        try:
            self._begin(wanted)
        except KeysRefused:
            self.close()
            raise

    def fileno(self) -> int:
        """What becomes readable with an event."""
        return int(self._xcb.xcb_get_file_descriptor(self._display))

    def read(self) -> bool:
        """Tell of every event that has come; False once the display is gone."""
        while event := self._xcb.xcb_poll_for_event(self._display):
            seen = _KeyEvent.from_address(event)
            kind, code, state = seen.kind & 0x7F, seen.code, seen.state
            self._c.free(event)
            self._take(kind, code, state)
        return not self._xcb.xcb_connection_has_error(self._display)

    def close(self) -> None:
        """Give the keys back; those that are held count as let go."""
        for name in self._held.values():
            self._on_key(name, False)
        self._held.clear()
        if self._display is not None:
            self._give_back()
            self._xcb.xcb_disconnect(self._display)
            self._display = None

    def _give_back(self) -> None:
        """Wait until the display has let go of them: whoever grabs them next must not find them taken."""
        if self._names and not self._xcb.xcb_connection_has_error(self._display):
            cookie = self._xcb.xcb_ungrab_key_checked(self._display, 0, self._root, _ANY_MODIFIER)
            self._c.free(self._xcb.xcb_request_check(self._display, cookie))

    def _take(self, kind: int, code: int, state: int) -> None:
        if kind == _RELEASE and code in self._held:
            self._on_key(self._held.pop(code), False)
        elif kind == _PRESS and code not in self._held:
            name = self._names.get(code, {}).get(state & ~18 & 0xFF)
            if name is not None:
                self._held[code] = name
                self._on_key(name, True)

    def _begin(self, wanted: Mapping[str, Keys]) -> None:
        if self._xcb.xcb_connection_has_error(self._display):
            raise KeysRefused("no display")
        screens = self._xcb.xcb_setup_roots_iterator(self._xcb.xcb_get_setup(self._display))
        self._root = ctypes.c_uint32.from_address(screens.data).value
        self._tell_repeats_apart()
        self._grab_all(wanted)

    def _tell_repeats_apart(self) -> None:
        """A key that is held repeats; its releases shall not (XKB's detectable auto-repeat)."""
        self._xkb.xcb_xkb_use_extension(self._display, 1, 0)
        self._xkb.xcb_xkb_per_client_flags(self._display, _CORE_KEYBOARD, _DETECTABLE, _DETECTABLE, 0, 0, 0)

    def _grab_all(self, wanted: Mapping[str, Keys]) -> None:
        table = self._symbols.xcb_key_symbols_alloc(self._display)
        try:
            for name, keys in wanted.items():
                code = self._code(table, keys.symbol)
                if not code or not self._grab(code, keys.mask):
                    raise KeysRefused(keys.text)
                self._names.setdefault(code, {})[keys.mask] = name
        finally:
            self._symbols.xcb_key_symbols_free(table)
        self._xcb.xcb_flush(self._display)

    def _code(self, table: Any, symbol: int) -> int:
        found = self._symbols.xcb_key_symbols_get_keycode(table, symbol)
        if not found:
            return 0
        code = ctypes.c_uint8.from_address(found).value
        self._c.free(found)
        return code

    def _grab(self, code: int, mask: int) -> bool:
        cookies = [
            self._xcb.xcb_grab_key_checked(
                self._display, 0, self._root, mask | lock, code, _ASYNCHRONOUS, _ASYNCHRONOUS
            )
            for lock in _LOCKS
        ]
        errors = [self._xcb.xcb_request_check(self._display, cookie) for cookie in cookies]
        for error in errors:
            self._c.free(error)
        return not any(errors)


class _Roots(ctypes.Structure):
    """xproto.h: xcb_screen_iterator_t; a screen begins with its root window."""

    _fields_ = (("data", ctypes.c_void_p), ("rest", ctypes.c_int), ("index", ctypes.c_int))


def _declare(xcb: Any, symbols: Any, xkb: Any) -> None:
    pointer, byte, short, wide = ctypes.c_void_p, ctypes.c_uint8, ctypes.c_uint16, ctypes.c_uint32
    signatures: tuple[tuple[Any, str, Any, tuple[Any, ...]], ...] = (
        (xcb, "xcb_connect", pointer, (ctypes.c_char_p, pointer)),
        (xcb, "xcb_connection_has_error", ctypes.c_int, (pointer,)),
        (xcb, "xcb_get_setup", pointer, (pointer,)),
        (xcb, "xcb_setup_roots_iterator", _Roots, (pointer,)),
        (xcb, "xcb_get_file_descriptor", ctypes.c_int, (pointer,)),
        (xcb, "xcb_poll_for_event", pointer, (pointer,)),
        (xcb, "xcb_disconnect", None, (pointer,)),
        (xcb, "xcb_flush", ctypes.c_int, (pointer,)),
        (xcb, "xcb_grab_key_checked", _Cookie, (pointer, byte, wide, short, byte, byte, byte)),
        (xcb, "xcb_ungrab_key_checked", _Cookie, (pointer, byte, wide, short)),
        (xcb, "xcb_request_check", pointer, (pointer, _Cookie)),
        (symbols, "xcb_key_symbols_alloc", pointer, (pointer,)),
        (symbols, "xcb_key_symbols_free", None, (pointer,)),
        (symbols, "xcb_key_symbols_get_keycode", pointer, (pointer, wide)),
        (xkb, "xcb_xkb_use_extension", _Cookie, (pointer, short, short)),
        (xkb, "xcb_xkb_per_client_flags", _Cookie, (pointer, short, wide, wide, wide, wide, wide)),
    )
    for library, name, answer, arguments in signatures:
        function = getattr(library, name)
        function.restype, function.argtypes = answer, arguments


def _library(name: str) -> Any:
    """Raises `KeysRefused` where it is not installed."""
    try:
        return ctypes.CDLL(name)
    except OSError as error:
        raise KeysRefused(str(error)) from error
