"""Interfaces to libraries in C, understood once for all starts.

cffi reads declarations with a parser written in Python: 25 ms that somebody waits for who joins. What it makes of them
is code that its own library runs; that is kept like everything else that is compiled at a start (`system/compiled`).
"""

from __future__ import annotations

from functools import partial
from io import StringIO
from types import CodeType
from typing import Any

import _cffi_backend

from visio_desktop.system import compiled


def interface(declarations: str) -> Any:
    """A `cffi.FFI` of these declarations, in ABI mode."""
    kept = compiled.begun()
    if kept is None:
        from cffi import FFI  # noqa: PLC0415 - not loaded where there is something kept

        ffi = FFI()
        ffi.cdef(declarations)
        return ffi
    names: dict[str, Any] = {}
    key = f"{_cffi_backend.__version__}\n{declarations}"
    exec(kept.code(key, partial(_code, declarations)), names)  # noqa: S102 - what cffi has made
    return names["ffi"]


def _code(declarations: str) -> CodeType:
    from cffi import FFI  # noqa: PLC0415 - as above
    from cffi.recompiler import make_py_source  # noqa: PLC0415 - as above

    ffi: Any = FFI()
    ffi.cdef(declarations)
    written = StringIO()
    make_py_source(ffi, "declared", written, verbose=False)
    return compile(written.getvalue(), "<declared>", "exec")
