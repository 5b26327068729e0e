"""Stands between a Wayland compositor that draws in memory and the portal's backend for it.

Debian's xdg-desktop-portal-wlr wants to be told of a graphics processor's buffers before it takes pictures in memory
(its issue 289), and a compositor on a machine without one never tells. So each picture's description is given as one of
such a buffer, too; which the backend then cannot make, and takes memory. All else passes as it is, open files with it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_MOST: Final = 1 << 16
_MOST_FILES: Final = 64
_HEAD: Final = struct.Struct("=IHH")
# `zwlr_screencopy_frame_v1`: buffer (format, width, height, stride), linux_dmabuf (format, width, height), buffer_done.
_BUFFER, _DMABUF, _DONE = 0, 5, 6
_PICTURE: Final = struct.Struct("=IIII")
_BYTES_A_PIXEL: Final = 4
_XRGB: Final = int.from_bytes(b"XR24", "little")


class MemoryAsBuffers:
    """`path` is what the backend connects to while this is entered."""

    def __init__(self, path: Path, compositor: Path) -> None:
        self.path = path
        self._compositor = compositor
        self._door = socket.socket(socket.AF_UNIX)
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._door.bind(str(self.path))
        self._door.listen()
        self._start(threading.Thread(target=self._let_in))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in (self._door, *self._open):
            _shut(each)
        for thread in self._threads:
            thread.join(10)
        for each in (self._door, *self._open):
            each.close()

    def _start(self, thread: threading.Thread) -> None:
        self._threads.append(thread)
        thread.start()

    def _let_in(self) -> None:
        with contextlib.suppress(OSError):  # the door is shut
            while True:
                program, _ = self._door.accept()
                compositor = socket.socket(socket.AF_UNIX)
                self._open += [program, compositor]
                compositor.connect(str(self._compositor))
                self._start(threading.Thread(target=_pass_on, args=(program, compositor, bytes)))
                self._start(threading.Thread(target=_pass_on, args=(compositor, program, described)))


def _pass_on(one: socket.socket, other: socket.socket, change: type[bytes]) -> None:
    """Everything from one to the other, in whole messages, until one of both leaves."""
    kept, files = bytearray(), list[int]()
    with contextlib.suppress(OSError):
        while True:
            came, more, _, _ = socket.recv_fds(one, _MOST, _MOST_FILES)
            if not came:
                break
            kept += came
            files += more
            if whole := sum(len(each) for each in messages(kept)):
                socket.send_fds(other, [change(kept[:whole])], files)
                del kept[:whole]
                while files:
                    os.close(files.pop())
    for each in (one, other):
        _shut(each)


def _shut(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)


def messages(kept: bytearray) -> list[bytes]:
    """Those that are there as a whole."""
    found, at = list[bytes](), 0
    while at + _HEAD.size <= len(kept):
        size = _HEAD.unpack_from(kept, at)[2]
        if size < _HEAD.size or at + size > len(kept):
            break
        found.append(bytes(kept[at : at + size]))
        at += size
    return found


def described(kept: bytearray) -> bytes:
    """The same messages, with the description of a buffer after each of a picture in memory."""
    told = bytearray()
    for message in messages(kept):
        told += message
        thing, event, size = _HEAD.unpack_from(message)
        if event == _BUFFER and size == _HEAD.size + _PICTURE.size:
            _, width, height, stride = _PICTURE.unpack_from(message, _HEAD.size)
            if width and stride == _BYTES_A_PIXEL * width:
                told += _HEAD.pack(thing, _DMABUF, _HEAD.size + 12) + struct.pack("=III", _XRGB, width, height)
    return bytes(told)
