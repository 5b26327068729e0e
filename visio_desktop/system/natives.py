"""Has the largest libraries linked beside everything else, by a thread that does not hold the interpreter meanwhile.

Python links a library with its lock held: 20 ms for OpenCV alone, and many times that where it comes from the disk. One
that is linked already it finds at once. Qt's are left out: the thread they are first linked in would be its main one.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Final

LIBRARIES: Final = (
    ("cryptography", "hazmat/bindings/_rust*.so"),
    ("pylibsrtp", "_binding*.so"),
    ("av", "_core*.so"),
    ("numpy", "_core/_multiarray_umath*.so"),
    ("cv2", "cv2*.so"),
)
_RTLD_NOW: Final = 2


def begin() -> threading.Thread | None:
    """Begin to link, in the order in which they will be needed; None where the system has another way."""
    if sys.platform != "linux":
        return None
    thread = threading.Thread(target=_link, name="natives", daemon=True)
    thread.start()
    return thread


def _link() -> None:
    dlopen = ctypes.CDLL(None).dlopen  # called as any function is, other threads go on; `ctypes.CDLL` stops them
    dlopen.restype = ctypes.c_void_p
    for package, pattern in LIBRARIES:
        for path in _files(package, pattern):
            dlopen(str(path).encode(), _RTLD_NOW)


def _files(package: str, pattern: str) -> list[Path]:
    """What is not installed, or otherwise than thought, is left to the import."""
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec is not None else None
    return [path for folder in folders or () for path in Path(folder).glob(pattern)]
