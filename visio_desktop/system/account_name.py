"""What the person is called in the directory: the full name of the account they are logged in to this computer with."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final

LONGEST: Final = 80
_DISPLAY_NAME: Final = 3
"""`EXTENDED_NAME_FORMAT.NameDisplay` (secext.h)."""


def full_name(platform: str = sys.platform, ask: Callable[[], str] | None = None) -> str:
    """The name, "" where the account has none. May ask a directory, so it may take long. Never raises."""
    asked = ask if ask is not None else _of_windows if platform == "win32" else _of_unix
    try:
        name = asked()
    except (OSError, KeyError, ImportError, AttributeError):
        return ""
    name = " ".join("".join(sign for sign in name if sign.isprintable()).split())
    return name[:LONGEST].strip()


def of_record(record: Any) -> str:
    """The name in a record of the passwd database: the first part of `pw_gecos`, whose `&` is the login (passwd(5))."""
    return str(record.pw_gecos).partition(",")[0].replace("&", str(record.pw_name).capitalize())


def _of_unix() -> str:
    return of_record(import_module("pwd").getpwuid(os.getuid()))


def _of_windows() -> str:
    """`GetUserNameExW`; an account without a directory has no display name."""
    ctypes: Any = import_module("ctypes")
    length = ctypes.c_ulong(LONGEST * 4)
    text = ctypes.create_unicode_buffer(length.value)
    found = ctypes.windll.secur32.GetUserNameExW(_DISPLAY_NAME, text, ctypes.byref(length))
    return str(text.value) if found else ""
