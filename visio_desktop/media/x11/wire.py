"""Requests and answers of the X protocol as bytes, carried by libxcb, which Qt's own X11 side needs too.

Only the library's public calls for any request are used (`xcbext.h`): no library of an extension has to be there.
"""

from __future__ import annotations

import ctypes
import select
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

_CHECKED: Final = 1
_EVENT_BYTES: Final = 32
_HEAD_BYTES: Final = 32
_LIBRARY: Final = "libxcb.so.1"
_WITH_FILES: Final = "xcb_send_request_with_fds"


class X11Error(Exception):
    """The display cannot be reached, lacks something, or refuses."""


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


class _Vector(ctypes.Structure):
    """uio.h: iovec."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Extension(ctypes.Structure):
    """xcbext.h: xcb_extension_t; libxcb writes its number, so it lives as long as the process."""

    _fields_ = (("name", ctypes.c_char_p), ("number", ctypes.c_int))


class _Request(ctypes.Structure):
    """xcbext.h: xcb_protocol_request_t."""

    _fields_ = (
        ("count", ctypes.c_size_t),
        ("extension", ctypes.POINTER(_Extension)),
        ("opcode", ctypes.c_uint8),
        ("is_void", ctypes.c_uint8),
    )


class _ExtensionAnswer(ctypes.Structure):
    """xproto.h: xcb_query_extension_reply_t, as far as it is read."""

    _fields_ = (
        ("head", ctypes.c_uint8 * 8),
        ("present", ctypes.c_uint8),
        ("major", ctypes.c_uint8),
        ("first_event", ctypes.c_uint8),
        ("first_error", ctypes.c_uint8),
    )


class _Roots(ctypes.Structure):
    """xproto.h: xcb_screen_iterator_t; a screen begins with its root window."""

    _fields_ = (("data", ctypes.c_void_p), ("rest", ctypes.c_int), ("index", ctypes.c_int))


class Wire:
    """A connection to the display that `DISPLAY` names. Raises `X11Error`."""

    def __init__(self) -> None:
        self._xcb, self._c = _libraries()
        self._display = self._xcb.xcb_connect(None, None)
        if self._xcb.xcb_connection_has_error(self._display):
            self.close()
            raise X11Error("no display")
        screens = self._xcb.xcb_setup_roots_iterator(self._xcb.xcb_get_setup(self._display))
        self.root: int = ctypes.c_uint32.from_address(screens.data).value

    def has(self, extension: str) -> bool:
        """Whether the display knows an extension; only then may it be asked for anything of it."""
        return bool(self._about(extension).present)

    def first_event(self, extension: str) -> int:
        """The number of the first event of an extension."""
        return int(self._about(extension).first_event)

    def new_id(self) -> int:
        """A number for something that is made on the display."""
        return int(self._xcb.xcb_generate_id(self._display))

    def ask(self, opcode: int, body: bytes, *, extension: str = "", detail: int = 0) -> bytes:
        """Send a request and wait for what is answered, at least 32 bytes. Raises `X11Error`."""
        sequence = self._send(opcode, body, extension, detail, is_void=False)
        error = ctypes.c_void_p()
        answer = self._xcb.xcb_wait_for_reply(self._display, sequence, ctypes.byref(error))
        if not answer:
            raise self._refused(opcode, error.value)
        try:
            length = _HEAD_BYTES + 4 * int(ctypes.c_uint32.from_address(answer + 4).value)
            return ctypes.string_at(answer, length)
        finally:
            self._c.free(answer)

    def demand(
        self, opcode: int, body: bytes, *, extension: str = "", detail: int = 0, file: int | None = None
    ) -> None:
        """Send a request without answer and wait until it is done. Raises `X11Error`. The display closes `file`."""
        sequence = self._send(opcode, body, extension, detail, is_void=True, file=file)
        error = self._xcb.xcb_request_check(self._display, _Cookie(sequence))
        if error:
            raise self._refused(opcode, error)
        if self._xcb.xcb_connection_has_error(self._display):
            raise X11Error("the display is gone")

    def events(self) -> Iterator[bytes]:
        """What has happened since, each 32 bytes; never waits."""
        while event := self._xcb.xcb_poll_for_event(self._display):
            told = ctypes.string_at(event, _EVENT_BYTES)
            self._c.free(event)
            yield told

    def wait(self, longest_s: float) -> None:
        """Wait until the display says something, not longer than that."""
        if self._display is not None:
            poll = select.poll()
            poll.register(self._xcb.xcb_get_file_descriptor(self._display), select.POLLIN)
            poll.poll(longest_s * 1000)

    def close(self) -> None:
        """End the connection, and with it all that was made on it; may be called twice."""
        if self._display is not None:
            self._xcb.xcb_disconnect(self._display)
            self._display = None

    def _send(
        self, opcode: int, body: bytes, extension: str, detail: int, *, is_void: bool, file: int | None = None
    ) -> int:
        if self._display is None or self._xcb.xcb_connection_has_error(self._display):
            raise X11Error("the display is gone")
        # libxcb fills in opcode and length; the two vectors before the first are its own.
        data = ctypes.create_string_buffer(bytes((0, detail, 0, 0)) + body + bytes(-len(body) % 4))
        vectors = (_Vector * 3)()
        vectors[2] = _Vector(ctypes.addressof(data), len(data) - 1)
        named = ctypes.pointer(_extension(extension)) if extension else None
        request = _Request(1, named, opcode, int(is_void))
        first = ctypes.byref(vectors, 2 * ctypes.sizeof(_Vector))
        if file is None:
            sequence = self._xcb.xcb_send_request(self._display, _CHECKED, first, ctypes.byref(request))
        else:
            files = (ctypes.c_int * 1)(file)
            send = getattr(self._xcb, _WITH_FILES)
            sequence = send(self._display, _CHECKED, first, ctypes.byref(request), 1, files)
        if not sequence:
            raise X11Error("the display is gone")
        return int(sequence)

    def _about(self, extension: str) -> _ExtensionAnswer:
        answer = self._xcb.xcb_get_extension_data(self._display, ctypes.byref(_extension(extension)))
        if not answer:
            raise X11Error("the display is gone")
        return _ExtensionAnswer.from_address(answer)

    def _refused(self, opcode: int, error: int | None) -> X11Error:
        if not error:
            return X11Error("the display is gone")
        code = ctypes.c_uint8.from_address(error + 1).value
        self._c.free(error)
        return X11Error(f"request {opcode} refused with error {code}")


@cache
def _extension(name: str) -> _Extension:
    return _Extension(name.encode("ascii"), 0)


@cache
def _libraries() -> tuple[Any, Any]:
    """Load libxcb and C's own. Raises `X11Error` where it is not installed."""
    try:
        xcb: Any = ctypes.CDLL(_LIBRARY)
        c: Any = ctypes.CDLL(None)
    except (OSError, TypeError) as error:
        raise X11Error(str(error)) from error
    pointer, number = ctypes.c_void_p, ctypes.c_int
    signatures: tuple[tuple[Any, str, Any, tuple[Any, ...]], ...] = (
        (c, "free", None, (pointer,)),
        (xcb, "xcb_connect", pointer, (ctypes.c_char_p, pointer)),
        (xcb, "xcb_connection_has_error", number, (pointer,)),
        (xcb, "xcb_get_file_descriptor", number, (pointer,)),
        (xcb, "xcb_disconnect", None, (pointer,)),
        (xcb, "xcb_get_setup", pointer, (pointer,)),
        (xcb, "xcb_setup_roots_iterator", _Roots, (pointer,)),
        (xcb, "xcb_generate_id", ctypes.c_uint32, (pointer,)),
        (xcb, "xcb_get_extension_data", pointer, (pointer, pointer)),
        (xcb, "xcb_send_request", ctypes.c_uint, (pointer, number, pointer, pointer)),
        (xcb, _WITH_FILES, ctypes.c_uint, (pointer, number, pointer, pointer, ctypes.c_uint, pointer)),
        (xcb, "xcb_wait_for_reply", pointer, (pointer, ctypes.c_uint, pointer)),
        (xcb, "xcb_request_check", pointer, (pointer, _Cookie)),
        (xcb, "xcb_poll_for_event", pointer, (pointer,)),
    )
    for library, name, answer, arguments in signatures:
        function = getattr(library, name, None)
        if function is None:
            raise X11Error(f"no {name}")
        function.restype, function.argtypes = answer, arguments
    return xcb, c
