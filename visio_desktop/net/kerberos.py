"""Negotiate tokens (RFC 4559, RFC 4178) from the Kerberos tickets of whoever is logged in, by the system's GSS-API.

The library is called through the C interface of RFC 2744, as far as an initiator needs it: pyspnego would need a
compiled module for it which nobody ships built for Linux.

KerberosError
 +-- (none further: no library, no ticket, or no such proxy in the realm)
"""

from __future__ import annotations

import ctypes
import ctypes.util
import sys
from functools import cache

_CONTINUE_NEEDED = 1
_ERROR_MASK = 0xFFFF0000
_MAX_TOKEN_BYTES = 48_000
_LIBRARIES = {
    "linux": ("libgssapi_krb5.so.2", "libgssapi.so.3"),
    "darwin": ("/System/Library/Frameworks/GSS.framework/GSS",),
}
_HOST_BASED_SERVICE = bytes.fromhex("2a864886f71201020104")  # RFC 2744: 1.2.840.113554.1.2.1.4
_SPNEGO = bytes.fromhex("2b0601050502")  # RFC 4178: 1.3.6.1.5.5.2


_held: list[ctypes.Array[ctypes.c_char]] = []


class KerberosError(Exception):
    """There is no token to be had."""


class _Oid(ctypes.Structure):
    _fields_ = (("length", ctypes.c_uint32), ("elements", ctypes.c_void_p))


class _Buffer(ctypes.Structure):
    _fields_ = (("length", ctypes.c_size_t), ("value", ctypes.c_void_p))


class Context:
    """One conversation with the HTTP service of `host`; released with the object."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._context = ctypes.c_void_p()
        self._complete = False

    def step(self, token: bytes) -> bytes:
        """The next token, b"" where the conversation is over. Blocking: it may ask the realm. `KerberosError`."""
        if self._complete or len(token) > _MAX_TOKEN_BYTES:
            raise KerberosError("nothing left to say")
        library, minor, said = _library(), ctypes.c_uint32(), _Buffer()
        heard = ctypes.create_string_buffer(token, len(token))
        name = _imported_name(library, f"HTTP@{self._host}".encode())
        try:
            status = library.gss_init_sec_context(
                ctypes.byref(minor),
                None,
                ctypes.byref(self._context),
                name,
                ctypes.byref(_oid(_SPNEGO)),
                ctypes.c_uint32(0),
                ctypes.c_uint32(0),
                None,
                ctypes.byref(_Buffer(len(token), ctypes.addressof(heard) if token else None)),
                None,
                ctypes.byref(said),
                None,
                None,
            )
            answer = ctypes.string_at(said.value, said.length) if said.value else b""
        finally:
            library.gss_release_buffer(ctypes.byref(minor), ctypes.byref(said))
            library.gss_release_name(ctypes.byref(minor), ctypes.byref(name))
        if status & _ERROR_MASK:
            raise KerberosError(f"GSS status {status:#x}, {minor.value}")
        self._complete = status != _CONTINUE_NEEDED
        return answer

    def __del__(self) -> None:
        if self._context:
            _library().gss_delete_sec_context(ctypes.byref(ctypes.c_uint32()), ctypes.byref(self._context), None)


def _imported_name(library: ctypes.CDLL, text: bytes) -> ctypes.c_void_p:
    name, minor, held = ctypes.c_void_p(), ctypes.c_uint32(), ctypes.create_string_buffer(text, len(text))
    buffer = _Buffer(len(text), ctypes.addressof(held))
    kind = _oid(_HOST_BASED_SERVICE)
    status = library.gss_import_name(ctypes.byref(minor), ctypes.byref(buffer), ctypes.byref(kind), ctypes.byref(name))
    if status & _ERROR_MASK:
        raise KerberosError("the name is refused")
    return name


@cache
def _oid(encoded: bytes) -> _Oid:
    """Kept for good, with its bytes: the library keeps pointers to it."""
    held = ctypes.create_string_buffer(encoded, len(encoded))
    _held.append(held)
    return _Oid(len(encoded), ctypes.addressof(held))


@cache
def _library() -> ctypes.CDLL:
    for name in _LIBRARIES.get(sys.platform, ()):
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        for function in ("gss_init_sec_context", "gss_import_name"):
            getattr(library, function).restype = ctypes.c_uint32
        return library
    raise KerberosError("no GSS-API on this machine")
